"""What happens by itself: on the day of a succession the neighbours are told."""

from __future__ import annotations

from kit.clock import Clock
from kit.db import Database
from services.catalog.bodies import commands


class Herald:
    """Safe on many replicas at once: one at a time, and each succession once."""

    name = "catalog-successions"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            return await commands.announce(session, self._clock)
