"""Files are scanned after they came in: what waits is locked away until it is known to be clean."""

from __future__ import annotations

from datetime import timedelta

from kit.auth import Caller
from kit.db import Database
from kit.jobs import backoff
from services.dossier.commands.step import Move, record
from services.dossier.office import Office
from services.dossier.scanning import queries
from services.dossier.scanning.clamd import Clamd, ScannerDown

SCANNER = Caller(sub="scanner", kind="service", name="scanner", roles=frozenset({"service"}))


class Scanning:
    """One file a step. The state `waiting` was written with the upload itself, so that nothing comes free
    unscanned, whoever falls when; a file is leased while it is scanned."""

    name = "dossier-scanning"

    def __init__(self, database: Database, office: Office, clamd: Clamd) -> None:
        self._database, self._office, self._clamd = database, office, clamd

    async def step(self) -> bool:
        clock = self._office.clock
        async with self._database.transaction() as session:
            waiting = await queries.next_waiting(session, clock.now())
            if waiting is None:
                return False
            waiting.scan_attempts += 1
            waiting.scan_next_try = clock.now() + timedelta(seconds=self._office.settings.scan_lease_seconds)
            number, key, attempts = waiting.id, waiting.storage_key, waiting.scan_attempts
        verdict: str | None = None
        try:
            found = await self._clamd.infected(self._office.storage.read(key))
            verdict = "infected" if found else "clean"
        except (ScannerDown, FileNotFoundError):
            pass  # it waits on, and is tried again with growing pauses
        async with self._database.transaction() as session:
            both = await queries.of_document(session, number)
            if both is None:
                return True
            document, dossier = both
            if verdict is None:
                document.scan_next_try = clock.now() + timedelta(seconds=backoff(attempts))
                return False
            document.scan, document.scan_next_try = verdict, None
            if verdict == "infected":
                move = Move(at=clock.now(), data={"document": str(document.id)})
                event = "dossier.document-infected"
                await record(session, self._office, SCANNER, dossier, event, move, audience="internal")
        return True
