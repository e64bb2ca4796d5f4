"""What the owner is told, and how it reaches them: queued with the step, sent later, never doubled."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mocks.messages.app import create_app as carrier_app
from services.dossier.notices.jobs import Postman
from services.dossier.notices.sending import HttpCarrier
from services.dossier.notices.texts import TEMPLATES
from tests.unit.dossier.conftest import SIMPLE, World, paid, procedure
from tests.unit.dossier.test_life import brought_to, headers, take

pytestmark = pytest.mark.anyio


class Line(httpx.AsyncBaseTransport):
    """The way to the carrier: `then` says what happens to each message that has arrived there."""

    def __init__(self, then: str = "answer") -> None:
        self.app = carrier_app()
        self.then = then
        self._there = httpx.ASGITransport(self.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.then == "down":
            raise httpx.ConnectError("refused")
        answer = await self._there.handle_async_request(request)
        if self.then == "silence":
            raise httpx.ReadTimeout("no answer")
        return answer

    @property
    def held(self) -> list[dict[str, Any]]:
        return list(self.app.state.held.values())


def _postman(world: World, line: Line) -> Postman:
    carriers = {name: HttpCarrier(f"http://carrier.test/{name}", line) for name in ("sms", "email")}
    office = world.app.state.office
    return Postman(world.app.state.database, office.vault, world.clock, carriers)


async def _deliver(postman: Postman) -> None:
    while await postman.step():
        pass


async def _sendings(world: World, dossier: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await world.client.get(
        f"/v1/dossiers/{dossier['id']}/notices", headers=headers(world, "officer")
    )
    return [sending for notice in answer.json()["items"] for sending in notice["deliveries"]]


async def test_each_step_is_told_once_in_the_words_of_the_screen(world: World) -> None:
    line = Line()
    await _deliver(_postman(world, line))
    dossier = await brought_to(world, "supplement_requested")
    before = len(line.held)
    await _deliver(_postman(world, line))
    new = line.held[before:]
    assert len([message for message in new if message["channel"] == "sms"]) == 3
    assert {message["to"] for message in new} == {"0900000001", "an@example.vn"}
    owner = world.citizen()
    listed = (await world.client.get("/v1/notices", params={"limit": "3"}, headers=owner)).json()
    assert [row["event"] for row in listed["items"]] == [
        "dossier.supplement-requested", "dossier.accepted", "dossier.submitted",
    ]  # fmt: skip
    screen = (await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=owner)).json()
    assert listed["items"][0]["text"] == screen["what_next"]
    mails = [message["text"] for message in new if message["channel"] == "email"]
    assert f"Hồ sơ {dossier['code']}: {screen['what_next']}" in {mail.partition("\n")[2] for mail in mails}
    path = f"/v1/notices/{listed['items'][0]['id']}/read"
    assert (await world.client.post(path, headers=owner)).status_code == 204
    assert (await world.client.post(path, headers=world.citizen("stranger"))).status_code == 404
    assert {sending["state"] for sending in await _sendings(world, dossier)} == {"sent"}


async def test_a_fee_due_at_the_return_comes_before_the_result(world: World) -> None:
    line = {**procedure()["fees"][0], "due_at": "return", "amount": 120_000}
    world.catalogue["9.000004"] = procedure(**{**SIMPLE, "code": "9.000004", "fees": [line]})
    dossier = (await world.create(procedure="9.000004", submit=True)).json()
    for role, action in (("officer", "accept"), ("officer", "start"), ("leader", "complete")):
        assert (await take(world, dossier, role, action)).status_code == 200
    owner = world.citizen()
    screen = (await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=owner)).json()
    assert screen["what_next"] == "Đã có kết quả; bạn cần nộp 120.000 đồng trước khi nhận."
    told = (await world.client.get("/v1/notices", params={"limit": "1"}, headers=owner)).json()["items"]
    assert (told[0]["event"], told[0]["text"]) == ("dossier.completed", screen["what_next"])
    paid(world, dossier, "return")
    await world.app.state.consumers["dossier-payment"].step()
    screen = (await world.client.get(f"/v1/dossiers/{dossier['id']}", headers=owner)).json()
    assert screen["what_next"] == "Đã có kết quả; bạn có thể tải về."


async def test_silence_is_asked_again_under_the_same_reference(world: World) -> None:
    line = Line()
    await _deliver(_postman(world, line))
    line.then = "silence"
    dossier = await world.submitted()
    before = len(line.held)
    await _deliver(_postman(world, line))
    assert {sending["state"] for sending in await _sendings(world, dossier)} == {"unknown"}
    line.then = "answer"
    world.clock.forward(minutes=5)
    await _deliver(_postman(world, line))
    assert {sending["state"] for sending in await _sendings(world, dossier)} == {"sent"}
    assert len(line.held) == before + 2  # a text message and a mail, each once


async def test_a_carrier_that_is_down_for_good(world: World) -> None:
    line = Line("down")
    dossier = await world.submitted()
    for _ in range(40):
        await _deliver(_postman(world, line))
        world.clock.forward(hours=2)
    assert {sending["state"] for sending in await _sendings(world, dossier)} == {"failed"}


async def test_nobody_is_woken_by_a_text_message(world: World) -> None:
    line = Line()
    await _deliver(_postman(world, line))
    world.clock.set("2020-10-26T22:30")
    dossier = await world.submitted()
    await _deliver(_postman(world, line))
    states = {sending["channel"]: sending for sending in await _sendings(world, dossier)}
    assert (states["email"]["state"], states["sms"]["state"]) == ("sent", "waiting")
    assert states["sms"]["next_try"].startswith("2020-10-27T07:00")
    world.clock.set("2020-10-27T07:00")
    await _deliver(_postman(world, line))
    assert {sending["state"] for sending in await _sendings(world, dossier)} == {"sent"}


async def test_a_step_that_fails_tells_nobody(world: World) -> None:
    dossier = await brought_to(world, "accepted")
    before = await _sendings(world, dossier)
    assert (await take(world, dossier, "officer", "stop")).status_code == 409
    assert await _sendings(world, dossier) == before


def test_text_messages_are_short_plain_and_impersonal() -> None:
    for template in TEMPLATES.values():
        words = template.sms.format(code="000.00.01.H28-201026-0001", due="26/10/2020", promise="26/10/2020")
        assert len(words) <= 160
        assert words.isascii()
