"""Works on imports. What is done of one stands in the database with what it did, so whoever takes over after
a kill goes on behind it: nothing is done twice, nothing is left out."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, NamedTuple, cast

import structlog

from kit.problem import FieldError, Problem
from services.catalog.transfer import commands, queries, writing
from services.catalog.transfer.applying import Applying, taken_by
from services.catalog.transfer.commands import Turn
from services.catalog.transfer.errors import LeaseLost
from services.catalog.transfer.jobs import Worker
from services.catalog.transfer.rows import Entry, Format, Upload
from services.catalog.transfer.schemas import ImportOptions, Outcome
from services.catalog.transfer.status import Kind, Part, State

log = structlog.get_logger()

#: Rows in one transaction.
PIECE = 500
#: In bytes: fewer rows, where they are long.
_HEAVIEST = 4 * 1024 * 1024
#: So often a piece that failed is tried whole again, before it is looked for the row that it failed for.
_WHOLE = 3


class Sent(NamedTuple):
    """`spooled`: its rows as they were read, a line each, `total` of them."""

    upload: Upload
    spooled: BinaryIO
    total: int


class Importer(Worker):
    kind = Kind.IMPORT

    async def work(self, turn: Turn) -> None:
        """Read whole before anything is done by it; then piece by piece. Of a cancelled one, the report."""
        async with self._read(turn) as sent:
            async with self.database.transaction() as session:
                await commands.advance(session, self.clock, turn, total=sent.total)
                done = await queries.pieces_done(session, turn.id)
            if turn.state is not State.CANCELLED:
                await self._pieces(turn, sent, done)
            with tempfile.TemporaryFile() as result:
                await self._report(turn, sent, result)
                await self.finish(turn, result)

    async def fail(self, turn: Turn, problem: Problem, result: BinaryIO | None = None) -> None:
        """With a report of what was done before, where the file can be read."""
        with tempfile.TemporaryFile() as told:
            try:
                async with self._read(turn) as sent:
                    await self._report(turn, sent, told)
            except LeaseLost:
                raise
            except Exception as error:  # noqa: BLE001 the failure that led here must be kept all the same
                log.warning("no-report", error=type(error).__name__)
                told.truncate(0)
            await super().fail(turn, problem, told)

    @asynccontextmanager
    async def _read(self, turn: Turn) -> AsyncIterator[Sent]:
        language = ImportOptions.model_validate(turn.options).language
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as spooled:
            await self._fetch(turn, file)
            upload = await self.aside(turn, lambda: Upload(file, cast(Format, turn.format), language))
            total = await self.aside(turn, lambda: _spool(upload, spooled))
            yield Sent(upload, spooled, total)

    async def _fetch(self, turn: Turn, file: BinaryIO) -> None:
        number = 0
        async with self.database.transaction() as session:
            while content := await queries.chunk(session, turn.id, Part.UPLOAD, number):
                await asyncio.to_thread(file.write, content)
                number += 1

    async def _pieces(self, turn: Turn, sent: Sent, done: int) -> None:
        """Those behind the ones that are done. Which row took which code is read off the outcomes."""
        taken: dict[str, int] = {}
        number = 0
        while piece := await asyncio.to_thread(lambda: list(_piece(sent.spooled))):
            if number < done:
                taken |= taken_by(await self._outcomes(turn, number))
            else:
                taken |= taken_by(await self._piece(turn, sent.upload, piece, taken, number))
                turn = replace(turn, attempts=0)
            number += 1

    async def _outcomes(self, turn: Turn, number: int) -> list[Outcome]:
        async with self.database.transaction() as session:
            return [Outcome.model_validate(row) for row in await queries.piece(session, turn.id, number)]

    async def _piece(
        self, turn: Turn, upload: Upload, piece: Sequence[Entry], taken: Mapping[str, int], number: int
    ) -> list[Outcome]:
        """What is done, and that it is done, in one transaction."""
        options = ImportOptions.model_validate(turn.options)
        async with self.database.transaction() as session:
            await commands.advance(session, self.clock, turn)
            applying = Applying(session, self.clock, turn.caller(), options, self.choices, upload.error)
            apply = applying.apply if turn.attempts <= _WHOLE else applying.apply_what_can_be
            outcomes = await apply(piece, taken)
            await commands.record(session, turn, number, outcomes)
        return outcomes

    async def _report(self, turn: Turn, sent: Sent, result: BinaryIO) -> None:
        with tempfile.TemporaryFile() as said:
            async with self.database.transaction() as session:
                for number in range(await queries.pieces_done(session, turn.id)):
                    rows = await queries.piece(session, turn.id, number)
                    said.write("".join(json.dumps(row) + "\n" for row in rows).encode())
            said.seek(0)
            outcomes = _told(said, sent.spooled)
            await self.aside(turn, lambda: writing.report(sent.upload, outcomes, result))


def _told(said: BinaryIO, spooled: BinaryIO) -> Iterator[Outcome]:
    """What became of each row; those behind the last that was worked on are not done."""
    done = 0
    for done, line in enumerate(said, 1):  # noqa: B007
        yield Outcome.model_validate_json(line)
    spooled.seek(0)
    for line in islice(spooled, done, None):
        number, code, *_ = json.loads(line)
        yield Outcome(number=number, code=code, outcome="not-done")


def _spool(upload: Upload, file: BinaryIO) -> int:
    """All rows as they were read, a line each; how many."""
    total = 0
    for total, entry in enumerate(upload.entries(), 1):  # noqa: B007
        errors = [error.model_dump(exclude_none=True) for error in entry.errors]
        line = [entry.number, entry.code, entry.cells, entry.content, errors]
        file.write(json.dumps(line).encode() + b"\n")
    file.seek(0)
    return total


def _piece(file: BinaryIO) -> Iterator[Entry]:
    """The next rows: always the same ones, whoever reads."""
    size = count = 0
    while size < _HEAVIEST and count < PIECE and (line := file.readline()):
        size, count = size + len(line), count + 1
        number, code, cells, content, errors = json.loads(line)
        yield Entry(number, code, cells, content, [FieldError(**error) for error in errors])
