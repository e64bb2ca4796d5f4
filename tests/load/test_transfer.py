"""A hundred thousand rows are taken in, and six thousand procedures given out, in little memory, with
progress to be seen. ROWS=n for another size."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import asyncpg
import pytest
import xlsxwriter

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.clock import elapsed
from kit.sheets import Table
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.models import metadata
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
ROWS, PROCEDURES = int(os.environ.get("ROWS", "100000")), 6_000
MB = 1024
#: In kB, beyond what the process had. What must be held: which code is on which row, and, of a workbook, the
#: texts that its cells share.
MOST = 120 * MB
HEADINGS = ["code", "name", "field_code", "field_name", "government_levels", "processing_amount"]
HEADINGS += ["processing_unit", "papers"]


def rows() -> Iterator[list[str]]:
    yield HEADINGS
    for n in range(ROWS):
        code = f"{n // 1_000_000}.{n % 1_000_000:06}"
        papers = f"[TP-01] Tờ khai mẫu số {n} | bắt buộc | 1 bản chính\n[TP-02] Bản sao giấy tờ"
        levels = "Cấp tỉnh" if n % 100 else "Cấp phường"  # one in a hundred is wrong
        yield [code, f"Thủ tục thứ {n}", "TN", "Thử nghiệm", levels, "15", "ngày", papers]


def as_csv(file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    csv.writer(text).writerows(rows())
    text.flush()
    text.detach()


def as_xlsx(file: BinaryIO) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for number, cells in enumerate(rows()):
            for place, cell in enumerate(cells):
                page.write_string(number, place, cell)


@pytest.fixture(scope="module")
def database(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    database = clone("catalog")
    asyncio.run(loading.load(Settings(**system.settings("catalog", database.app_url)), system.StoppedClock()))
    return database


@pytest.fixture(scope="module")
def filled(database: ServiceDatabase) -> None:
    async def fill() -> None:
        connection = await asyncpg.connect(database.app_url.replace("+asyncpg", ""))
        written = [
            column.name for column in metadata.tables["procedure_version"].c if column.computed is None
        ]
        copied = ", ".join(f"copy.{name}" for name in written)
        await connection.execute(FILL.format(columns=", ".join(written), copied=copied), PROCEDURES)
        await connection.close()

    asyncio.run(fill())


@pytest.fixture
async def world(database: ServiceDatabase) -> AsyncIterator[World]:
    clock = system.StoppedClock()
    app = create_app(
        Settings(**system.settings("catalog", database.app_url)),
        Outside(clock=clock, issuer_keys=system.issuer_keys),
    )
    async with system.running(app) as client:
        yield World(app, client, clock)


async def worked(world: World, worker: Any, location: str) -> tuple[dict[str, Any], int, list[int]]:
    """The job at its end, kB beyond the beginning, and the progress that was seen meanwhile."""
    before, began, seen = _reset(), elapsed(), set[int]()
    task = asyncio.create_task(worker.step())
    while not (await asyncio.wait({task}, timeout=0.5))[0]:
        job = (await world.client.get(location, headers=world.editor())).json()
        seen.add(job["progress"]["done"])
    assert task.result()
    taken, grown = elapsed() - began, _kb("VmHWM") - before
    job = (await world.client.get(location, headers=world.editor())).json()
    sys.stderr.write(
        f"{location}: {taken:.1f} s, {grown // MB} MB, {len(seen)} readings of {job['progress']}\n"
    )
    return job, grown, sorted(seen)


def _kb(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def _reset() -> int:
    """Forgets the peak so far; what the process has now, in kB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _kb("VmRSS")


@pytest.mark.timeout(600)
async def test_a_hundred_thousand_rows(world: World) -> None:
    with tempfile.TemporaryFile() as file:
        as_csv(file)
        file.seek(0)
        sent = await world.client.post(
            "/v1/procedures/imports?dry_run=true",
            files={"file": ("nhap.csv", file)},
            headers=world.editor(),
        )
    assert sent.status_code == 202, sent.text
    job, grown, seen = await worked(world, world.app.state.importer, sent.headers["Location"])
    assert job["state"] == "done", job
    assert job["counts"]["created"] == ROWS - ROWS // 100
    assert job["counts"]["refused"] == ROWS // 100
    assert len(seen) > 5
    assert grown < MOST


def test_a_workbook_of_a_hundred_thousand_rows_is_read_in_little_memory() -> None:
    with tempfile.TemporaryFile() as file:
        as_xlsx(file)
        before, began = _reset(), elapsed()
        read = sum(1 for _ in Table(file, most=ROWS).rows())
        grown = _kb("VmHWM") - before
    sys.stderr.write(f"{read} rows of a workbook in {elapsed() - began:.1f} s, {grown // MB} MB\n")
    assert read == ROWS + 1
    assert grown < MOST


#: Copies of a procedure that has everything.
FILL = """
WITH made AS (INSERT INTO procedure (code, version, source)
  SELECT 'X.' || lpad(n::text, 6, '0'), 1, 'local' FROM generate_series(1, $1::int) n RETURNING code)
INSERT INTO procedure_version ({columns})
SELECT {copied} FROM made, procedure_version whole, jsonb_populate_record(whole, jsonb_build_object(
  'procedure_code', made.code, 'content', jsonb_set(whole.content, '{{code}}', to_jsonb(made.code)))) copy
WHERE whole.procedure_code = '9.000001' AND whole.valid IS NOT NULL
"""


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
async def test_six_thousand_procedures_with_everything(world: World, filled: None, form: str) -> None:
    sent = await world.client.post("/v1/procedures/exports", json={"format": form}, headers=world.editor())
    job, grown, _ = await worked(world, world.app.state.exporter, sent.headers["Location"])
    assert job["state"] == "done", job
    assert job["progress"]["done"] > PROCEDURES
    assert grown < MOST
    before, size = _reset(), 0
    async with world.client.stream("GET", job["links"]["content"], headers=world.editor()) as answer:
        async for piece in answer.aiter_bytes():
            size += len(piece)
    sys.stderr.write(f"{form}: {size // 2**20} MiB\n")
    assert _kb("VmHWM") - before < MOST
