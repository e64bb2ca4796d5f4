"""What the made-up year is planned from: the bodies of the province, and what they offer of the synthetic
catalogue."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from services.catalog.seed import made
from services.dossier.seed.figures import QUOTAS, Quota
from services.dossier.seed.plan import Body, Plan, Service, plan

_BODIES = Path(__file__).parents[3] / "data/hoa-binh-2020/agencies.csv"


@lru_cache(maxsize=1)
def inputs() -> tuple[list[Body], dict[str, list[Service]]]:
    with _BODIES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["code"])
    committees: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "peoples_committee":
            committees.setdefault(row["government_level"], []).append(row["code"])
    offered: dict[str, list[Service]] = {}
    for one in made.services([row["code"] for row in rows if row["kind"] == "department"]):
        said = made.content(one)
        since = made.DECIDED if made.listed(one) else made.IN_FORCE
        fee = said["fees"][0]["amount"] if said["fees"] else 0
        names = (one.code, said["name"], said["field"]["code"], said["field"]["name"])
        for place, level in one.levels.items():
            for agency in [one.department or ""] if place == "province" else committees[place]:
                service = Service(*names, level, since, said["processing_time"]["amount"], fee)
                offered.setdefault(agency, []).append(service)
    bodies = [
        Body(row["code"], row["parent_code"] if row["government_level"] == "commune" else None)
        for row in rows
    ]
    return bodies, offered


@lru_cache(maxsize=2)
def year(part: int = 1) -> Plan:
    """All of it, or one dossier of so many."""
    quotas = {code: Quota(*(-(-count // part) for count in quota)) for code, quota in QUOTAS.items()}
    return plan(*inputs(), quotas)
