"""`make seed-2020`: a made-up year 2020, in the catalogue and among the dossiers, beside what is there.

First the catalogue, in one transaction; then 365,040 dossiers that were received and some that were not, in
pieces; then the targets of the year. Killed anywhere and run again, it goes on; what is there is left alone.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlmodel import col

from deploy import clocks, databases, keys, programs
from deploy.child import OneShot
from deploy.databases import ServiceDatabase
from deploy.errors import StartError
from deploy.screen import Screen
from deploy.settings import DeploySettings
from kit.clock import Clock, today
from kit.db import Database
from kit.vault import Vault
from services.catalog.models import Agency
from services.catalog.seed import commands as catalogue
from services.catalog.seed import queries as catalogued
from services.catalog.seed.made import DECIDED, REPORTED, NotEmpty
from services.dossier.figures.folding import fold
from services.dossier.seed import commands as dossiers
from services.dossier.seed import targets
from services.dossier.seed.plan import Body, Plan, Service, plan
from services.dossier.seed.rows import COLUMNS, Sealed

SAMPLE, SAMPLE_SECONDS = ("-m", "services.catalog.sample"), 90
_COUNTED = ("intake_fact", "received_month", "finished_month")


def run(settings: DeploySettings, admin_url: str, screen: Screen, *, up: bool) -> None:
    """`up`: beside a running system. Raises StartError."""
    begun = time.monotonic()
    up = up or settings.contained
    if not up:
        (settings.var / "log").mkdir(parents=True, exist_ok=True)
        clocks.write(settings.var, settings.motcua_now, time.time())
    clock = clocks.of(settings)
    if today(clock) < DECIDED:
        raise StartError(
            f"Đồng hồ của hệ thống chưa tới {DECIDED:%d/%m/%Y}: hãy khởi động với MOTCUA_NOW muộn hơn",
            f"the system's clock is before {DECIDED}: start it with a later MOTCUA_NOW",
        )
    secrets, known = keys.load(settings.keys), databases.provision(admin_url)
    _sample(settings, secrets, known, up=up)
    made = asyncio.run(_fill_catalogue(known["catalog"], clock))
    if made:
        screen.say(f"Danh mục tổng hợp: {made} | catalogue")
    vault = Vault(secrets["dossier_data_key"], secrets["dossier_index_key"])
    new = asyncio.run(_fill_dossiers(known, vault, clock, screen))
    if not made and not new:
        screen.say("Năm 2020 đã có đủ, không có gì để làm | all of 2020 is there, nothing to do")
        return
    seconds = time.monotonic() - begun
    screen.say(f"Năm 2020 (dữ liệu tổng hợp) đã nạp sau {seconds:.0f} s | loaded, made-up data")
    if today(clock) < REPORTED:
        screen.warn(
            f"Đồng hồ là {today(clock):%d/%m/%Y}: số liệu cung cấp dịch vụ của {REPORTED:%d/%m/%Y} cần"
            f" MOTCUA_NOW từ ngày đó | reports of the catalogue need MOTCUA_NOW={REPORTED} or later"
        )


def _sample(
    settings: DeploySettings, secrets: dict[str, Any], known: dict[str, ServiceDatabase], *, up: bool
) -> None:
    """Bodies, and the sample catalogue, as the first start loads them: the figures are filled up from there.
    Raises StartError."""
    if asyncio.run(_is_sampled(known["catalog"])):
        return
    if up:
        raise StartError("Hệ thống đang khởi động, hãy thử lại sau", "the system is starting: try again")
    catalog = next(
        program
        for program in programs.all_programs(settings, secrets, known, time.time())
        if program.name == "catalog"
    )
    command = (*SAMPLE, "--places-only") if settings.procedures else SAMPLE
    OneShot("sample", command, catalog.environment, settings.var / "log").finish(SAMPLE_SECONDS)


async def _is_sampled(catalog: ServiceDatabase) -> bool:
    connection = await asyncpg.connect(catalog.app_url)
    try:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM event WHERE subject = 'sample')"))
    finally:
        await connection.close()


async def _fill_catalogue(catalog: ServiceDatabase, clock: Clock) -> str | None:
    """What was done, in a line. Raises StartError."""
    database = Database(catalog.app_url, 2)
    try:
        async with database.transaction() as session:
            return await catalogue.load(session, clock)
    except NotEmpty:
        raise StartError(
            "Danh mục đã có nhiều hơn số liệu của năm 2020: hãy dùng MOTCUA_VAR khác, không đặt PROCEDURES",
            "the catalogue has more than the figures of 2020: use another MOTCUA_VAR, without PROCEDURES",
        ) from None
    finally:
        await database.close()


async def _plan(catalog: ServiceDatabase) -> Plan:
    """From what the catalogue offers."""
    database = Database(catalog.app_url, 2)
    try:
        async with database.transaction() as session:
            offered = await catalogued.offered(session)
            bodies = await session.execute(
                select(col(Agency.code), col(Agency.parent_code), col(Agency.government_level)).order_by(
                    col(Agency.code)
                )
            )
    finally:
        await database.close()
    services: dict[str, list[Service]] = {}
    for one in offered:
        services.setdefault(one.agency, []).append(Service(*one[1:]))
    return plan([Body(row[0], row[1] if row[2] == "commune" else None) for row in bodies], services)


async def _fill_dossiers(
    known: dict[str, ServiceDatabase], vault: Vault, clock: Clock, screen: Screen
) -> int:
    """How much was new. Raises StartError."""
    database = Database(known["dossier"].app_url, 2)
    try:
        if not await dossiers.complete(database.dsn):
            made = await _plan(known["catalog"])
            with screen.progress("Hồ sơ năm 2020 | dossiers of 2020") as show:
                new = await _load(database.dsn, made, vault, show)
            await _tidy(known["dossier"], database)
        else:
            new = 0
        async with database.transaction() as session:
            return new + await targets.assign(session, clock)
    finally:
        await database.close()


async def _load(dsn: str, made: Plan, vault: Vault, show: Callable[[int, int], None]) -> int:
    sealed = Sealed(vault.seal({}), vault.seal({"kind": "citizen", "name": "", "papers": []}))
    try:
        return await dossiers.load(dsn, made, sealed, show)
    except dossiers.OtherSeed:
        raise StartError(
            "Dữ liệu tổng hợp đã nạp dở thuộc một danh mục khác: hãy dùng MOTCUA_VAR khác",
            "what was loaded so far is of another catalogue: use another MOTCUA_VAR",
        ) from None
    except dossiers.Busy:
        raise StartError("Một lệnh seed-2020 khác đang chạy", "another seed-2020 is running") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartError(
            f"Cơ sở dữ liệu ngắt giữa chừng, hãy chạy lại, lệnh sẽ làm tiếp: {error}",
            "the database broke off: run it again, it goes on",
        ) from None


async def _tidy(dossier: ServiceDatabase, database: Database) -> None:
    """One row for each sum by month, and statistics for the planner."""
    async with database.transaction() as session:
        await fold(session)
    owner = await asyncpg.connect(dossier.owner_url)
    try:
        await owner.execute(f"ANALYZE {', '.join([*COLUMNS, *_COUNTED])}")
    finally:
        await owner.close()
