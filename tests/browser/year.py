"""A small year 2020 for a running system: the made-up one of `make seed-2020`, a fortieth of its dossiers."""

from __future__ import annotations

import asyncio
from datetime import date

import httpx

from deploy import databases, keys
from deploy.embedded_postgres import EmbeddedPostgres
from kit.db import Database
from kit.vault import Vault
from services.dossier.figures.folding import fold
from services.dossier.seed import commands
from services.dossier.seed.figures import QUOTAS, Quota
from services.dossier.seed.plan import Body, Plan, Service, plan
from services.dossier.seed.rows import Sealed
from tests.processes import System

_PART = 40
_ALWAYS = date(2020, 1, 1)
#: What every body offers: one service at each level, and one that is not online.
_SERVICES = [
    Service("9.000001", "Cấp giấy phép xây dựng nhà ở", "XD", "Xây dựng", 4, _ALWAYS, 15, 75_000),
    Service("9.000002", "Xác nhận tình trạng nhà ở", "XD", "Xây dựng", 3, _ALWAYS, 5, 0),
    Service("9.000003", "Cấp bản sao trích lục", "HT", "Hộ tịch", 2, _ALWAYS, 1, 8_000),
]


def fill(system: System) -> None:
    var, port = system.var, int(system.ports["POSTGRES_PORT"])
    url = databases.describe(EmbeddedPostgres(var / "postgres", port).admin_url)["dossier"].app_url
    secrets = keys.load(var / "secrets.json")
    vault = Vault(secrets["dossier_data_key"], secrets["dossier_index_key"])
    sealed = Sealed(vault.seal({}), vault.seal({"kind": "citizen", "name": "", "papers": []}))
    asyncio.run(_load(url, _plan(system.gateway), sealed))


def _plan(gateway: str) -> Plan:
    agencies = httpx.get(f"{gateway}/v1/agencies", trust_env=False).raise_for_status().json()
    bodies = [
        Body(each["code"], each["parent_code"] if each["government_level"] == "commune" else None)
        for each in sorted(agencies, key=lambda each: each["code"])
    ]
    quotas = {code: Quota(*(-(-number // _PART) for number in quota)) for code, quota in QUOTAS.items()}
    return plan(bodies, {body.code: _SERVICES for body in bodies}, quotas)


async def _load(url: str, year: Plan, sealed: Sealed) -> None:
    database = Database(url, 2)
    try:
        await commands.load(database.dsn, year, sealed, lambda _done, _total: None)
        async with database.transaction() as session:
            await fold(session)
    finally:
        await database.close()
