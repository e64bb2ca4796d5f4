"""Sends dossiers to the national portal (protocol facts 2.3): ask, create or update, then the steps.

Safe to run twice and to be killed anywhere: each try begins by asking what the portal holds, so that
nothing is sent that is there already. One dossier is sent by one holder of its lease at a time.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from pydantic import ValidationError

from kit.clock import Clock
from kit.db import Database
from kit.http import NeighbourDown, NeighbourRefused
from kit.jobs import backoff
from services.gateway.federation.clients.dossiers import Dossiers
from services.gateway.federation.commands import dossiers as commands
from services.gateway.federation.commands.dossiers import Claim, Failure
from services.gateway.federation.portal import messages
from services.gateway.federation.portal.client import Done, Outcome, PortalClient, Refused, Unknown
from services.gateway.federation.settings import FederationSettings
from services.gateway.federation.snapshot import Snapshot

log = structlog.get_logger()

#: Steps in one call, as the other provinces' clients do (facts 2.3).
CHUNK = 10
LONGEST_PAUSE = 300.0
_NOT_FOUND = ("không tìm thấy", "không tồn tại")


class Stopped(Exception):
    """This try ends here; `state` says what is now known about the portal's side."""

    def __init__(self, state: str, error: str) -> None:
        super().__init__(error)
        self.state, self.error = state, error


class LeaseLost(Exception):
    """Somebody else holds the dossier now: nothing may be sent or recorded."""


