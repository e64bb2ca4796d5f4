"""The connection to the portal, remembered in the database: its session, and whether it answers."""

from __future__ import annotations

from sqlalchemy import text

from kit.clock import Clock
from kit.db import Database
from kit.vault import Vault
from services.gateway.federation import queries

_SESSION = text("""
    INSERT INTO portal_link (unit, session, reason) VALUES (:unit, :session, '')
    ON CONFLICT (unit) DO UPDATE SET session = excluded.session
""")
_REACHABLE = text("""
    INSERT INTO portal_link AS link (unit, reachable, since, reason) VALUES (:unit, :reachable, :now, :reason)
    ON CONFLICT (unit) DO UPDATE SET reachable = excluded.reachable, since = excluded.since,
      reason = excluded.reason
    WHERE link.reachable IS DISTINCT FROM excluded.reachable
""")


class StoredLink:
    """A `portal.client.Link` over one row. A session is a credential, so it lies there encrypted."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, unit: str) -> None:
        self._database, self._vault, self._clock, self._unit = database, vault, clock, unit
        self._reachable: bool | None = None

    async def session(self) -> str | None:
        async with self._database.transaction() as session:
            row = await queries.link(session, self._unit)
        return str(self._vault.open(row.session)) if row and row.session else None

    async def keep_session(self, session: str) -> None:
        values = {"unit": self._unit, "session": self._vault.seal(session)}
        async with self._database.transaction() as transaction:
            await transaction.execute(_SESSION, values)

    async def note_reachable(self, reachable: bool, reason: str) -> None:
        """Written when it changes, not at each of thousands of calls."""
        if reachable == self._reachable:
            return
        values = {"unit": self._unit, "reachable": reachable, "reason": reason, "now": self._clock.now()}
        async with self._database.transaction() as transaction:
            await transaction.execute(_REACHABLE, values)
        self._reachable = reachable
