"""Template files of papers: uploaded by editors, named by their digest, downloaded by everyone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import httpx
import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.catalog.papers.files import clean_name
from services.catalog.papers.models import MOST
from services.catalog.papers.queries import missing_templates
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
PATH = "/v1/procedures/templates"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\xec\xa5\xc1\x00" + bytes(600)


def xlsx() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "Họ và tên")
    return target.getvalue()


def zipped(*names: str, first: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


async def upload(world: World, content: bytes, name: str = "mẫu 01.pdf", **headers: str) -> httpx.Response:
    return await world.client.post(
        PATH,
        files={"file": (name, content, "application/octet-stream")},
        data={"reason": "Ban hành mẫu mới"},
        headers=headers or world.editor(),
    )


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, "pdf"),
        (DOC, "doc"),
        (xlsx(), "xlsx"),
        (zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "docx"),
        (zipped("content.xml", first="application/vnd.oasis.opendocument.text"), "odt"),
    ],
)
async def test_an_editor_uploads_a_blank_and_everyone_downloads_it(
    world: World, content: bytes, ending: str
) -> None:
    kept = await upload(world, content, "../Tờ khai: số 1.exe")
    assert kept.status_code == 201, kept.text
    told = kept.json()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert (told["size"], told["filename"]) == (len(content), f"Tờ khai số 1.{ending}")
    got = await world.client.get(told["href"])
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-type"] == told["media_type"]
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''T%E1%BB%9D%20khai")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in got.headers["cache-control"]
    again = await world.client.get(told["href"], headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_same_file_again_is_the_same_answer_and_one_event(world: World) -> None:
    content = PDF + b"% twice"
    first = await upload(world, content, "a.pdf")
    before = await world.events()
    second = await upload(world, content, "b.pdf")
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert await world.events() == before
    async with world.app.state.database.transaction() as session:
        query = text("SELECT actor, data FROM event WHERE subject = :subject")
        ((actor, data),) = (
            await session.execute(query, {"subject": f"template:{first.json()['sha256']}"})
        ).all()
    assert (actor, data["reason"]) == ("staff:bien.dinh", "Ban hành mẫu mới")


@pytest.mark.parametrize(
    "content",
    [
        b"MZ" + bytes(600),
        b"<html><script>1</script>",
        zipped("a.txt"),
        b"\x89PNG\r\n\x1a\n" + bytes(600),
        b"",
    ],
)
async def test_what_is_no_document_is_refused_by_its_content(world: World, content: bytes) -> None:
    answer = await upload(world, content, "don.pdf")
    assert (answer.status_code, answer.json()["code"]) == (415, "template-type-refused")


async def test_a_file_that_is_too_large_is_refused(world: World) -> None:
    answer = await upload(world, PDF + bytes(MOST))
    assert (answer.status_code, answer.json()["limit"]) == (413, MOST)


async def test_only_editors_upload(world: World) -> None:
    assert (await world.client.post(PATH, files={"file": ("a.pdf", PDF)})).status_code == 401
    citizen = system.headers(world.clock, "an")
    assert (await upload(world, PDF, **citizen)).status_code == 403
    assert (await world.client.post(PATH, data={}, headers=world.editor())).status_code == 422


async def test_what_is_not_there_is_not_found(world: World) -> None:
    missing = await world.client.get(f"{PATH}/{'0' * 64}")
    assert (missing.status_code, missing.json()["code"]) == (404, "template-not-found")
    assert (await world.client.get(f"{PATH}/xyz")).status_code == 422


async def test_the_templates_that_nobody_uploaded_are_named_with_their_place(world: World) -> None:
    there = (await upload(world, PDF)).json()["sha256"]
    content: dict[str, Any] = {
        "papers": [
            {"code": "GT-01"},
            {"code": "GT-02", "templates": [{"name": "Tờ khai", "sha256": there},
                                            {"name": "Bản vẽ", "sha256": "0" * 64}]},
        ]
    }  # fmt: skip
    async with world.app.state.database.transaction() as session:
        (wanting,) = await missing_templates(session, content)
        assert (wanting.pointer, wanting.name) == ("/papers/1/templates/1", "Bản vẽ")
        assert await missing_templates(session, {"papers": []}) == []


async def test_a_template_can_be_neither_changed_nor_deleted(world: World) -> None:
    await upload(world, PDF)
    for statement in ("UPDATE template SET filename = 'x'", "DELETE FROM template"):
        with pytest.raises(DBAPIError):
            async with world.app.state.database.transaction() as session:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\mẫu\\đơn.docx", "đơn.pdf"),
        ("..", "mau.pdf"),
        ("Mẫu số 1. Tờ khai đăng ký", "Mẫu số 1. Tờ khai đăng ký.pdf"),
        ("a\r\nb\u202e.pdf", "ab.pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
    ],
)
async def test_a_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_name(given, "pdf") == kept