class DossierSync:
    """`step` is for a `jobs.Loop`: works off everything that is due, several dossiers at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        portal: PortalClient,
        dossiers: Dossiers,
        settings: FederationSettings,
    ) -> None:
        self._database, self._clock = database, clock
        self._portal, self._dossiers, self._settings = portal, dossiers, settings
        # Renewed before each call, and a call is bounded: the lease outlives it, and not by much,
        # because a dossier whose sender was killed waits for its end.
        self._lease = settings.adapter_timeout + 5

    async def step(self) -> bool:
        first = await self._claim()
        if first is None:
            return False
        others = [self._lane(None) for _ in range(self._settings.federation_lanes - 1)]
        await asyncio.gather(self._lane(first), *others)
        return True

    async def _lane(self, claim: Claim | None) -> None:
        """One dossier after the other, until none is due."""
        claim = claim or await self._claim()
        while claim is not None:
            await self._try(claim)
            claim = await self._claim()

    async def _claim(self) -> Claim | None:
        async with self._database.transaction() as session:
            return await commands.claim(session, self._clock, self._lease)

    async def _try(self, claim: Claim) -> None:
        version = claim.wanted_version
        try:
            snapshot = await self._read(claim)
            version = snapshot.version
            count = await self._send(claim, snapshot)
        except LeaseLost:
            log.warning("federation-lease-lost", dossier=claim.code)
            return
        except Stopped as stop:
            pause = self._pause_after(stop.state, claim.attempts)
            failure = Failure(stop.state, stop.error, version, pause)
            log.warning("federation-not-sent", dossier=claim.code, state=stop.state, attempts=claim.attempts)
            async with self._database.transaction() as session:
                await commands.record_failure(session, self._clock, claim, failure)
            return
        async with self._database.transaction() as session:
            pause = backoff(claim.attempts, LONGEST_PAUSE)
            await commands.record_sent(session, self._clock, claim, version, count, pause=pause)
        log.info("federation-sent", dossier=claim.code, version=version, steps=count)

    def _pause_after(self, state: str, attempts: int) -> float:
        """A refusal is not repeated blindly: the same content meets the same refusal."""
        if state == "refused":
            return self._settings.federation_refused_hours * 3600
        return backoff(attempts, LONGEST_PAUSE)

    async def _read(self, claim: Claim) -> Snapshot:
        try:
            return await self._dossiers.snapshot(claim.dossier_id)
        except NeighbourDown:
            raise Stopped(_as_it_was(claim), "dossier service did not answer") from None
        except NeighbourRefused as refusal:
            raise Stopped("refused", f"dossier service: {refusal}") from None
        except ValidationError as error:
            faults = {".".join(map(str, fault["loc"])) for fault in error.errors()}
            raise Stopped("refused", f"snapshot cannot be read: {', '.join(sorted(faults))}") from None

    async def _send(self, claim: Claim, snapshot: Snapshot) -> int:
        """Everything the portal lacks of this snapshot; the number of steps it then has."""
        await self._hold(claim)
        held = await self._ask(claim)
        await self._hold(claim)
        await self._put(claim, messages.dossier(snapshot), there=held is not None)
        steps = messages.steps(snapshot)
        return await self._put_steps(claim, steps, _lacking(claim, steps, held))

    async def _ask(self, claim: Claim) -> dict[str, Any] | None:
        """What the portal holds of this dossier."""
        outcome = await self._portal.call("TraCuuHoSo", keys={"mahoso": claim.code})
        if isinstance(outcome, Done):
            return outcome.result[0] if outcome.result else None
        if isinstance(outcome, Refused):
            if any(words in outcome.message.lower() for words in _NOT_FOUND):
                return None
            raise Stopped("refused", f"TraCuuHoSo {outcome.code}: {outcome.message}")
        # Nothing was written by asking: what was unknown still is, the rest waits.
        raise Stopped(_as_it_was(claim), f"TraCuuHoSo: {outcome.reason}")

    async def _put(self, claim: Claim, message: dict[str, Any], *, there: bool) -> None:
        outcome = await self._portal.call("DongBoHoSoMC", [message], {"isUpdating": str(there)})
        if isinstance(outcome, Refused) and outcome.already_there and not there:
            await self._hold(claim)
            outcome = await self._portal.call("DongBoHoSoMC", [message], {"isUpdating": "True"})
        _must_be_done("DongBoHoSoMC", claim, outcome)

    async def _put_steps(
        self, claim: Claim, steps: list[dict[str, str]], missing: list[dict[str, str]]
    ) -> int:
        there = len(steps) - len(missing)
        for start in range(0, len(missing), CHUNK):
            chunk = missing[start : start + CHUNK]
            await self._hold(claim, (there, there + len(chunk)))
            outcome = await self._portal.call("CapNhatTienDoHoSoMC", chunk)
            if isinstance(outcome, Refused) or (isinstance(outcome, Unknown) and not outcome.sent):
                await self._hold(claim, (there, there))  # they are certainly not there
            _must_be_done("CapNhatTienDoHoSoMC", claim, outcome)
            there += len(chunk)
        return there

    async def _hold(self, claim: Claim, steps: tuple[int, int] | None = None) -> None:
        async with self._database.transaction() as session:
            if not await commands.hold(session, self._clock, claim, self._lease, steps):
                raise LeaseLost


def _must_be_done(service: str, claim: Claim, outcome: Outcome) -> None:
    if isinstance(outcome, Done):
        return
    if isinstance(outcome, Refused):
        raise Stopped("refused", f"{service} {outcome.code}: {outcome.message}")
    state = "unknown" if outcome.sent else _as_it_was(claim)
    raise Stopped(state, f"{service}: {outcome.reason}")


def _as_it_was(claim: Claim) -> str:
    return "unknown" if claim.state == "unknown" else "waiting"


def _lacking(claim: Claim, steps: list[dict[str, str]], held: dict[str, Any] | None) -> list[dict[str, str]]:
    """By the portal's own list of steps where it gives one, else by our count of what it took.

    Without a list, steps whose fate is unknown cannot be asked about: then a person decides.
    """
    if held is None:
        return steps
    listed = held.get("DanhSachTienDo")
    if isinstance(listed, list):
        return messages.lacking(steps, [step for step in listed if isinstance(step, dict)])
    if claim.steps_offered > claim.steps_sent:
        raise Stopped("unknown", "steps unconfirmed, and the portal does not list them: resend or settle")
    return steps[claim.steps_sent :]
