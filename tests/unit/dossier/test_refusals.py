"""Wrong input, other people's dossiers, and two at once: each a problem with a name, nothing half done."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from tests import system
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, FORM, PDF, World, paid

pytestmark = pytest.mark.anyio

LIMIT = 25 * 1024 * 1024


async def _count(world: World) -> int:
    answer = await world.client.get("/v1/dossiers?limit=200", headers=world.citizen())
    return len(answer.json()["items"])


async def test_unknown_procedure_and_body_that_does_not_offer_it(world: World) -> None:
    before = await _count(world)
    unknown = await world.create(procedure="9.999999")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "procedure-unknown")
    world.catalogue["9.000001"] |= {"offering": None}
    elsewhere = await world.create(agency="000.00.33.H28")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "not-offered-online")
    assert elsewhere.json()["offered_by"][0]["agency"] == CONSTRUCTION
    assert await _count(world) == before


async def test_level_two_is_not_offered_online(world: World) -> None:
    world.catalogue["9.000001"]["offering"]["online_level"] = 2
    assert (await world.create()).json()["code"] == "not-offered-online"


async def test_all_faults_of_a_submission_at_once(world: World) -> None:
    form = {"personal_number": "12345", "planned_start": "2020-02-30", "colour": "red"}
    draft = (await world.create(form=form)).json()
    refused = await world.act(draft, "submit", {}, world.citizen())
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier-incomplete")
    assert {(e["pointer"], e["code"]) for e in refused.json()["errors"]} == {
        ("/form/full_name", "form-required"),
        ("/form/personal_number", "form-pattern"),
        ("/form/planned_start", "form-format"),
        ("/form/colour", "form-additional-properties"),
        ("/papers/GT-01", "paper-missing"),
        ("/papers/GT-02", "paper-missing"),
    }
    still = await world.client.get(f"/v1/dossiers/{draft['id']}", headers=world.citizen())
    assert (still.json()["status"], still.json()["code"]) == ("draft", None)


async def test_submit_at_once_with_faults_leaves_no_draft(world: World) -> None:
    before = await _count(world)
    assert (await world.create(submit=True)).json()["code"] == "dossier-incomplete"
    assert await _count(world) == before


async def test_text_arrives_composed(world: World) -> None:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ẩn")
    made = await world.create(form={**FORM, "full_name": name})
    assert made.json()["form"]["full_name"] == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("content", "paper", "status", "code"),
    [
        (b"MZ\x90\x00 not a pdf", "GT-01", 415, "document-type-refused"),
        (b"", "GT-01", 422, "document-empty"),
        (PDF, "GT-99", 422, "paper-unknown"),
        (PDF + b"x" * (LIMIT + 1 - len(PDF)), "GT-02", 413, "document-too-large"),
        (PDF + b"x" * 10_000_000, "GT-01", 413, "document-too-large"),
        (b"x" * (LIMIT + 2_000_000), "GT-02", 413, "too-large"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "GT-01", 415, "document-type-refused"),
    ],
)
async def test_documents_that_are_refused(
    world: World, content: bytes, paper: str, status: int, code: str
) -> None:
    draft = (await world.create()).json()
    refused = await world.upload(draft, paper, content, world.citizen())
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    shown = await world.client.get(f"/v1/dossiers/{draft['id']}", headers=world.citizen())
    assert (shown.json()["documents"], shown.json()["version"]) == ([], 1)


async def test_a_document_of_exactly_the_limit_is_taken(world: World) -> None:
    draft = (await world.create()).json()
    content = PDF + b"x" * (LIMIT - len(PDF))
    taken = await world.upload(draft, "GT-02", content, world.citizen())
    assert (taken.status_code, taken.json()["size"]) == (201, LIMIT)


async def test_file_names_are_cleaned(world: World) -> None:
    draft = (await world.create()).json()
    taken = await world.client.post(
        f"/v1/dossiers/{draft['id']}/documents",
        files={"file": ("../../etc/<b>đơn\x07.pdf", PDF)},
        data={"paper": "GT-01"},
        headers=world.citizen(),
    )
    assert "/" not in taken.json()["filename"]
    assert "<" not in taken.json()["filename"]
    assert taken.json()["filename"].endswith(".pdf")


async def test_another_citizens_dossier_does_not_exist(world: World) -> None:
    dossier = await world.submitted("an")
    other = world.citizen("binh")
    paths = ["", "/history", "/deadline"]
    for path in paths:
        answer = await world.client.get(f"/v1/dossiers/{dossier['id']}{path}", headers=other)
        assert (answer.status_code, answer.json()["code"]) == (404, "dossier-not-found")
    moved = await world.client.post(
        f"/v1/dossiers/{dossier['id']}/actions/withdraw", json={}, headers={**other, "If-Match": '"1"'}
    )
    assert moved.status_code == 404
    assert (await world.upload(dossier, "GT-01", PDF, other)).status_code == 404
    listed = await world.client.get("/v1/dossiers", headers=other)
    assert dossier["id"] not in listed.text


async def test_staff_see_their_bodies_and_no_drafts(world: World) -> None:
    draft = (await world.create()).json()
    dossier = await world.submitted()
    path = f"/v1/dossiers/{dossier['id']}"
    reads = {
        agency: (await world.client.get(path, headers=world.staff("officer", agency))).status_code
        for agency in (CENTRE, CONSTRUCTION, "000.00.00.H28", "000.00.33.H28")
    }
    assert reads == {CENTRE: 200, CONSTRUCTION: 200, "000.00.00.H28": 200, "000.00.33.H28": 404}
    hidden = await world.client.get(f"/v1/dossiers/{draft['id']}", headers=world.staff("officer"))
    assert hidden.status_code == 404
    shown = (await world.client.get(path, headers=world.staff("officer"))).json()
    assert shown["applicant"]["papers"][0]["number"] == "********0001"


async def test_officers_say_for_whom_and_citizens_do_not_accept(world: World) -> None:
    headers = world.staff("officer", **{"Idempotency-Key": uuid4().hex})
    body = {"procedure": "9.000002", "agency": CONSTRUCTION, "form": FORM}
    made = await world.client.post("/v1/dossiers", json=body, headers=headers)
    assert {fault["pointer"] for fault in made.json()["errors"]} == {"/channel", "/applicant"}
    dossier = await world.submitted()
    assert (await world.act(dossier, "accept", {}, world.citizen())).status_code == 403


async def test_versions_are_asked_for_and_checked(world: World) -> None:
    dossier = await world.submitted()
    path = f"/v1/dossiers/{dossier['id']}/actions/accept"
    answers = [
        (await world.client.post(path, json={}, headers=world.staff("officer", **more))).status_code
        for more in ({}, {"If-Match": '"7"'}, {"If-Match": "x"}, {"If-Match": '"1"'})
    ]
    assert answers == [428, 412, 422, 200]


async def test_no_key_no_dossier(world: World) -> None:
    body = {"procedure": "9.000002", "agency": CONSTRUCTION, "form": FORM, "submit": True}
    bare = await world.client.post("/v1/dossiers", json=body, headers=world.citizen())
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency-key-missing")


async def test_same_key_submits_once_even_in_parallel(world: World) -> None:
    headers = world.citizen(**{"Idempotency-Key": uuid4().hex})
    body = {"procedure": "9.000002", "agency": CONSTRUCTION, "form": FORM, "submit": True}
    answers = await asyncio.gather(
        *(world.client.post("/v1/dossiers", json=body, headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    later = await world.client.post("/v1/dossiers", json=body, headers=headers)
    made = {a.json()["id"] for a in [*answers, later] if a.status_code == 201}
    assert len(made) == 1
    assert later.headers["Idempotency-Replayed"] == "true"


async def test_codes_have_no_gap_and_no_double(world: World) -> None:
    world.clock.set("2020-12-01T08:00")

    async def one(number: int) -> dict[str, Any]:
        form: dict[str, Any] = FORM if number % 5 else {}
        answer = await world.create(procedure="9.000002", form=form, submit=True)
        found: dict[str, Any] = answer.json()
        return found

    made = await asyncio.gather(*(one(number) for number in range(40)))
    serials = sorted(int(d["code"].rsplit("-", 1)[1]) for d in made if str(d["code"]).startswith("000"))
    assert serials == list(range(1, 33))


async def test_two_officers_accept_and_one_wins(world: World) -> None:
    dossier = await world.submitted()
    headers = {**world.staff("officer"), "If-Match": '"1"'}
    path = f"/v1/dossiers/{dossier['id']}/actions/accept"
    answers = await asyncio.gather(*(world.client.post(path, json={}, headers=headers) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]


async def test_withdrawal_against_acceptance(world: World) -> None:
    dossier = await world.submitted()
    base = f"/v1/dossiers/{dossier['id']}/actions"
    accept, withdraw = await asyncio.gather(
        world.client.post(f"{base}/accept", json={}, headers={**world.staff("officer"), "If-Match": '"1"'}),
        world.client.post(f"{base}/withdraw", json={}, headers={**world.citizen(), "If-Match": '"1"'}),
    )
    assert sorted((accept.status_code, withdraw.status_code)) == [200, 412]


async def test_lists_page_without_doubles(world: World) -> None:
    for _ in range(5):
        await world.submitted("pager")
    seen: list[str] = []
    path = "/v1/dossiers?limit=2"
    while path:
        answer = await world.client.get(path, headers=world.citizen("pager"))
        seen += [item["id"] for item in answer.json()["items"]]
        following = answer.json()["next"]
        path = f"/v1/dossiers?limit=2&cursor={following}" if following else ""
    assert len(seen) == len(set(seen)) == 5
    for bad in ("cursor=zzz", "limit=0", "status=lost", "code=%00"):
        assert (await world.client.get(f"/v1/dossiers?{bad}", headers=world.citizen())).status_code == 422


async def test_a_paid_fee_settles_once(world: World) -> None:
    draft = (await world.create()).json()
    for paper in ("GT-01", "GT-02"):
        await world.upload(draft, paper, PDF, world.citizen())
    dossier = (await world.act(draft, "submit", {}, world.citizen())).json()
    paid(world, dossier)
    paid(world, dossier)
    consumer = world.app.state.consumers["dossier-payment"]
    await asyncio.gather(consumer.step(), consumer.step())
    shown = await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=world.citizen())
    assert shown.json()["version"] == dossier["version"] + 1
    assert shown.json()["fees"][0]["settled_at"]


async def test_the_screen_costs_the_same_however_much_is_on_it(world: World) -> None:
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    dossier = await world.submitted()

    async def cost() -> int:
        counted.clear()
        await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=world.citizen())
        return len(counted)

    before = await cost()
    rich = (await world.create()).json()
    for _ in range(4):
        await world.upload(rich, "GT-03", PDF, world.citizen())
    dossier = rich
    assert await cost() == before


async def test_wait_returns_when_the_dossier_moves(world: World) -> None:
    dossier = await world.submitted()
    path = f"/v1/dossiers/{dossier['id']}"
    headers = {**world.citizen(), "If-None-Match": '"1"'}
    unchanged = await world.client.get(path, headers=headers)
    assert unchanged.status_code == 304

    async def accept_soon() -> None:
        await asyncio.sleep(0.2)
        await world.act(dossier, "accept", {}, world.staff("officer"))

    answer, _ = await asyncio.gather(world.client.get(f"{path}?wait=5", headers=headers), accept_soon())
    assert answer.json()["status"] == "accepted"


async def test_the_event_log_holds_no_person(world: World) -> None:
    await world.submitted()
    feed = await world.client.get(
        "/internal/events?limit=1000", headers=system.service_headers("gateway", world.clock)
    )
    assert feed.json()["items"]
    for personal in ("Nguyễn", "017300000001", "0900000001", "Trần Văn Tiếp"):
        assert personal not in feed.text
