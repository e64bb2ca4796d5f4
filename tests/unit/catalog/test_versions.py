"""Versions by their days: from a later day, for a day, abolished from a day; and what stands against it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.catalog.difference import difference
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
SAMPLE = json.loads(
    (Path(__file__).parents[3] / "data/sample-catalogue/procedures/9.000001.json").read_text("utf-8")
)
#: The clock of these tests stands on 26 October 2020.
TODAY, LATER, MUCH_LATER = "2020-10-26", "2020-11-01", "2021-01-01"


class Editing:
    """One procedure in an editor's hands; knows its ETag."""

    def __init__(self, world: World, code: str) -> None:
        self.world, self.code, self.tag = world, code, ""

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = self.world.editor(**({"If-Match": self.tag} if self.tag else {}))
        answer = await self.world.client.request(method, path, json=body, headers=headers)
        self.tag = answer.headers.get("ETag", self.tag)
        return answer

    async def begin(self, **changes: Any) -> None:
        content = {**SAMPLE, "code": self.code, "reason": "Mới", **changes}
        answer = await self.send("POST", "/v1/procedures", content)
        assert answer.status_code == 201, answer.text

    async def draft(self, **changes: Any) -> dict[str, Any]:
        answer = await self.send("PATCH", f"/v1/procedures/{self.code}/draft", changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def publish(self, valid_from: str | None = None) -> httpx.Response:
        body = {"reason": "Quyết định mới", **({"valid_from": valid_from} if valid_from else {})}
        return await self.send("POST", f"/v1/procedures/{self.code}/publish", body)

    async def name_on(self, day: str) -> str:
        answer = await self.world.client.get(f"/v1/procedures/{self.code}?on={day}")
        return str(answer.json()["content"]["name"] if answer.is_success else answer.json()["code"])

    async def states(self) -> list[tuple[int, str, str | None, str | None]]:
        rows = (await self.world.client.get(f"/v1/procedures/{self.code}/versions")).json()
        return [(row["number"], row["state"], row["valid_from"], row["valid_to"]) for row in rows]


async def test_a_version_from_a_later_day_leaves_today_alone(world: World) -> None:
    editing = Editing(world, "9.200001")
    await editing.begin(name="Tên cũ")
    assert (await editing.publish()).status_code == 200
    await editing.draft(name="Tên mới")
    published = (await editing.publish(LATER)).json()
    assert (published["valid_from"], published["changes"]) == (
        LATER,
        [{"at": "/name", "before": "Tên cũ", "after": "Tên mới"}],
    )
    assert [await editing.name_on(day) for day in (TODAY, "2020-10-31", LATER)] == [
        "Tên cũ",
        "Tên cũ",
        "Tên mới",
    ]
    assert await editing.states() == [
        (2, "scheduled", LATER, None),
        (1, "published", TODAY, LATER),
    ]
    items = (await world.client.get("/v1/procedures", params={"q": "9.200001"})).json()["items"]
    assert [item["name"] for item in items if item["code"] == "9.200001"] == ["Tên cũ"]
    world.clock.moment += timedelta(days=10)
    assert (await world.client.get("/v1/procedures/9.200001")).json()["content"]["name"] == "Tên mới"
    assert [row[1] for row in await editing.states()] == ["published", "superseded"]


async def test_one_that_comes_between_ends_where_the_next_begins(world: World) -> None:
    editing = Editing(world, "9.200002")
    await editing.begin(name="A")
    await editing.publish()
    await editing.draft(name="C")
    await editing.publish(MUCH_LATER)
    await editing.draft(name="B")
    await editing.publish(LATER)
    assert [await editing.name_on(day) for day in (TODAY, LATER, "2020-12-31", MUCH_LATER)] == list("ABBC")
    await editing.draft(name="D")
    await editing.publish(LATER)
    assert (await editing.states())[1] == (3, "withdrawn", LATER, LATER)
    assert [await editing.name_on(day) for day in (TODAY, LATER, MUCH_LATER)] == list("ADC")


async def test_passed_days_are_not_written_anew(world: World) -> None:
    editing = Editing(world, "9.200003")
    await editing.begin()
    assert (await editing.publish("2020-01-01")).status_code == 200  # a first version may reach back
    await editing.draft(name="Khác")
    refused = await editing.publish("2020-10-25")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/valid_from")
    for wrong in ("1999-12-31", "31/12/2020", 5):
        body = {"reason": "x", "valid_from": wrong}
        assert (await editing.send("POST", "/v1/procedures/9.200003/publish", body)).status_code == 422
    without = await editing.send("POST", "/v1/procedures/9.200003/publish", {})
    assert without.json()["errors"][0]["pointer"] == "/reason"
    assert await editing.name_on(TODAY) == SAMPLE["name"]


async def test_abolished_from_a_day_that_may_be_moved(world: World) -> None:
    editing = Editing(world, "9.200004")
    await editing.begin(name="Còn")
    await editing.publish()
    path = "/v1/procedures/9.200004/abolish"
    early = await editing.send("POST", path, {"reason": "x", "valid_from": "2020-10-25"})
    assert early.json()["code"] == "day-passed"
    for day in (LATER, MUCH_LATER, "2020-11-15"):
        answer = await editing.send("POST", path, {"reason": "Luật mới", "valid_from": day})
        assert answer.status_code == 200, answer.text
        assert answer.json()[0]["valid_to"] == day
    assert [await editing.name_on(day) for day in (TODAY, "2020-11-14", "2020-11-15")] == [
        "Còn",
        "Còn",
        "procedure-abolished-since",
    ]
    await editing.draft(name="Sửa trước ngày bãi bỏ")
    assert (await editing.publish("2020-11-20")).json()["code"] == "procedure-abolished"
    assert (await editing.publish()).status_code == 200
    assert await editing.name_on("2020-11-15") == "procedure-abolished-since"
    world.clock.moment += timedelta(days=30)
    gone = await editing.send("PATCH", "/v1/procedures/9.200004/draft", {"name": "x"})
    assert (gone.status_code, gone.json()["code"]) == (409, "procedure-abolished")
    assert next(row[1] for row in await editing.states()) == "abolished"


async def test_the_draft_shows_what_it_changes_and_what_stands_against_it(world: World) -> None:
    editing = Editing(world, "9.200005")
    await editing.begin()
    await editing.publish()
    offering = {"online_level": 4, "decision": "1588/QĐ-UBND"}
    offered = await world.client.put(
        "/v1/agencies/000.00.09.H28/offerings/9.200005", json=offering, headers=world.editor()
    )
    editing.tag = ""
    shown = await world.client.get("/v1/procedures/9.200005")
    editing.tag = f'"{shown.json()["version"]}"'
    assert offered.status_code == 200, offered.text
    fees = [{**SAMPLE["fees"][0], "amount": None}]
    draft = await editing.draft(form=None, fees=fees)
    assert (draft["level"], draft["missing"]) == (4, ["no-form", "fee-unknown"])
    code = SAMPLE["fees"][0]["code"]
    assert f"/fees/{code}/amount" in {change["at"] for change in draft["changes"]}
    again = (await editing.send("GET", "/v1/procedures/9.200005/draft")).json()
    assert again == draft
    refused = await editing.publish()
    assert (refused.status_code, refused.json()["gaps"]) == (409, ["no-form", "fee-unknown"])
    assert [fault["detail"] for fault in refused.json()["errors"]] == [
        "mẫu điện tử",
        "mức phí, lệ phí cụ thể",
    ]


async def test_drafts_are_listed_and_given_up(world: World) -> None:
    editing = Editing(world, "9.200006")
    await editing.begin(name="Bản nháp bỏ đi")
    codes: list[str] = []
    params: dict[str, Any] = {"limit": 1}
    while True:
        page = (await world.client.get("/v1/procedures/drafts", params=params, headers=world.editor())).json()
        codes += [item["code"] for item in page["items"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert "9.200006" in codes
    assert len(codes) == len(set(codes))
    for wrong in ({"x": 1}, {"limit": 0}, {"cursor": "abc"}):
        answer = await world.client.get("/v1/procedures/drafts", params=wrong, headers=world.editor())
        assert answer.status_code == 422
    assert (await world.client.get("/v1/procedures/drafts")).status_code == 401
    assert (await editing.send("DELETE", "/v1/procedures/9.200006/draft?reason=Nhầm")).status_code == 204
    assert (await editing.send("GET", "/v1/procedures/9.200006/draft")).json()["code"] == "no-draft"


async def test_two_editors_publish_from_two_days_at_once(world: World) -> None:
    editing = Editing(world, "9.200007")
    await editing.begin()
    bodies = [{"reason": "x", "valid_from": day} for day in (TODAY, LATER)]
    answers = await asyncio.gather(
        *(
            world.client.post(
                "/v1/procedures/9.200007/publish", json=body, headers=world.editor(**{"If-Match": '"1"'})
            )
            for body in bodies
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_every_step_is_in_the_log_with_who_and_why(world: World) -> None:
    editing = Editing(world, "9.200008")
    await editing.begin()
    await editing.publish()
    await editing.draft(name="Khác", reason="Sửa tên")
    await editing.send("DELETE", "/v1/procedures/9.200008/draft?reason=Thôi")
    await editing.send("POST", "/v1/procedures/9.200008/abolish", {"reason": "Luật mới"})
    page = (await world.client.get("/internal/events?limit=1000", headers=world.service())).json()
    mine = [event for event in page["items"] if event["subject"] == "9.200008"]
    assert [(event["type"].split(".", 1)[1], event["data"]["reason"]) for event in mine] == [
        ("drafted", "Mới"),
        ("published", "Quyết định mới"),
        ("draft-changed", "Sửa tên"),
        ("draft-discarded", "Thôi"),
        ("abolished", "Luật mới"),
    ]
    assert {event["actor"] for event in mine} == {"staff:bien.dinh"}


def test_a_difference_names_items_by_their_codes() -> None:
    old = {"name": "A", "fees": [{"code": "1", "amount": 5}, {"code": "2", "amount": 6}], "steps": ["x"]}
    new = {
        "name": "A",
        "fees": [{"code": "2", "amount": 7}, {"code": "3", "amount": 1}],
        "steps": ["y"],
        "cases": [],
    }
    assert [(change.at, change.before, change.after) for change in difference(old, new)] == [
        ("/fees/2/amount", 6, 7),
        ("/fees/3", None, {"code": "3", "amount": 1}),
        ("/fees/1", {"code": "1", "amount": 5}, None),
        ("/steps", ["x"], ["y"]),
    ]
