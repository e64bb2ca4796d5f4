"""Load the places of Hòa Bình 2020 and the sample catalogue; what is there already is left alone."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from kit.db import Database
from kit.text import sort_key
from services.catalog import queries
from services.catalog.commands import edit, publish
from services.catalog.content import Content
from services.catalog.models import Agency, Procedure, Unit
from services.catalog.offerings.commands import offer
from services.catalog.offerings.schemas import OfferingTerms
from services.catalog.schemas import Publication
from services.catalog.settings import Settings

LOADER = Caller(sub="sample", kind="service", name="sample", roles=frozenset({"service", "editor"}))
TREE, SAMPLE = "agencies", "sample"
#: Since when the sample procedures are in force, and why.
SINCE, REASON = date(2020, 1, 1), "Danh mục mẫu"


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


async def load_places(session: AsyncSession, clock: Clock, folder: Path) -> int:
    """Units and agencies of the folder's two files; the number of those that are new. What is there already
    is the editors' and of reorganisations since."""
    changed = 0
    for row in _rows(folder / "units.csv"):
        changed += await _add_missing(session, Unit, {
            **{name: row[name] for name in ("code", "name", "kind", "level")},
            "parent_code": row["parent_code"] or None,
            "valid_from": _day(row["valid_from"]),
            "valid_to": _day(row["valid_to"]),
            "successor_code": row["successor_code"] or None,
            "sort_key": sort_key(row["name"]),
        })  # fmt: skip
    names = ("code", "name", "kind", "government_level", "unit_code", "address", "reception_hours")
    for row in _rows(folder / "agencies.csv"):
        changed += await _add_missing(session, Agency, {
            **{name: row[name] for name in names},
            "parent_code": row["parent_code"] or None,
            "receives_for": row["receives_for"].split(),
            "valid_from": _day(row["valid_from"]),
            "valid_to": _day(row["valid_to"]),
            "sort_key": sort_key(row["name"]),
            "sample_identifier": row["sample_identifier"] == "true",
        })  # fmt: skip
    if changed:
        # One event for the whole tree: readers copy it whole.
        await _append(session, clock, TREE, "agency.changed")
    return changed


async def _add_missing(session: AsyncSession, table: type[Unit | Agency], values: dict[str, Any]) -> bool:
    if await session.get(table, values["code"]) is not None:
        return False
    session.add(table(**values))
    return True


async def _append(
    session: AsyncSession, clock: Clock, subject: str, kind: str, data: dict[str, Any] | None = None
) -> None:
    """An event of a subject that has no row of its own."""
    seq = await session.scalar(
        text("SELECT coalesce(max(seq), 0) + 1 FROM event WHERE subject = :subject"), {"subject": subject}
    )
    event = events.Event(
        subject, int(seq or 1), kind, clock.now(), LOADER.actor, audience="internal", data=data or {}
    )
    await events.append(session, event)


async def load_procedures(session: AsyncSession, clock: Clock, folder: Path) -> int:
    """Publish the sample procedures that are not there yet, and who offers them."""
    known = set(await session.scalars(select(col(Procedure.code))))
    new = 0
    for content in _contents(folder / "procedures"):
        if content.code not in known:
            procedure = await edit.create(session, clock, LOADER, content, REASON)
            publication = Publication(valid_from=min(SINCE, edit.today(clock)), reason=REASON)
            await publish.publish(session, clock, LOADER, procedure, publication)
            new += 1
    return new


def _contents(folder: Path) -> list[Content]:
    return [
        Content.model_validate(json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))
    ]


async def load_offerings(
    session: AsyncSession, clock: Clock, entries: list[dict[str, Any]], codes: set[str]
) -> int:
    """The offerings of the procedures `codes`, expanded over the bodies of a level."""
    bodies = [b for b in await queries.agencies(session, edit.today(clock)) if b.kind == "peoples_committee"]
    made = 0
    for entry in entries:
        if entry["procedure"] not in codes:
            continue
        where = entry["agencies"]
        if isinstance(where, str):
            level = where.removeprefix("level:")
            where = [body.code for body in bodies if body.government_level == level]
        terms = OfferingTerms.model_validate(
            {name: value for name, value in entry.items() if name not in ("procedure", "agencies")}
        )
        procedure = await queries.lock(session, entry["procedure"])
        made += len(await offer(session, clock, LOADER, procedure, where, terms))
    return made


async def load(settings: Settings, clock: Clock, *, places_only: bool = False, digest: str = "") -> str:
    """What was done, in one line. `digest` is remembered, so that the next start need not look."""
    folder = settings.data_folder / "sample-catalogue"
    entries = json.loads((folder / "offerings.json").read_text("utf-8"))
    database = Database(settings.database_url.get_secret_value(), 2)
    try:
        async with database.transaction() as session:
            places = await load_places(session, clock, settings.data_folder / "hoa-binh-2020")
        procedures = offerings = 0
        if not places_only:
            async with database.transaction() as session:
                known = set(await session.scalars(select(col(Procedure.code))))
                procedures = await load_procedures(session, clock, folder)
                new = set(await session.scalars(select(col(Procedure.code)))) - known
                if new:
                    offerings = await load_offerings(session, clock, entries, new)
        if digest:
            async with database.transaction() as session:
                await _append(session, clock, SAMPLE, "sample.loaded", {"digest": digest})
    finally:
        await database.close()
    return f"{places} đơn vị, cơ quan · {procedures} thủ tục mẫu · {offerings} nơi nhận mới"
