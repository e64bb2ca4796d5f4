"""Takes the procedures of the national database into the catalogue, which publishes what is new and, unless
it is set to accept them, proposes changes and closings to an editor.

One step does one piece: the list, then up to 200 procedures, then what was withdrawn. Each piece is
recorded when it is done, so that after a kill the next holder of the lease goes on from there; a piece
done twice changes nothing, because the catalogue answers "unchanged".
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from kit.clock import Clock, pause
from kit.db import Database
from kit.http import NeighbourDown, NeighbourRefused
from kit.jobs import backoff
from services.gateway.federation import queries
from services.gateway.federation.clients.catalogue import Catalogue, ImportedRow
from services.gateway.federation.commands import runs
from services.gateway.federation.commands.runs import RowResult, Turn
from services.gateway.federation.models import SyncRow
from services.gateway.federation.portal import procedures
from services.gateway.federation.portal.client import Done, Outcome, PortalClient, Refused, Unknown
from services.gateway.federation.portal.procedures import Reading
from services.gateway.federation.portal.reading import raw
from services.gateway.federation.settings import FederationSettings

log = structlog.get_logger()

#: Also what the catalogue takes at once.
PIECE = 200
#: Renewed while a piece takes long; a run whose worker was killed goes on after so many seconds.
LEASE = 30.0
#: Failures in a row after which a person has to look.
LAST_TRY = 8
WITHDRAWN = "Không còn trong Cơ sở dữ liệu quốc gia về thủ tục hành chính"


class Failed(Exception):
    """This piece could not be done now. `final`: trying again would not help."""

    def __init__(self, error: str, *, final: bool = False) -> None:
        super().__init__(error)
        self.error, self.final = error, final


class ProcedureSync:
    """`step` is for a `jobs.Loop`: True while the open run has more to do."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        portal: PortalClient,
        catalogue: Catalogue,
        settings: FederationSettings,
    ) -> None:
        self._database, self._clock = database, clock
        self._portal, self._catalogue, self._settings = portal, catalogue, settings

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            turn = await runs.claim(session, self._clock, LEASE)
            if turn is None:
                return False
            rows = await queries.open_rows(session, turn.run_id, PIECE)
        keeping = asyncio.create_task(self._keep(turn))
        try:
            return await self._piece(turn, rows)
        except Failed as failure:
            final = failure.final or turn.attempts >= LAST_TRY
            log.warning("procedure-sync-failed", sync=str(turn.run_id), error=failure.error, final=final)
            async with self._database.transaction() as session:
                await runs.record_failure(
                    session, self._clock, turn, failure.error, pause=backoff(turn.attempts), final=final
                )
            return False
        finally:
            keeping.cancel()

    async def _piece(self, turn: Turn, rows: Sequence[SyncRow]) -> bool:
        if turn.attempts > LAST_TRY:  # whoever tried before did not live to say why
            raise Failed("given up after several tries that did not end", final=True)
        if turn.total is None:
            await self._list(turn)
            return True
        if rows:
            results = await self._results(rows)
            async with self._database.transaction() as session:
                await runs.record_rows(session, self._clock, turn, results)
            return True
        await self._end(turn)
        return False

    async def _list(self, turn: Turn) -> None:
        outcome = await self._portal.call("LayDanhSachTTHC")
        if not isinstance(outcome, Done):
            raise Failed(f"LayDanhSachTTHC: {_why(outcome)}", final=isinstance(outcome, Refused))
        listed = [(raw(item.get("MATTHC")), raw(item.get("TENTTHC"))) for item in outcome.result]
        async with self._database.transaction() as session:
            await runs.record_list(session, turn, listed)

    async def _results(self, rows: Sequence[SyncRow]) -> list[RowResult]:
        """What becomes of these rows, in their order."""
        fetched = await self._fetch([row.code for row in rows])
        contents = {
            str(reading.content["code"]): (reading.digest, reading.content)
            for reading in fetched
            if isinstance(reading, Reading) and reading.content
        }
        async with self._database.transaction() as session:
            known = await queries.digests(session, list(contents))
        new = [content for code, (digest, content) in contents.items() if known.get(code) != digest]
        taken = await self._take_in(new) if new else {}
        return [_result(row, reading, taken) for row, reading in zip(rows, fetched, strict=True)]

    async def _fetch(self, codes: Sequence[str]) -> list[Reading | Refused]:
        """Several at once; after the first call without an answer the rest is not tried."""
        lanes = asyncio.Semaphore(self._settings.sync_lanes)
        unanswered: list[Unknown] = []

        async def one(code: str) -> Reading | Refused | Unknown:
            async with lanes:
                if unanswered:
                    return unanswered[0]
                outcome = await self._portal.call("LayThuTuc", keys={"maTTHC": code})
            if isinstance(outcome, Unknown):
                unanswered.append(outcome)
            return _reading(code, outcome)

        fetched = await asyncio.gather(*(one(code) for code in codes))
        if unanswered:
            raise Failed(f"LayThuTuc: {unanswered[0].reason}")
        return [reading for reading in fetched if not isinstance(reading, Unknown)]

    async def _take_in(self, contents: Sequence[dict[str, Any]]) -> dict[str, ImportedRow]:
        try:
            taken = await self._catalogue.take_in(contents)
        except (NeighbourDown, NeighbourRefused) as error:
            raise Failed(f"catalogue: {error}") from None
        if lacking := {content["code"] for content in contents} - taken.keys():
            raise Failed(f"catalogue: no answer for {min(lacking)}")
        return taken

    async def _end(self, turn: Turn) -> None:
        """Close what the list no longer names, unless that is too much to be believed."""
        async with self._database.transaction() as session:
            missing = await queries.missing_from(session, turn.run_id)
            known = await queries.known(session)
        most = max(1, int(known * self._settings.sync_closing_share))
        believed = bool(turn.total) and (turn.force or len(missing) <= most)
        closed, kept = (missing, []) if believed else ([], missing)
        proposed = []
        try:
            for start in range(0, len(closed), PIECE):
                answer = await self._catalogue.close(closed[start : start + PIECE], WITHDRAWN)
                proposed += answer.proposed
        except (NeighbourDown, NeighbourRefused) as error:
            raise Failed(f"catalogue: {error}") from None
        async with self._database.transaction() as session:
            await runs.record_end(session, self._clock, turn, runs.Gone(closed, kept, proposed))
        log.info("procedure-sync-done", sync=str(turn.run_id), closed=len(closed), kept=len(kept))

    async def _keep(self, turn: Turn) -> None:
        """Renew the lease while a piece takes long."""
        while True:
            await pause(LEASE / 3)
            async with self._database.transaction() as session:
                await runs.renew(session, self._clock, turn, LEASE)


