"""Closed months are amended by themselves, once a day."""

from __future__ import annotations

from datetime import date

from kit.clock import today
from kit.db import Database
from services.dossier.closings import commands, queries
from services.dossier.closings.errors import NothingToAmend
from services.dossier.office import Office


class Amending:
    """A closing a transaction. On several replicas each looks, and whoever comes second finds nothing to
    say."""

    name = "closings-amending"

    def __init__(self, database: Database, office: Office) -> None:
        self._database, self._office = database, office
        self._looked: date | None = None

    async def step(self) -> bool:
        day = today(self._office.clock)
        if self._looked == day:
            return False
        async with self._database.transaction() as session:
            closed = await queries.all_ids(session)
        for closing_id in closed:
            try:
                async with self._database.transaction() as session:
                    closing = await queries.closing(session, closing_id)
                    await commands.amend(session, self._office, commands.CLERK, closing, None)
            except NothingToAmend:
                continue
        self._looked = day
        return False
