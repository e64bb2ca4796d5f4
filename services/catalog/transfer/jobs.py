"""Works on imports and exports. What is done of an import stands in the database with what it did, so whoever
takes over after a kill goes on behind it: nothing is done twice, nothing is left out."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, BinaryIO, TypeVar, cast

import structlog

from kit import events
from kit.clock import Clock
from kit.db import Database
from kit.problem import FieldError, Problem
from services.catalog.commands.edit import today
from services.catalog.search import queries as search
from services.catalog.search import reading
from services.catalog.transfer import commands, queries, writing
from services.catalog.transfer.applying import Applying
from services.catalog.transfer.commands import KEPT_FOR, LEASE, Turn
from services.catalog.transfer.errors import LeaseLost
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.rows import Entry, Format, Upload
from services.catalog.transfer.schemas import ExportOptions, ImportOptions, Outcome
from services.catalog.transfer.status import Kind, Part, State

log = structlog.get_logger()
T = TypeVar("T")

#: Rows in one transaction, and procedures read at once.
PIECE = 500
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
        try:
            await self.work(turn)
        except LeaseLost:
            log.info("transfer-given-up", transfer=str(turn.id))
        except Problem as problem:
            await self._fail(turn, problem)
        except Exception:
            if turn.attempts >= _ATTEMPTS:
                await self._fail(turn, Problem())
            else:
                async with self.database.transaction() as session:
                    await commands.give_back(session, turn)
            raise
        return True

    async def work(self, turn: Turn) -> None:
        raise NotImplementedError

    async def _fail(self, turn: Turn, problem: Problem) -> None:
        language = ImportOptions.model_validate(turn.options).language if self.kind is Kind.IMPORT else "vi"
        async with self.database.transaction() as session:
            await commands.end(session, self.clock, turn, State.FAILED, failure=problem.body(language))

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
            await commands.end(session, self.clock, turn, State.DONE)


class Importer(Worker):
    kind = Kind.IMPORT

    async def work(self, turn: Turn) -> None:
        """Read whole before anything is done by it; then piece by piece."""
        options = ImportOptions.model_validate(turn.options)
        with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as spooled:
            await self._fetch(turn, sent)
            upload = await self.aside(turn, lambda: Upload(sent, cast(Format, turn.format), options.language))
            total, first = await self.aside(turn, lambda: _spool(upload, spooled))
            async with self.database.transaction() as session:
                await commands.advance(session, self.clock, turn, total=total)
                done = await queries.pieces_done(session, turn.id)
            entries, number = _entries(spooled), 0
            while piece := await asyncio.to_thread(lambda: list(islice(entries, PIECE))):
                if number >= done:
                    await self._piece(turn, options, upload, piece, first, number)
                number += 1
            await self._report(turn, upload, number)

    async def _fetch(self, turn: Turn, file: BinaryIO) -> None:
        number = 0
        async with self.database.transaction() as session:
            while content := await queries.chunk(session, turn.id, Part.UPLOAD, number):
                await asyncio.to_thread(file.write, content)
                number += 1

    async def _piece(
        self,
        turn: Turn,
        options: ImportOptions,
        upload: Upload,
        piece: Sequence[Entry],
        first: Mapping[str, int],
        number: int,
    ) -> None:
        """What is done, and that it is done, in one transaction."""
        async with self.database.transaction() as session:
            await commands.advance(session, self.clock, turn)
            async with events.held(session) as waiting:
                applying = Applying(
                    session, self.clock, turn.caller(), options, self.choices, upload.error, waiting
                )
                await commands.record(session, turn, number, await applying.apply(piece, first))

    async def _report(self, turn: Turn, upload: Upload, pieces: int) -> None:
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as result:
            async with self.database.transaction() as session:
                for number in range(pieces):
                    rows = await queries.piece(session, turn.id, number)
                    said.write("".join(json.dumps(row) + "\n" for row in rows).encode())
            said.seek(0)
            outcomes = (Outcome.model_validate_json(line) for line in said)
            await self.aside(turn, lambda: writing.report(upload, outcomes, result))
            await self.finish(turn, result)


def _spool(upload: Upload, file: BinaryIO) -> tuple[int, dict[str, int]]:
    """All rows as they were read, a line each; how many, and on which row each code is first."""
    total, first = 0, dict[str, int]()
    for total, entry in enumerate(upload.entries(), 1):  # noqa: B007
        first.setdefault(entry.code, entry.number)
        errors = [error.model_dump(exclude_none=True) for error in entry.errors]
        line = [entry.number, entry.code, entry.cells, entry.content, errors]
        file.write(json.dumps(line).encode() + b"\n")
    file.seek(0)
    return total, first


def _entries(file: BinaryIO) -> Iterator[Entry]:
    for line in file:
        number, code, cells, content, errors = json.loads(line)
        yield Entry(number, code, cells, content, [FieldError(**error) for error in errors])


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
