"""Is what the services have written down still what they wrote?"""

from dataclasses import dataclass, field

from kit import events, heads
from kit.db import Database


@dataclass
class Found:
    service: str
    subjects: int = 0
    events: int = 0
    emptied: int = 0
    lists: int = 0
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        sign = "✗" if self.faults else "✓"
        counted = (
            f"{self.events} sự kiện | events, {self.subjects} chuỗi | chains, {self.lists} bản ký | lists"
        )
        emptied = f", {self.emptied} đã xóa dữ liệu | emptied" if self.emptied else ""
        return f"{sign} {self.service}: {counted}{emptied}"


async def check(url: str, service: str, heads_url: str, service_keys: str) -> Found:
    """One service's log: its chains, and the signed lists, as far as there are any."""
    database = Database(url, pool=1)
    try:
        known = await heads.read(heads.Shelf(heads_url, service), service, service_keys)
        async with database.transaction() as session:
            verdict = await events.examine(session)
            faults = [*verdict.faults, *known.faults, *await heads.compare(session, known)]
    finally:
        await database.close()
    return Found(service, verdict.subjects, verdict.events, verdict.emptied, known.lists, faults)
