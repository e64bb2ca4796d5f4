"""Dossiers follow their bodies by themselves."""

from __future__ import annotations

from kit.clock import Clock
from kit.db import Database
from services.dossier.successors import commands, queries


class Removals:
    """One piece a step, in a transaction of its own; safe to run on many replicas at once."""

    name = "dossier-successors"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            return await queries.due(session, self._clock.now()) and await commands.follow(
                session, self._clock
            )
