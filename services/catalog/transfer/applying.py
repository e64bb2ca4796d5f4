"""A piece of an import, in one transaction: decided against what stands here, then carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock, today
from kit.db import sqlstate
from kit.events import Event
from kit.problem import FieldFault, Problem, Words
from services.catalog import queries as catalogue
from services.catalog.commands import edit, publish
from services.catalog.errors import ProcedureExists
from services.catalog.models import Procedure
from services.catalog.schemas import Publication
from services.catalog.transfer import queries
from services.catalog.transfer.deciding import Decision, Judge, Told, faults_of, standing_of
from services.catalog.transfer.errors import Raced
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.rows import Entry
from services.catalog.transfer.schemas import ImportOptions, Outcome

log = structlog.get_logger()

WORDS: Mapping[str, Words] = {
    "code-twice": {
        "vi": "Mã {said} đã có ở dòng {where}: chỉ dòng ấy được nhập.",
        "en": "The code {said} is on row {where} already: only that row is imported.",
    },
    "row-failed": {
        "vi": "Lỗi hệ thống ở dòng này, đã được ghi lại: báo quản trị viên. Các dòng khác vẫn được nhập.",
        "en": "An internal error on this row, now logged: tell the administrator. Other rows are imported.",
    },
}
#: Trouble of the database that passes (connection, race, resources, lock, shutdown): no row is to blame.
_PASSING = {"08", "40", "53", "55", "57"}


def taken_by(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """By code, the row that it was imported from: one that was refused leaves it to the next."""
    return {each.code: each.number for each in outcomes if each.outcome != "refused"}


@dataclass(frozen=True)
class Applying:
    session: AsyncSession
    clock: Clock
    caller: Caller
    options: ImportOptions
    choices: Choices
    told: Told

    async def apply(self, entries: Sequence[Entry], taken: Mapping[str, int]) -> list[Outcome]:
        """An outcome for each, in their order. `taken`: by code, the row before that it was imported from.
        Rows are locked and written in the order of the codes, events come last: so any number of imports and
        editors at once do not wait for each other in a circle."""
        done, outcomes = dict[str, int](), dict[int, Outcome]()
        async with events.held(self.session) as waiting:
            found, decisions = await self._decided(entries)
            for decision in sorted(decisions, key=lambda each: each.entry.code):
                code, number = decision.entry.code, decision.entry.number
                before = done.get(code) or taken.get(code)
                if before is not None:
                    outcomes[number] = self._second(decision, before)
                    continue
                outcomes[number] = await self._carried_out(decision, found.get(code), waiting)
                done |= taken_by([outcomes[number]])
        return [outcomes[entry.number] for entry in entries]

    async def apply_what_can_be(self, entries: Sequence[Entry], taken: Mapping[str, int]) -> list[Outcome]:
        """The same for a piece that failed for an unforeseen reason: rows that fail alone are refused."""
        # All of them at once: a half of them writes its events before the other is looked at.
        await catalogue.lock_all(self.session, sorted({entry.code for entry in entries if entry.code}))
        return await self._by_halves(entries, taken)

    async def _by_halves(self, entries: Sequence[Entry], taken: Mapping[str, int]) -> list[Outcome]:
        try:
            async with self.session.begin_nested():
                return await self.apply(entries, taken)
        except Exception as error:
            if _passes(error):
                raise
            if len(entries) == 1:
                return [self._failed(entries[0], error)]
        half = len(entries) // 2
        before = await self._by_halves(entries[:half], taken)
        return [*before, *await self._by_halves(entries[half:], {**taken, **taken_by(before)})]

    def _failed(self, entry: Entry, error: Exception) -> Outcome:
        log.error("row-failed", row=entry.number, code=entry.code, exc_info=error)
        fault = self.told(entry.number, FieldFault("row-failed", WORDS["row-failed"]))
        return Outcome(number=entry.number, code=entry.code, outcome="refused", errors=[fault])

    async def _decided(self, entries: Sequence[Entry]) -> tuple[dict[str, Procedure], list[Decision]]:
        codes = sorted({entry.code for entry in entries if entry.code})
        on = today(self.clock)
        found = await catalogue.lock_all(self.session, codes)
        newest = await queries.newest(self.session, codes)
        in_force = await queries.in_force(self.session, codes, on)
        judge = Judge(self.choices, await queries.field_names(self.session), self.told)
        standing = {
            code: standing_of(
                newest[code],
                in_force.get(code),
                abolished=procedure.abolished_from is not None and procedure.abolished_from <= on,
            )
            for code, procedure in found.items()
            if code in newest  # else its first draft was given up, and the code is free
        }

        def decide() -> list[Decision]:
            return [judge.decide(entry, standing.get(entry.code)) for entry in entries]

        return found, await asyncio.to_thread(decide)

    def _second(self, decision: Decision, before: int) -> Outcome:
        entry = decision.entry
        twice = FieldFault("code-twice", WORDS["code-twice"], pointer="/code", said=entry.code, where=before)
        errors = [*decision.errors, self.told(entry.number, twice)]
        return Outcome(number=entry.number, code=entry.code, outcome="refused", errors=errors)

    async def _carried_out(
        self, decision: Decision, procedure: Procedure | None, waiting: list[Event]
    ) -> Outcome:
        """`waiting`: events that are told at the end; a row that is undone takes its own back."""
        entry = decision.entry
        said = Outcome(number=entry.number, code=entry.code, outcome=decision.outcome, errors=decision.errors)
        publishing = self.options.publish and decision.publishable
        told = len(waiting)
        try:
            if not publishing:
                if not self.options.dry_run:
                    await self._drafted(decision, procedure)  # whatever it raises, it raises before it writes
                return said
            async with self.session.begin_nested() as whole:
                await self._published(decision, procedure)
                if self.options.dry_run:
                    await whole.rollback()
        except ProcedureExists as problem:  # it did not when it was looked for
            raise Raced from problem
        except Problem as problem:
            del waiting[told:]
            if procedure is not None:  # the next row of this code begins from what stands
                await self.session.refresh(procedure)
            errors = [self.told(entry.number, fault) for fault in faults_of(problem)]
            return said.model_copy(update={"outcome": "refused", "errors": errors})
        if self.options.dry_run:
            del waiting[told:]
        outcome = "updated" if decision.outcome == "unchanged" else decision.outcome
        return said.model_copy(update={"outcome": outcome, "published": True})

    async def _drafted(self, decision: Decision, procedure: Procedure | None) -> Procedure | None:
        at = (self.session, self.clock, self.caller)
        if decision.content is not None:
            return await edit.create(*at, decision.content, self.options.reason)
        if decision.changes and procedure is not None:
            await edit.change(*at, procedure, dict(decision.changes), self.options.reason)
        return procedure

    async def _published(self, decision: Decision, procedure: Procedure | None) -> None:
        drafted = await self._drafted(decision, procedure)
        assert drafted is not None
        publication = Publication(reason=self.options.reason or "dry run")
        await publish.publish(self.session, self.clock, self.caller, drafted, publication)


def _passes(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error)[:2] in _PASSING
    return isinstance(error, OSError | Raced)
