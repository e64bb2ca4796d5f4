"""The postman: takes one message at a time to its carrier."""

from __future__ import annotations

from collections.abc import Mapping

from kit.clock import Clock
from kit.db import Database
from kit.vault import Vault
from services.dossier.notices import commands, queries
from services.dossier.notices.sending import Carrier, Refused, Silent


class Postman:
    """Safe on many replicas at once: each message is leased before it is sent, in a transaction of its
    own, and its outcome written in another. Without a carrier for its channel a message is given up."""

    name = "dossier-notices"

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, carriers: Mapping[str, Carrier]
    ) -> None:
        self._database, self._vault, self._clock, self._carriers = database, vault, clock, carriers

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            delivery = await queries.next_delivery(session, self._clock.now())
            if delivery is None:
                return False
            commands.leased(delivery, self._clock.now())
            number, channel, words = delivery.id, delivery.channel, delivery.words
            address = self._vault.open(delivery.address or b"")
        error, unknown = "", False
        try:
            carrier = self._carriers.get(channel)
            if carrier is None:
                raise Refused("no carrier is configured")
            await carrier.send(str(number), address, words)
        except Refused as refused:
            error = str(refused)
        except Silent as silent:
            error, unknown = str(silent), True
        async with self._database.transaction() as session:
            delivery = await queries.delivery(session, number)
            if error:
                commands.not_sent(delivery, self._clock.now(), error, unknown=unknown)
            else:
                commands.sent(delivery, self._clock.now())
        return True
