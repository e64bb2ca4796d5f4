"""A piece of an import, in one transaction: decided against what stands here, then carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from kit.events import Event
from kit.problem import FieldError, Problem
from services.catalog import queries as catalogue
from services.catalog.commands import edit, publish
from services.catalog.models import Procedure
from services.catalog.schemas import Publication
from services.catalog.transfer import queries
from services.catalog.transfer.deciding import Decision, Judge, Told, faults_of, standing_of
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.rows import Entry
from services.catalog.transfer.schemas import ImportOptions, Outcome


@dataclass(frozen=True)
class Applying:
    """`waiting`: events that are told at the transaction's end; a row that is undone takes its own back."""

    session: AsyncSession
    clock: Clock
    caller: Caller
    options: ImportOptions
    choices: Choices
    told: Told
    waiting: list[Event]

    async def apply(self, entries: Sequence[Entry], first: Mapping[str, int]) -> list[Outcome]:
        """An outcome for each, in their order. Rows are locked and written in the order of the codes, events
        come last: so any number of imports and editors at once do not wait for each other in a circle."""
        found, decisions = await self._decided(entries, first)
        outcomes = {}
        for decision in sorted(decisions, key=lambda each: each.entry.code):
            procedure = found.get(decision.entry.code)
            outcomes[decision.entry.number] = await self._carried_out(decision, procedure)
        return [outcomes[entry.number] for entry in entries]

    async def _decided(
        self, entries: Sequence[Entry], first: Mapping[str, int]
    ) -> tuple[dict[str, Procedure], list[Decision]]:
        codes = sorted({entry.code for entry in entries if entry.code and not entry.errors})
        on = edit.today(self.clock)
        found = await catalogue.lock_all(self.session, codes)
        newest = await queries.newest(self.session, codes)
        in_force = await queries.in_force(self.session, codes, on)
        judge = Judge(self.choices, await queries.field_names(self.session), first, self.told)
        standing = {
            code: standing_of(
                newest[code],
                in_force.get(code),
                abolished=procedure.abolished_from is not None and procedure.abolished_from <= on,
            )
            for code, procedure in found.items()
        }

        def decide() -> list[Decision]:
            return [judge.decide(entry, standing.get(entry.code)) for entry in entries]

        return found, await asyncio.to_thread(decide)

    async def _carried_out(self, decision: Decision, procedure: Procedure | None) -> Outcome:
        entry = decision.entry
        said = Outcome(number=entry.number, code=entry.code, outcome=decision.outcome, errors=decision.errors)
        if not (self.options.publish and decision.publishable):
            if not self.options.dry_run:
                await self._drafted(decision, procedure)
            return said
        told = len(self.waiting)
        try:
            async with self.session.begin_nested() as whole:
                await self._published(decision, procedure)
                if self.options.dry_run:
                    await whole.rollback()
        except Problem as problem:
            del self.waiting[told:]
            return said.model_copy(update={"outcome": "refused", "errors": self._errors(entry, problem)})
        if self.options.dry_run:
            del self.waiting[told:]
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

    def _errors(self, entry: Entry, problem: Problem) -> list[FieldError]:
        return [self.told(entry.number, fault) for fault in faults_of(problem)]
