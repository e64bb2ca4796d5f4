"""Photos become one PDF, versions are kept, and nothing infected comes free."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PIL import Image
from pillow_heif import from_pillow

from services.dossier.scanning.clamd import Clamd
from services.dossier.scanning.jobs import Scanning
from tests.unit.dossier.conftest import CONSTRUCTION, FORM, PDF, World
from tests.unit.dossier.test_life import DISTRICT, brought_to, headers, take

pytestmark = pytest.mark.anyio

#: The test file of the anti-virus makers, in halves, so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _photo(kind: str, size: tuple[int, int] = (900, 1200)) -> bytes:
    made = io.BytesIO()
    picture = Image.new("RGB", size, (200, 180, 160))
    if kind == "HEIF":
        from_pillow(picture).save(made)
    else:
        picture.save(made, kind)
    return made.getvalue()


async def _send(world: World, dossier: dict[str, Any], *files: bytes, **data: str) -> Any:
    parts = [("file", (f"ảnh {number}.jpg", content)) for number, content in enumerate(files)]
    return await world.client.post(
        f"/v1/dossiers/{dossier['id']}/documents",
        files=parts,
        data={"paper": "GT-01", **data},
        headers=world.citizen(),
    )


async def _fetch(world: World, dossier: dict[str, Any], document: dict[str, Any]) -> Any:
    path = f"/v1/dossiers/{dossier['id']}/documents/{document['id']}/content"
    return await world.client.get(path, headers=world.citizen())


async def test_several_photos_of_one_paper_become_one_pdf(world: World) -> None:
    draft = (await world.create()).json()
    sent = await _send(world, draft, _photo("JPEG"), _photo("PNG"), _photo("HEIF"))
    assert sent.status_code == 201, sent.text
    document = sent.json()
    assert (document["media_type"], document["filename"]) == ("application/pdf", "ảnh 0.pdf")
    content = (await _fetch(world, draft, document)).content
    assert b"/Count 3" in content
    one = await _send(world, draft, _photo("HEIF"))
    assert one.json()["media_type"] == "application/pdf"


async def test_what_is_no_photo_is_not_joined(world: World) -> None:
    draft = (await world.create()).json()
    mixed = await _send(world, draft, _photo("JPEG"), PDF)
    assert (mixed.status_code, mixed.json()["code"]) == (415, "document-type-refused")
    broken = await _send(world, draft, _photo("JPEG"), _photo("PNG")[:60])
    assert (broken.status_code, broken.json()["code"]) == (415, "photos-refused")
    bomb = await _send(world, draft, _photo("PNG", (9000, 9000)), _photo("JPEG"))
    assert (bomb.status_code, bomb.json()["code"]) == (415, "photos-refused")


async def test_a_newer_version_stands_and_the_older_is_kept(world: World) -> None:
    draft = (await world.create()).json()
    old = (await _send(world, draft, PDF)).json()
    new = (await _send(world, draft, PDF + b"2", replaces=old["id"])).json()
    shown = (await world.client.get(f"/v1/dossiers/{draft['id']}", headers=world.citizen())).json()
    assert {d["id"]: d["superseded_by"] for d in shown["documents"]} == {
        old["id"]: new["id"],
        new["id"]: None,
    }
    assert next(paper for paper in shown["papers"] if paper["code"] == "GT-01")["documents"] == 1
    assert (await _fetch(world, draft, old)).content == PDF
    again = await _send(world, draft, PDF, replaces=old["id"])
    assert (again.status_code, again.json()["code"]) == (404, "document-not-found")


async def test_a_body_that_is_only_asked_adds_no_result(world: World) -> None:
    dossier = await brought_to(world, "in_progress")
    await take(world, dossier, "officer", "request-opinion")
    adviser = await world.upload(dossier, None, PDF, world.staff("officer", DISTRICT))
    assert (adviser.status_code, adviser.json()["code"]) == (409, "documents-closed")
    assert (await world.upload(dossier, None, PDF, headers(world, "officer"))).status_code == 201


async def test_the_counter_scans_what_came_on_paper(world: World) -> None:
    body = {
        "procedure": "9.000001", "agency": CONSTRUCTION, "form": FORM, "channel": "counter",
        "applicant": {"kind": "citizen", "name": "Bùi Văn Quầy"},
        "papers": [{"paper": "GT-01", "originals": 1}, {"paper": "GT-02", "copies": 1}],
    }  # fmt: skip
    officer = world.staff("officer", CONSTRUCTION)
    made = await world.client.post(
        "/v1/dossiers", json=body, headers={**officer, "Idempotency-Key": "scan-1"}
    )
    assert made.status_code == 201, made.text
    scanned = await world.upload(made.json(), "GT-01", PDF, officer)
    assert (scanned.status_code, scanned.json()["kind"]) == (201, "paper")
    online = await brought_to(world, "submitted")
    assert (await world.upload(online, "GT-01", PDF, officer)).status_code in (409, 422)
    unknown = await world.upload(made.json(), "GT-99", PDF, officer)
    assert [(e["code"], e["pointer"]) for e in unknown.json()["errors"]] == [("paper-unknown", "/paper")]


@asynccontextmanager
async def _clamd() -> AsyncIterator[str]:
    """A daemon that speaks INSTREAM and knows one pattern."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        writer.write(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("world", [{"clamd": "tcp://127.0.0.1:9"}], indirect=True)
async def test_nothing_comes_free_unscanned_and_nothing_infected_ever(world: World) -> None:
    office, database = world.app.state.office, world.app.state.database
    draft = (await world.create()).json()
    clean = (await _send(world, draft, PDF)).json()
    assert clean["scan"] == "waiting"
    bad = await world.upload(draft, "GT-02", PDF + EICAR, world.citizen())
    assert bad.status_code == 201

    assert await Scanning(database, office, Clamd("tcp://127.0.0.1:9")).step() is False  # it is down
    held = await _fetch(world, draft, clean)
    assert (held.status_code, held.json()["code"]) == (423, "document-waiting")
    submitted = await world.act(draft, "submit", {}, world.citizen())
    assert submitted.status_code == 200

    world.clock.forward(minutes=10)
    async with _clamd() as address:
        scanning = Scanning(database, office, Clamd(address))
        while await scanning.step():
            pass
    assert (await _fetch(world, draft, clean)).content == PDF
    locked = await _fetch(world, draft, bad.json())
    assert (locked.status_code, locked.json()["code"]) == (403, "document-infected")
    screen = await world.client.get(f"/v1/dossiers/{draft['id']}", headers=headers(world, "officer"))
    assert {d["scan"] for d in screen.json()["documents"]} == {"clean", "infected"}
    told = (await world.client.get("/v1/notices", headers=world.citizen())).json()["items"]
    assert told[0]["event"] == "dossier.document-infected"