def _why(outcome: Outcome) -> str:
    if isinstance(outcome, Refused):
        return f"{outcome.code} {outcome.message}"
    return outcome.reason if isinstance(outcome, Unknown) else ""


def _reading(code: str, outcome: Outcome) -> Reading | Refused | Unknown:
    if not isinstance(outcome, Done):
        return outcome
    if not outcome.result:
        return Refused(0, "Không có nội dung thủ tục")
    reading = procedures.read(outcome.result[0])
    if reading.content and reading.content["code"] != code:
        return Refused(0, f"Cổng trả về thủ tục {reading.content['code']}")
    return reading


def _result(row: SyncRow, reading: Reading | Refused, taken: dict[str, ImportedRow]) -> RowResult:
    if isinstance(reading, Refused):
        error = {"code": "portal-refused", "detail": f"{reading.code} {reading.message}"}
        return RowResult(row.position, row.code, "refused", errors=[error])
    if reading.verdict == "refused":
        return RowResult(row.position, row.code, "refused", errors=reading.notes.faults)
    if reading.verdict != "ours":
        return RowResult(row.position, row.code, reading.verdict)
    answer = taken.get(row.code)
    if answer is not None and answer.outcome == "refused":
        return RowResult(row.position, row.code, "refused", errors=answer.errors)
    taken_as = "repaired" if reading.notes.repairs else "taken_in"
    return RowResult(
        row.position,
        row.code,
        "proposed" if answer is not None and answer.outcome == "proposed" else taken_as,
        unchanged=answer is None or answer.outcome == "unchanged",
        repairs=reading.notes.repairs,
        gaps=reading.notes.gaps,
        digest=reading.digest if answer is not None else None,
    )
