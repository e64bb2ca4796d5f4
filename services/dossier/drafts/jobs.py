"""What happens by itself: warnings and reminders, the purge of drafts, the files that they leave."""

from __future__ import annotations

from kit.db import Database
from services.dossier.calendars import commands as calendars
from services.dossier.drafts import commands, queries
from services.dossier.office import Office


class Housekeeping:
    """One thing a step, each in a transaction of its own; safe to run on many replicas at once."""

    name = "dossier-housekeeping"

    def __init__(self, database: Database, office: Office) -> None:
        self._database, self._office = database, office

    async def step(self) -> bool:
        for work in (commands.warn, commands.purge, commands.remind):
            async with self._database.transaction() as session:
                if await work(session, self._office):
                    return True
        return await self._clear() or await calendars.follow(self._database, self._office)

    async def _clear(self) -> bool:
        """Files first, then their rows: what is interrupted between is done once more."""
        async with self._database.transaction() as session:
            keys = [row.storage_key for row in await queries.leftovers(session)]
        for key in keys:
            await self._office.storage.discard(key)
        async with self._database.transaction() as session:
            for row in await queries.leftovers(session):
                if row.storage_key in keys:
                    await session.delete(row)
        return bool(keys)
