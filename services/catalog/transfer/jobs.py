"""Works on jobs: what is common to imports and exports, exports, and what lets go of either at last."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, BinaryIO, TypeVar

import structlog

from kit.clock import Clock, today
from kit.db import Database
from kit.problem import Problem
from services.catalog.search import queries as search
from services.catalog.search import reading
from services.catalog.transfer import commands, queries, writing
from services.catalog.transfer.commands import KEPT_FOR, LEASE, Turn
from services.catalog.transfer.errors import LeaseLost
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.schemas import ExportOptions, ImportOptions
from services.catalog.transfer.status import Kind, Part, State

log = structlog.get_logger()
T = TypeVar("T")

#: Procedures read at once.
_READ = 200
_PAGE = 1000
_ATTEMPTS = 5


class Worker:
    """One job a step, to its end. Safe on many replicas at once: each job is leased."""

    kind: Kind

    def __init__(self, database: Database, clock: Clock, choices: Choices) -> None:
        self.database, self.clock, self.choices = database, clock, choices
        self.name = f"catalog-{self.kind}s"

    async def step(self) -> bool:
        async with self.database.transaction() as session:
            turn = await commands.claim(session, self.clock, self.kind)
        if turn is None:
            return False
        with structlog.contextvars.bound_contextvars(transfer=str(turn.id)):
            try:
                await self._tried(turn)
            except LeaseLost:
                log.info("transfer-given-up")
        return True

    async def _tried(self, turn: Turn) -> None:
        if turn.attempts > _ATTEMPTS:  # whoever worked on it did not live to say so
            await self._buried(turn)
            return
        try:
            await self.work(turn)
        except LeaseLost:
            raise
        except Problem as problem:
            await self.fail(turn, problem)
        except Exception:
            async with self.database.transaction() as session:
                attempts = await queries.attempts(session, turn.id)
            if attempts >= _ATTEMPTS:
                await self.fail(turn, Problem())
            else:
                async with self.database.transaction() as session:
                    await commands.give_back(session, turn)
            raise

    async def _buried(self, turn: Turn) -> None:
        """Failed, with what was done; without, where even telling that was some process's end."""
        log.error("transfer-ends-its-workers", attempts=turn.attempts)
        fail = self.fail if turn.attempts == _ATTEMPTS + 1 else partial(Worker.fail, self)
        await fail(turn, Problem())

    async def work(self, turn: Turn) -> None:
        raise NotImplementedError

    async def fail(self, turn: Turn, problem: Problem, result: BinaryIO | None = None) -> None:
        """`result`: what came of it before. Raises LeaseLost."""
        language = ImportOptions.model_validate(turn.options).language if self.kind is Kind.IMPORT else "vi"
        async with self.database.transaction() as session:
            await commands.end(session, self.clock, turn, State.FAILED, failure=problem.body(language))
            if result is not None:
                await commands.keep(session, turn.id, Part.RESULT, result)

    async def aside(self, turn: Turn, work: Callable[[], T]) -> T:
        """CPU work in a thread; the lease is kept meanwhile. Raises LeaseLost."""
        task = asyncio.create_task(asyncio.to_thread(work))
        while not (await asyncio.wait({task}, timeout=LEASE.total_seconds() / 3))[0]:
            async with self.database.transaction() as session:
                await commands.advance(session, self.clock, turn)
        return task.result()

    async def finish(self, turn: Turn, result: BinaryIO) -> None:
        async with self.database.transaction() as session:
            await commands.advance(session, self.clock, turn)
            await commands.keep(session, turn.id, Part.RESULT, result)
            if turn.state is State.CANCELLED:
                await commands.give_back(session, turn)
            else:
                await commands.end(session, self.clock, turn, State.DONE)


class Exporter(Worker):
    """Begun anew where it was cut off: it changes nothing."""

    kind = Kind.EXPORT

    async def work(self, turn: Turn) -> None:
        options = ExportOptions.model_validate(turn.options)
        found = await self._found(options, options.on or today(self.clock))
        with tempfile.TemporaryFile() as result:
            with writing.writer(turn.format, result, self.choices) as writer:
                for start in range(0, len(found) or 1, _READ):
                    async with self.database.transaction() as session:
                        rows = await queries.contents(session, found[start : start + _READ])
                        contents = [row.content for row in rows]
                        done = min(start + _READ, len(found))
                        await commands.advance(session, self.clock, turn, total=len(found), done=done)
                    await self.aside(turn, partial(_add, writer, contents))
            await self.finish(turn, result)

    async def _found(self, options: ExportOptions, on: date) -> list[tuple[str, int]]:
        """Code and number of the versions, in the order of the search: which they are is settled here,
        whatever is published meanwhile."""
        wanted = search.Wanted(**options.model_dump(exclude={"q", "on"}))
        found: list[tuple[str, int]] = []
        after = None
        async with self.database.transaction() as session:
            looked = (await reading.read(session, options.q, on)).looked if options.q else None
            while True:
                page = await search.find(session, looked, wanted, on, after, _PAGE)
                found += [(each.version.procedure_code, each.version.number) for each in page[:_PAGE]]
                session.expunge_all()
                if len(page) <= _PAGE:
                    return found
                last = page[_PAGE - 1]
                after = (last.score, last.version.sort_key, last.version.procedure_code)


def _add(writer: writing.Writer, contents: Sequence[Mapping[str, Any]]) -> None:
    for content in contents:
        writer.add(content)


class Sweeper:
    """Lets go of jobs that ended long ago, with their files."""

    name = "catalog-transfers-sweep"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            await commands.forget(session, self._clock.now() - KEPT_FOR)
        return False
