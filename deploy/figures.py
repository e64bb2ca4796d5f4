"""Are the figures still what dossiers and counts add up to?"""

from dataclasses import dataclass, field

from kit.db import Database
from services.dossier.figures import recount
from services.dossier.figures.recount import Difference


@dataclass
class Found:
    """`more`: differences beyond those that are listed."""

    facts: int = 0
    sums: int = 0
    differences: list[Difference] = field(default_factory=list)
    more: bool = False

    def lines(self) -> list[str]:
        sign = "✗" if self.differences else "✓"
        counted = f"{self.facts} sự kiện thống kê | facts, {self.sums} số cộng dồn | sums"
        named = [f"  ✗ {difference}" for difference in self.differences]
        return [f"{sign} dossier: {counted}", *named, *(["  ✗ …"] if self.more else [])]


async def check(url: str, most: int) -> Found:
    """Everything as it stood at one moment, also while the system runs; the first `most` differences."""
    database = Database(url, pool=1)
    try:
        async with database.transaction() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            found = await recount.differences(session, most + 1)
            facts, sums = await recount.size(session)
    finally:
        await database.close()
    return Found(facts, sums, found[:most], len(found) > most)
