"""Is what the services have written down still what they wrote?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, heads
from kit.auth import ServiceKey
from kit.db import Database
from services.dossier.closings import audit as closings

#: What a service has written down beside its log, once: each says what it looked at, and the faults.
_BESIDE: Mapping[str, Sequence[Callable[[AsyncSession], Awaitable[tuple[str, list[str]]]]]] = {
    "dossier": (closings.examine,)
}


@dataclass
class Found:
    service: str
    subjects: int = 0
    events: int = 0
    emptied: int = 0
    lists: int = 0
    beside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        sign = "✗" if self.faults else "✓"
        counted = (
            f"{self.events} sự kiện | events, {self.subjects} chuỗi | chains, {self.lists} bản ký | lists"
        )
        emptied = f", {self.emptied} đã xóa dữ liệu | emptied" if self.emptied else ""
        return f"{sign} {self.service}: {', '.join([counted, *self.beside])}{emptied}"


async def check(url: str, service: str, shelf: heads.Shelf, service_keys: str) -> Found:
    """One service's log: its chains, the signed lists, as far as there are any, and what else must be as it
    was written."""
    database = Database(url, pool=1)
    try:
        known = await heads.read(shelf, service, service_keys)
        async with database.transaction() as session:
            verdict = await events.examine(session)
            faults = [*verdict.faults, *known.faults, *await heads.compare(session, known)]
            beside = [await examine(session) for examine in _BESIDE.get(service, ())]
    finally:
        await database.close()
    looked_at = [words for words, _ in beside]
    faults += [fault for _, found in beside for fault in found]
    return Found(service, verdict.subjects, verdict.events, verdict.emptied, known.lists, looked_at, faults)


@dataclass(frozen=True)
class _Standing:
    """A clock that stands."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


async def seal(url: str, service: str, shelf: heads.Shelf, key: str) -> str | None:
    """Sign now what would be signed by tomorrow; the list's name, or None when nothing was written since.

    `key`: the service's private JWK. The list is dated by the newest event, or by the list before: only the
    running system knows its clock.
    """
    database = Database(url, pool=1)
    try:
        async with database.transaction() as session:
            newest = await session.scalar(text("SELECT max(time) FROM event"))
        moments = [moment for moment in (newest, await heads.sealed_at(shelf)) if moment is not None]
        if not moments:
            return None
        clock = _Standing(max(moments).astimezone(UTC))
        return await heads.Notary(database, shelf, ServiceKey(key, clock), clock).seal()
    finally:
        await database.close()
