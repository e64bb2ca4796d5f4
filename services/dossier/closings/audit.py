"""Is what was frozen still what was sealed, and what the event log says?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Text, cast, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit import events
from services.dossier.closings import differences, queries, sealing
from services.dossier.closings.models import CLOSED_FACT, FACT, Closing, Seal
from services.dossier.closings.months import COMPARED, as_counted
from services.dossier.figures.book import LIVE

Fact = Mapping[str, Any]
#: Rows that are named of each closing.
MOST = 20
_FAULTS = {
    "altered": "đã bị sửa | was altered",
    "gone": "đã bị xóa | was removed",
    "added": "đã bị thêm | was added",
}
_ROWS = {
    "closing": "bản chốt | closing",
    "amendment": "lần điều chỉnh | amendment",
    "closed_fact": "hồ sơ | dossier",
    "closed_body": "cơ quan | body",
    "closed_unit": "đơn vị | unit",
    "closed_label": "tên gọi | name",
}
_TOLD = (
    "SELECT subject, seq - 1 AS number, data ->> 'month' AS month, data_digest FROM event"
    " WHERE type IN ('closing.made', 'closing.amended') ORDER BY id"
)


async def examine(session: AsyncSession) -> tuple[str, list[str]]:
    """What was looked at, in words; and the month and the thing that are not as they were, none when all is
    whole."""
    await sealing.in_utc(session)
    closings = (await session.scalars(select(Closing).order_by(col(Closing.month)))).all()
    told = {(row.subject, row.number): row for row in await session.execute(text(_TOLD))}
    found = []
    for closing in closings:
        broken = []
        for sealed in await queries.seals(session, closing.id):
            said = told.pop((str(closing.id), sealed.number), None)
            broken += await _seal(session, closing, sealed, bytes(said.data_digest) if said else None)
        rows = await _rows(session, closing)
        if broken and not rows:
            rows = await _unlike_today(session, closing)
        found += [f"{closing.month:%Y-%m} · {fault}" for fault in [*broken, *rows]]
    gone = [f"{row.month or row.subject} · {_part(row.number)}: {_FAULTS['gone']}" for row in told.values()]
    return f"{len(closings)} tháng đã chốt | closed months", found + gone


def _part(number: int) -> str:
    return f"{_ROWS['amendment']} {number}" if number else _ROWS["closing"]


async def _seal(session: AsyncSession, closing: Closing, sealed: Seal, said: bytes | None) -> list[str]:
    """Against the event, and the digests of the rows against it."""
    name = _part(sealed.number)
    if said is None:
        return [f"{name}: không có trong nhật ký sự kiện | is not in the event log"]
    kept = {"facts": sealed.facts, "digest": sealed.digest}
    found = []
    if said != events.digest(sealing.told(closing, sealed)):
        found.append(f"{name}: khác nhật ký sự kiện | is not what the event log says")
    if await sealing.over_all(session, closing.id, sealed.number) != kept:
        found.append(f"{name}: mã băm khác niêm phong | its digests are not those that were sealed")
    return found


async def _rows(session: AsyncSession, closing: Closing) -> list[str]:
    """Those that are not as their digests say; of a fact also in what it differs from today's."""
    unlike = await sealing.unlike(session, closing.id, MOST + 1)
    if not unlike:
        return []
    keys = [row.key for row in unlike if row.kind == "closed_fact"]
    today = await _today(session, closing, keys)
    frozen = await _frozen(session, closing, keys)
    found = []
    for row in unlike[:MOST]:
        then, now = frozen.get((row.key, row.number), {}), today.get(row.key, {})
        name = _name(then or now) if then or now else f"{_ROWS.get(row.kind, row.kind)} {row.key}"
        found.append(f"{name}: {_FAULTS[row.fault]}{_beside(then, now)}")
    return found + ["…"] * (len(unlike) > MOST)


async def _unlike_today(session: AsyncSession, closing: Closing) -> list[str]:
    """Where row and digest were altered together: what no amendment explains."""
    pairs = differences.now(closing, await queries.newest(session, closing.id))
    rows = await differences.page(session, pairs, true(), None, MOST + 1)
    found = []
    for row in rows[:MOST]:
        old, new = ({name: row[f"{age}_{name}"] for name in FACT} for age in ("old", "new"))
        why = "không lần điều chỉnh nào nói | no amendment says so"
        found.append(f"{_name(new)}: khác hôm nay | unlike today's, {why}{_beside(old, new)}")
    return found + ["…"] * (len(rows) > MOST)


async def _today(session: AsyncSession, closing: Closing, keys: Collection[str]) -> dict[str, Fact]:
    fact = LIVE.facts.c
    query = select(*as_counted(fact, closing.span).values()).where(cast(fact.id, Text).in_(keys))
    return {str(row["id"]): dict(row) for row in (await session.execute(query)).mappings()}


async def _frozen(
    session: AsyncSession, closing: Closing, keys: Collection[str]
) -> dict[tuple[str, int], Fact]:
    fact = CLOSED_FACT.c
    query = select(CLOSED_FACT).where(fact.closing_id == closing.id, cast(fact.id, Text).in_(keys))
    return {(str(row["id"]), row["number"]): dict(row) for row in (await session.execute(query)).mappings()}


def _name(fact: Fact) -> str:
    """The dossier's code; of a count line the body, procedure and day."""
    line = " ".join(str(fact[name]) for name in ("receiving_agency", "procedure_code", "received_on"))
    return f"{_ROWS['closed_fact']} {fact['code']}" if fact["code"] else f"số đếm | count line {line}"


def _beside(then: Fact, now: Fact) -> str:
    """Where they differ, as in: · channel: online (nay | today: counter)."""
    return "".join(
        f" · {name}: {then[name]} (nay | today: {now[name]})"
        for name in (*COMPARED, "counts")
        if then and now and then[name] != now[name]
    )
