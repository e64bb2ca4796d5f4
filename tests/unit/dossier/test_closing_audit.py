"""What was frozen and is altered by SQL has a name in `motcua verify`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy import audit
from deploy.databases import ServiceDatabase
from kit import objects
from kit.heads import Shelf
from tests import system
from tests.unit.dossier.conftest import SIMPLE, World, procedure
from tests.unit.dossier.test_closed_months import closed, nothing_closed_yet
from tests.unit.dossier.test_closings import amend, late
from tests.unit.dossier.test_district import DISTRICT, item, send

pytestmark = pytest.mark.anyio
__all__ = ["nothing_closed_yet"]
#: In the order in which they may be filled.
TABLES = ("closing", "amendment", "closed_fact", "closed_body", "closed_unit", "closed_label",
          "closed_digest", "closing_seal")  # fmt: skip
CODE = f"{DISTRICT}-201026-0001"
ONLINE = " · channel: online (nay | today: counter)"
UNLIKE = "khác hôm nay | unlike today's, không lần điều chỉnh nào nói | no amendment says so"
ADD = (
    'INSERT INTO closed_fact SELECT (jsonb_populate_record(f, \'{"code": "MA-001",'
    ' "id": "00000000-0000-0000-0000-000000000001"}\')).* FROM closed_fact f'
    f" WHERE code = '{CODE}'"
)
#: What somebody does who has every right, to row and digest alike.
REDIGEST = (
    "SET TimeZone = 'UTC'; UPDATE closed_digest d SET digest ="
    " sha256(convert_to(jsonb_strip_nulls(to_jsonb(c))::text, 'UTF8')) FROM closed_fact c"
    " WHERE d.kind = 'closed_fact' AND d.key = c.id::text AND d.number = c.number"
)
RESEAL = (
    "UPDATE closing_seal s SET digest = encode(sha256(convert_to((SELECT string_agg(kind || ' ' || key || ' '"
    " || encode(digest, 'hex'), E'\\n' ORDER BY kind COLLATE \"C\", key COLLATE \"C\") FROM closed_digest d"
    " WHERE (d.closing_id, d.number) = (s.closing_id, s.number)), 'UTF8')), 'hex')"
)


@pytest.fixture
async def owner(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.close()


@pytest.fixture(autouse=True)
async def amended(world: World, nothing_closed_yet: None) -> dict[str, Any]:
    """October, closed and amended once."""
    world.clock.set("2020-10-26T10:00")
    world.catalogue["9.000002"] = procedure(**SIMPLE)
    await send(world, [item(number) for number in range(3)])
    world.clock.set("2020-11-03T09:00")
    closing = await closed(world)
    await send(world, [late(1)])
    assert (await amend(world, closing)).status_code == 201
    return closing


async def verified(database: ServiceDatabase, folder: Path) -> list[str]:
    keys = system.settings("dossier", database.app_url)["service_keys"]
    found = await audit.check(
        database.app_url, "dossier", Shelf(objects.store(f"file://{folder}"), "dossier"), keys
    )
    return [fault for fault in found.faults if not fault.startswith("event")]


ALTERED: list[tuple[str, str]] = [
    (
        f"UPDATE closed_fact SET channel = 'online' WHERE code = '{CODE}'",
        f"hồ sơ | dossier {CODE}: đã bị sửa | was altered{ONLINE}",
    ),
    (f"DELETE FROM closed_fact WHERE code = '{CODE}'", f"hồ sơ | dossier {CODE}: đã bị xóa | was removed"),
    (ADD, "hồ sơ | dossier MA-001: đã bị thêm | was added"),
    (
        f"UPDATE closed_body SET name = 'X' WHERE code = '{DISTRICT}'",
        f"cơ quan | body {DISTRICT}: đã bị sửa | was altered",
    ),
    (
        "UPDATE closed_label SET name = 'X' WHERE code = '9.000002'",
        "tên gọi | name procedure 9.000002: đã bị sửa | was altered",
    ),
    (
        "UPDATE closing SET closed_by = 'staff:someone'",
        "bản chốt | closing 2020-10-01: đã bị sửa | was altered",
    ),
    ("UPDATE amendment SET came = 2", "lần điều chỉnh | amendment 1: đã bị sửa | was altered"),
]


@pytest.mark.long
async def test_a_row_that_is_not_as_it_was(
    database: ServiceDatabase, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    for table in TABLES:
        await owner.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")
    assert await verified(database, tmp_path) == []
    for statement, said in ALTERED:
        await owner.execute(statement)
        assert await verified(database, tmp_path) == [f"2020-10 · {said}"]
        for table in reversed(TABLES):
            await owner.execute(f"DELETE FROM {table}")
        for table in TABLES:
            await owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    assert await verified(database, tmp_path) == []


@pytest.mark.parametrize("steps", [(REDIGEST,), (REDIGEST, RESEAL)])
async def test_a_digest_that_was_written_anew_helps_nobody(
    database: ServiceDatabase, owner: asyncpg.Connection, tmp_path: Path, steps: tuple[str, ...]
) -> None:
    await owner.execute(f"UPDATE closed_fact SET channel = 'online' WHERE code = '{CODE}'")
    for step in steps:
        await owner.execute(step)
    assert await verified(database, tmp_path) == [
        "2020-10 · bản chốt | closing: mã băm khác niêm phong | its digests are not those that were sealed"
        if len(steps) == 1
        else "2020-10 · bản chốt | closing: khác nhật ký sự kiện | is not what the event log says",
        f"2020-10 · hồ sơ | dossier {CODE}: {UNLIKE}{ONLINE}",
    ]


async def test_a_closing_that_is_gone_or_that_nobody_made(
    database: ServiceDatabase, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await owner.execute(
        "TRUNCATE closing CASCADE; INSERT INTO closing (id, month, closed_at, closed_by)"
        " VALUES ('00000000-0000-0000-0000-000000000001', '2020-09-01', now(), 'staff:x');"
        " INSERT INTO closing_seal SELECT id, 0, 0, '' FROM closing"
    )
    assert await verified(database, tmp_path) == [
        "2020-09 · bản chốt | closing: không có trong nhật ký sự kiện | is not in the event log",
        "2020-09 · bản chốt | closing 2020-09-01: đã bị thêm | was added",
        "2020-10 · bản chốt | closing: đã bị xóa | was removed",
        "2020-10 · lần điều chỉnh | amendment 1: đã bị xóa | was removed",
    ]


async def test_the_application_cannot_change_what_it_froze(world: World) -> None:
    for table in TABLES:
        column = "month" if table == "closing" else "number"
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = NULL", f"TRUNCATE {table}"):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with world.app.state.database.transaction() as session:
                    await session.execute(text(change))
