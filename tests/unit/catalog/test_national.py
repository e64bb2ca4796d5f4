"""A national change waits for an editor; what the province wrote itself is never overwritten unasked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.problem import InvalidInput
from services.catalog.app import create_app
from services.catalog.content import Content
from services.catalog.national import publishing
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = [pytest.mark.anyio, pytest.mark.long]
WHY = "Theo Quyết định công bố của Bộ"


@pytest.fixture
async def accepting(loaded: ServiceDatabase) -> AsyncIterator[World]:
    """The same catalogue, set to accept."""
    clock = system.StoppedClock()
    told = Settings(**system.settings("catalog", loaded.app_url), national_changes="accept")
    app = create_app(told, Outside(clock=clock, issuer_keys=system.issuer_keys))
    async with system.running(app) as client:
        yield World(app, client, clock)


def fee(code: str = "LP-01", amount: int | None = 50_000, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"Lệ phí {code}", "kind": "charge", "amount": amount, **more}


def paper(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "originals": 1, **more}


def national(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": "Cấp giấy phép thử nghiệm quốc gia",
        "field": {"code": "G01", "name": "Thử nghiệm"},
        "government_levels": ["province"],
        "processing_time": {"amount": 5, "unit": "working_days"},
        "papers": [paper("GT-01", "Đơn"), paper("GT-02", "Bản vẽ")],
        "fees": [fee()],
        "results": [{"code": "KQ-01", "name": "Giấy phép"}],
        **changes,
    }


async def sent(world: World, *items: dict[str, Any]) -> list[str]:
    body = {"items": list(items), "source": "national-portal"}
    answer = await world.client.post("/internal/procedures/imports", json=body, headers=world.service())
    assert answer.status_code == 200, answer.text
    return [row["outcome"] for row in answer.json()["rows"]]


async def closed(world: World, *codes: str) -> dict[str, Any]:
    body = {"codes": list(codes), "reason": "Rút khỏi CSDL quốc gia"}
    answer = await world.client.post("/internal/procedures/closings", json=body, headers=world.service())
    found: dict[str, Any] = answer.json()
    return found


async def shown(world: World, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await world.client.get(f"/v1/procedures/{code}")).json()
    return answer


async def own_draft(world: World, code: str, **changes: Any) -> httpx.Response:
    made = await world.client.post("/v1/procedures", json=national(code, **changes), headers=world.editor())
    assert made.status_code == 201, made.text
    return made


async def own(world: World, code: str, **changes: Any) -> None:
    """A procedure that the province writes and publishes itself."""
    made = await own_draft(world, code, **changes)
    published = await world.client.post(
        f"/v1/procedures/{code}/publish",
        json={"reason": WHY},
        headers=world.editor(**{"If-Match": made.headers["ETag"]}),
    )
    assert published.status_code == 200, published.text


async def mapped(world: World, local: str, code: str) -> httpx.Response:
    return await world.client.put(
        f"/v1/procedures/mappings/{local}",
        json={"national_code": code, "reason": WHY},
        headers=world.editor(),
    )


async def edit(world: World, code: str, **changes: Any) -> None:
    """An editor changes and publishes."""
    await draft(world, code, **changes)
    version = (await world.client.get(f"/v1/procedures/{code}/draft", headers=world.editor())).headers["ETag"]
    published = await world.client.post(
        f"/v1/procedures/{code}/publish", json={"reason": WHY}, headers=world.editor(**{"If-Match": version})
    )
    assert published.status_code == 200, published.text


async def draft(world: World, code: str, **changes: Any) -> None:
    match = {"If-Match": f'"{(await shown(world, code))["version"]}"'}
    changed = await world.client.patch(
        f"/v1/procedures/{code}/draft", json=changes, headers=world.editor(**match)
    )
    assert changed.status_code == 200, changed.text


async def waiting(world: World, code: str) -> dict[str, Any]:
    """The open proposal of a procedure, whole."""
    listed = await world.client.get(
        "/v1/procedures/proposals", params={"state": "open", "limit": 200}, headers=world.editor()
    )
    (found,) = [item for item in listed.json()["items"] if item["procedure"]["code"] == code]
    answer = await world.client.get(f"/v1/procedures/proposals/{found['id']}", headers=world.editor())
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json()
    return whole


async def act(world: World, proposal: dict[str, Any], action: str, **wish: Any) -> httpx.Response:
    return await world.client.post(
        f"/v1/procedures/proposals/{proposal['id']}/actions/{action}",
        json={"reason": WHY, **wish},
        headers=world.editor(**{"If-Match": f'"{proposal["version"]}"'}),
    )


async def test_a_change_waits_and_nothing_is_published_before(world: World) -> None:
    code = "1.930001"
    assert await sent(world, national(code)) == ["created"]
    before, events = await shown(world, code), await world.events()
    changed = national(code, name="Tên mới", fees=[fee(amount=80_000)])
    assert await sent(world, changed) == ["proposed"]
    assert await world.events() == events + 1
    assert (await shown(world, code))["content"] == before["content"]
    assert await sent(world, changed) == ["unchanged"]
    assert await world.events() == events + 1
    proposal = await waiting(world, code)
    assert (proposal["kind"], proposal["conflicts"], proposal["missing"]) == ("changed", 0, [])
    fees = next(one for one in proposal["differences"] if one["field"] == "fees/LP-01")
    assert [fees[side]["amount"] for side in ("base", "national", "local")] == [50_000, 80_000, 50_000]
    accepted = await act(world, proposal, "accept")
    assert (accepted.status_code, accepted.json()["number"]) == (200, 2), accepted.text
    after = await shown(world, code)
    assert (after["content"]["name"], after["content"]["fees"][0]["amount"]) == ("Tên mới", 80_000)
    assert after["version"] == accepted.json()["version"]
    assert await sent(world, changed) == ["unchanged"]
    again = await act(world, {**proposal, "version": after["version"]}, "reject")
    assert (again.status_code, again.json()["code"]) == (409, "proposal-decided")


async def test_what_was_rejected_stays_rejected_until_the_text_is_another(world: World) -> None:
    code = "1.930002"
    await sent(world, national(code))
    refused, other = national(code, name="Tên mới"), national(code, name="Tên khác nữa")
    await sent(world, refused)
    first = await waiting(world, code)
    assert (await act(world, first, "reject")).json()["state"] == "rejected"
    assert await sent(world, refused) == ["unchanged"]
    assert await sent(world, other) == ["proposed"]
    second = await waiting(world, code)
    assert [(one["id"], one["state"], one["reason"]) for one in second["earlier"]] == [
        (first["id"], "rejected", WHY)
    ]
    # Back to the text that was rejected, and back to the one that we have: nothing is left to decide.
    assert await sent(world, refused) == ["unchanged"]
    assert await sent(world, other) == ["proposed"]
    assert await sent(world, national(code)) == ["unchanged"]
    states = await world.client.get(f"/v1/procedures/proposals/{second['id']}", headers=world.editor())
    assert states.json()["state"] == "superseded"


async def test_a_rejected_field_stays_ours_when_another_changes(world: World) -> None:
    code, name = "1.930021", "Tên bị từ chối"
    await sent(world, national(code))
    await sent(world, national(code, name=name))
    first = await waiting(world, code)
    assert (await act(world, first, "reject")).status_code == 200
    fee_too = national(code, name=name, fees=[fee(amount=80_000)])
    assert await sent(world, fee_too) == ["proposed"]
    second = await waiting(world, code)
    assert (second["changes"], second["conflicts"]) == (1, 0)
    shown_ = {one["field"]: one for one in second["differences"]}
    assert (shown_["name"]["rejected"], shown_["name"]["conflict"]) == (True, False)
    assert shown_["name"]["refused"]["reason"] == WHY
    assert (shown_["fees/LP-01"]["rejected"], shown_["fees/LP-01"]["refused"]) == (False, None)
    body = {
        "items": [{"id": second["id"], "version": second["version"]}],
        "input": {"reason": WHY},
    }
    bulk = await world.client.post(
        "/v1/procedures/proposals/actions/accept", json=body, headers=world.editor()
    )
    assert bulk.json()["done"] == 1, bulk.text
    now = (await shown(world, code))["content"]
    assert (now["name"], now["fees"][0]["amount"]) == (national(code)["name"], 80_000)
    # Another name is a change again; and so is, for who asks for it by name, the one that was rejected.
    await sent(world, national(code, name="Tên thứ ba", fees=[fee(amount=80_000)]))
    assert (await waiting(world, code))["changes"] == 1
    await sent(world, national(code, name="Tên thứ tư"))
    assert (await act(world, await waiting(world, code), "reject")).status_code == 200
    again = national(code, name="Tên thứ tư", fees=[fee(amount=90_000)])
    assert await sent(world, again) == ["proposed"]
    named = await act(world, await waiting(world, code), "accept", take={"name": "national"})
    assert named.status_code == 200, named.text
    assert (await shown(world, code))["content"]["name"] == "Tên thứ tư"


async def test_what_was_rejected_is_not_published_by_setting_either(accepting: World) -> None:
    code = "1.930022"
    await sent(accepting, national(code))
    await draft(accepting, code, description="Bản nháp")
    assert await sent(accepting, national(code, name="Tên bị từ chối")) == ["proposed"]
    assert (await act(accepting, await waiting(accepting, code), "reject")).status_code == 200
    version = f'"{(await shown(accepting, code))["version"]}"'
    gone = await accepting.client.request(
        "DELETE",
        f"/v1/procedures/{code}/draft",
        params={"reason": WHY},
        headers=accepting.editor(**{"If-Match": version}),
    )
    assert gone.is_success, gone.text
    changed = national(code, name="Tên bị từ chối", fees=[fee(amount=80_000)])
    assert await sent(accepting, changed) == ["updated"]
    now = (await shown(accepting, code))["content"]
    assert (now["name"], now["fees"][0]["amount"]) == (national(code)["name"], 80_000)


async def test_both_changed_the_fee_and_the_editor_has_to_choose(world: World) -> None:
    code = "1.930003"
    await sent(world, national(code))
    await edit(world, code, fees=[fee(amount=60_000)], description="Của tỉnh")
    changed = national(code, name="Tên mới", fees=[fee(amount=80_000)])
    assert await sent(world, changed) == ["proposed"]
    proposal = await waiting(world, code)
    assert (proposal["changes"], proposal["conflicts"]) == (2, 1)
    open_ = await act(world, proposal, "accept", take={"steps": "local"})
    assert open_.status_code == 422
    assert {error["pointer"]: error["code"] for error in open_.json()["errors"]} == {
        "/take/fees~1LP-01": "undecided",
        "/take/steps": "nothing-changed",
    }
    accepted = await act(world, proposal, "accept", take={"fees": "local"})
    assert accepted.status_code == 200, accepted.text
    now = (await shown(world, code))["content"]
    assert (now["name"], now["description"], now["fees"][0]["amount"]) == ("Tên mới", "Của tỉnh", 60_000)
    # The base has moved on: the same conflict is not asked again.
    assert await sent(world, changed) == ["unchanged"]
    assert await sent(world, {**changed, "requirements": "Không"}) == ["proposed"]
    assert (await waiting(world, code))["conflicts"] == 0


async def test_a_draft_follows_what_was_accepted_and_keeps_its_own(world: World) -> None:
    code = "1.930004"
    await sent(world, national(code))
    await draft(world, code, description="Bản nháp")
    await sent(world, national(code, name="Tên mới"))
    accepted = await act(world, await waiting(world, code), "accept")
    assert (accepted.status_code, accepted.json()["number"]) == (200, 2), accepted.text
    assert (await shown(world, code))["content"]["description"] == ""
    left = (await world.client.get(f"/v1/procedures/{code}/draft", headers=world.editor())).json()
    assert (left["number"], left["content"]["name"]) == (3, "Tên mới")
    assert left["content"]["description"] == "Bản nháp"
    await edit(world, code, requirements="Không")
    assert (await shown(world, code))["number"] == 3


async def test_withdrawn_and_returned_are_proposals_too(world: World) -> None:
    code = "1.930005"
    await sent(world, national(code))
    assert await closed(world, code, "9.000001") == {"closed": [], "proposed": [code]}
    assert await closed(world, code) == {"closed": [], "proposed": [code]}
    assert (await world.client.get(f"/v1/procedures/{code}")).status_code == 200
    accepted = await act(world, await waiting(world, code), "accept")
    assert accepted.status_code == 200, accepted.text
    ended = await world.client.get(f"/v1/procedures/{code}")
    assert (ended.status_code, ended.json()["code"]) == (404, "procedure-abolished-since")
    for _ in range(2):
        assert (await sent(world, national(code)))[0] in ("proposed", "unchanged")
    back = await waiting(world, code)
    assert (back["kind"], back["differences"]) == ("returned", [])
    assert (await act(world, back, "accept")).json()["number"] == 2
    assert (await shown(world, code))["status"] == "published"
    # Gone again, rejected, and back: nothing to decide.
    await closed(world, code)
    assert (await act(world, await waiting(world, code), "reject")).status_code == 200
    assert await closed(world, code) == {"closed": [], "proposed": []}
    assert await sent(world, national(code)) == ["unchanged"]
    # Gone and back before anybody looked.
    await closed(world, code)
    gone = await waiting(world, code)
    assert await sent(world, national(code)) == ["unchanged"]
    decided = await act(world, {**gone, "version": gone["version"] + 1}, "accept")
    assert decided.json()["code"] == "proposal-decided"


async def test_set_to_accept_only_untouched_texts_are_published_at_once(accepting: World) -> None:
    untouched, edited, drafted = "1.930006", "1.930007", "1.930008"
    await sent(accepting, *(national(code) for code in (untouched, edited, drafted)))
    await edit(accepting, edited, fees=[fee(amount=60_000)])
    await draft(accepting, drafted, description="Bản nháp")
    changed = [national(code, name="Tên mới") for code in (untouched, edited, drafted)]
    assert await sent(accepting, *changed) == ["updated", "proposed", "proposed"]
    assert (await shown(accepting, untouched))["content"]["name"] == "Tên mới"
    assert await sent(accepting, *changed) == ["unchanged"] * 3
    assert await closed(accepting, untouched, edited) == {"closed": [untouched], "proposed": [edited]}
    assert await sent(accepting, changed[0]) == ["updated"]
    assert (await shown(accepting, untouched))["status"] == "published"
    # A form of the province's own is no change of the national text: it is kept.
    await edit(accepting, untouched, form="generic")
    assert await sent(accepting, national(untouched)) == ["updated"]
    assert (await shown(accepting, untouched))["content"]["form"] is not None


async def test_a_text_that_a_level_cannot_carry_is_not_taken_whole(accepting: World) -> None:
    code, body = "1.930009", "000.00.09.H28"
    await sent(accepting, national(code))
    await edit(accepting, code, form="generic")
    terms = {"online_level": 4, "pay_online_from": "2020-10-26", "decision": "1588/QĐ-UBND", "reason": WHY}
    offered = await accepting.client.put(
        f"/v1/agencies/{body}/offerings/{code}", json=terms, headers=accepting.editor()
    )
    assert offered.status_code == 200, offered.text
    assert await sent(accepting, national(code, name="Tên mới", fees=[fee(amount=None)])) == ["proposed"]
    proposal = await waiting(accepting, code)
    assert (proposal["level"], proposal["missing"]) == (4, ["fee-unknown"])
    refused = await act(accepting, proposal, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "gaps-remain")
    accepted = await act(accepting, proposal, "accept", take={"fees/LP-01": "local"})
    assert accepted.status_code == 200, accepted.text
    now = (await shown(accepting, code))["content"]
    assert (now["name"], now["fees"][0]["amount"]) == ("Tên mới", 50_000)


async def test_a_text_that_would_not_hold_with_ours_waits_for_an_editor(
    world: World, accepting: World
) -> None:
    """Not a paper of ours goes, as that was rejected: with one more there would be too many."""
    code, other = "1.930023", "1.930024"
    await sent(world, national(code, papers=[paper(f"GT-{n}", f"Giấy {n}") for n in range(300)]))
    await sent(world, national(code, papers=[]))
    assert (await act(world, await waiting(world, code), "reject")).status_code == 200
    more = national(code, papers=[paper("GT-300", "Giấy 300")])
    assert await sent(accepting, national(other), more) == ["proposed", "created"]
    refused = await act(world, await waiting(world, code), "accept")
    assert refused.status_code == 422
    assert [(one["code"], one["pointer"]) for one in refused.json()["errors"]] == [("too_long", "/papers")]
    proposal = await waiting(world, code)
    body = {"items": [{"id": proposal["id"], "version": proposal["version"]}], "input": {"reason": WHY}}
    bulk = await world.client.post(
        "/v1/procedures/proposals/actions/accept", json=body, headers=world.editor()
    )
    assert [one["status"] for one in bulk.json()["items"]] == [422]
    accepted = await act(world, proposal, "accept", take={"papers": "national"})
    assert accepted.status_code == 200, accepted.text
    assert [one["code"] for one in (await shown(world, code))["content"]["papers"]] == ["GT-300"]


def test_a_text_stored_before_something_was_checked_has_faults_with_pointers() -> None:
    with pytest.raises(InvalidInput) as caught:
        publishing.whole(national("1.930025", papers=[paper("GT-01", "Đơn", types=[])]))
    assert [fault.pointer for fault in caught.value.errors] == ["/papers/0/types"]


async def test_many_at_once_wait_for_nothing_once_their_events_are_locked(accepting: World) -> None:
    codes = [f"1.93060{n}" for n in range(3)]
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(told[2])

    engine = accepting.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    assert await sent(accepting, *(national(code) for code in reversed(codes))) == ["created"] * 3
    taken, said = said, []
    assert (await closed(accepting, *reversed(codes)))["closed"] == list(codes)
    for statements in (taken, said):
        (lock,) = [place for place, one in enumerate(statements) if "advisory_xact_lock(" in one]
        assert [one.split()[:2] for one in statements[lock + 1 :]] == [
            ["SELECT", "e.subject,"],
            ["INSERT", "INTO"],
            ["SELECT", "pg_notify('event',"],
        ]


async def test_a_later_day_and_a_version_that_is_to_come(world: World) -> None:
    code = "1.930010"
    await sent(world, national(code))
    await sent(world, national(code, name="Từ tháng sau"))
    proposal = await waiting(world, code)
    passed = await act(world, proposal, "accept", valid_from="2020-10-01")
    assert (passed.status_code, passed.json()["code"]) == (422, "day-passed")
    later = await act(world, proposal, "accept", valid_from="2020-12-01")
    assert later.json()["valid_from"] == "2020-12-01"
    assert (await shown(world, code))["content"]["name"] != "Từ tháng sau"
    # Accepted for today, it would be undone in December by the one that is scheduled.
    await sent(world, national(code, name="Từ tháng sau", requirements="Không"))
    proposal = await waiting(world, code)
    early = await act(world, proposal, "accept", valid_from="2020-10-27")
    assert (early.status_code, early.json()["code"]) == (409, "later-version")
    assert (await act(world, proposal, "accept")).json()["valid_from"] == "2020-12-01"


async def test_many_are_answered_each_on_its_own(world: World) -> None:
    codes = [f"1.9301{n:02d}" for n in range(4)]
    await sent(world, *(national(code) for code in codes))
    await edit(world, codes[2], name="Tên của tỉnh")
    await sent(world, *(national(code, name="Tên mới") for code in codes))
    found = [await waiting(world, code) for code in codes]
    items = [{"id": one["id"], "version": one["version"]} for one in found]
    items[1]["version"] -= 1
    body = {"items": items, "input": {"reason": WHY}}
    answer = await world.client.post(
        "/v1/procedures/proposals/actions/accept", json=body, headers=world.editor()
    )
    assert [one["status"] for one in answer.json()["items"]] == [200, 412, 422, 200]
    assert answer.json()["done"] == 2
    left = {"items": [{"id": one["id"], "version": one["version"]} for one in found[1:3]]}
    rejected = await world.client.post(
        "/v1/procedures/proposals/actions/reject",
        json={**left, "input": {"reason": WHY}},
        headers=world.editor(),
    )
    assert rejected.json()["done"] == 2


async def test_the_list_is_narrowed_and_paged(world: World) -> None:
    field = {"code": "G77", "name": "Lĩnh vực riêng"}
    codes = [f"1.9302{n:02d}" for n in range(5)]
    await sent(world, *(national(code, field=field) for code in codes))
    await edit(world, codes[0], name="Tên của tỉnh")
    await sent(world, *(national(code, field=field, name="Tên mới") for code in codes))
    path, wanted = "/v1/procedures/proposals", {"field": "G77", "state": "open", "limit": "2"}
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.client.get(path, params=wanted | cursor, headers=world.editor())).json()
        found += [item["procedure"]["code"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(found) == codes
    for conflict, count in (("true", 1), ("false", 4)):
        params = {"field": "G77", "conflict": conflict}
        items = (await world.client.get(path, params=params, headers=world.editor())).json()["items"]
        assert len(items) == count
    strange = await world.client.get(path, params={"colour": "red"}, headers=world.editor())
    assert strange.status_code == 422
    assert (await world.client.get(path)).status_code == 401
    officer = system.headers(world.clock, "o", "staff", roles=["officer"])
    assert (await world.client.get(path, headers=officer)).status_code == 403
    unknown = f"{path}/01930000-0000-7000-8000-000000000009"
    assert (await world.client.get(unknown, headers=world.editor())).status_code == 404


async def test_a_code_that_the_province_has_itself_is_never_taken_unasked(world: World) -> None:
    """Published here under the national code before the first sync; and one that is only being written."""
    written = Content.model_validate(national("1.930300", name="Tên của tỉnh")).stored()
    made = await world.client.post("/v1/procedures", json=written, headers=world.editor())
    assert made.status_code == 201, made.text
    assert await sent(world, national("1.930300")) == ["refused"]
    published = await world.client.post(
        "/v1/procedures/1.930300/publish", json={"reason": WHY}, headers=world.editor(**{"If-Match": '"1"'})
    )
    assert published.status_code == 200, published.text
    assert await sent(world, national("1.930300")) == ["proposed"]
    proposal = await waiting(world, "1.930300")
    assert [(one["field"], one["base"], one["conflict"]) for one in proposal["differences"]] == [
        ("name", None, True)
    ]
    accepted = await act(world, proposal, "accept", take={"name": "local"})
    assert accepted.json()["number"] is None
    assert (await shown(world, "1.930300"))["content"]["name"] == "Tên của tỉnh"
    assert await sent(world, national("1.930300")) == ["unchanged"]


async def test_two_editors_decide_at_once(world: World) -> None:
    code = "1.930400"
    await sent(world, national(code))
    await sent(world, national(code, name="Tên mới"))
    proposal = await waiting(world, code)
    answers = await asyncio.gather(
        act(world, proposal, "accept"), act(world, proposal, "reject"), sent(world, national(code))
    )
    assert sorted(answer.status_code for answer in answers[:2]) in ([200, 412], [412, 412])


async def test_local_codes_are_mapped_with_suggestions(world: World) -> None:
    await sent(
        world,
        national("1.930500", name="Cấp giấy phép nuôi đèn kéo quân trong vườn"),
        national(
            "1.930501", name="Cấp giấy phép nuôi đèn kéo quân ngoài vườn", field={"code": "X", "name": "X"}
        ),
    )
    await own(world, "9.930500", name="Cấp phép nuôi đèn kéo quân trong vườn")
    path = "/v1/procedures/mappings"
    left: dict[str, Any] = {}
    cursor: dict[str, str] = {}
    while "9.930500" not in left:
        params = {"unmapped": "true", "limit": "50", **cursor}
        page = (await world.client.get(path, params=params, headers=world.editor())).json()
        left |= {item["local"]["code"]: item for item in page["items"]}
        cursor = {"cursor": page["next"]}
    assert "1.930500" not in left
    mine = left["9.930500"]
    best = mine["suggestions"][0]
    assert (best["code"], best["same_field"], best["same_level"]) == ("1.930500", True, True)
    assert 0.5 < best["score"] <= 1
    assert len(mine["suggestions"]) <= 5
    for _ in range(2):
        put = (await mapped(world, "9.930500", "1.930500")).json()
        assert put["national"]["name"] == "Cấp giấy phép nuôi đèn kéo quân trong vườn"
        assert put["standing"]["in_force"]
        assert put["standing"]["proposal"] is not None
    listed = (await world.client.get(path, headers=world.editor())).json()["items"]
    assert [item["local"]["code"] for item in listed] == ["9.930500"]
    frozen = "/internal/procedures/9.000001/submission"
    params = {"agency": "000.00.09.H28"}
    answer = await world.client.post(frozen, params=params, json={}, headers=world.service())
    assert answer.json()["national_code"] is None
    second = await mapped(world, "9.000001", "1.930500")
    assert (second.status_code, second.json()["code"]) == (409, "national-code-taken")
    assert "9.930500" in second.json()["detail"]
    assert (await mapped(world, "9.000001", "1.930501")).status_code == 200
    answer = await world.client.post(frozen, params=params, json={}, headers=world.service())
    assert answer.json()["national_code"] == "1.930501"
    for local, wrong, status in (("9.000014", "9.930500", 422), ("1.930501", "1.930500", 409)):
        refused = await mapped(world, local, wrong)
        assert refused.status_code == status, refused.text
    gone = await world.client.delete(f"{path}/9.000001", params={"reason": WHY}, headers=world.editor())
    assert gone.status_code == 204
    again = await world.client.delete(f"{path}/9.000001", params={"reason": WHY}, headers=world.editor())
    assert again.json()["code"] == "mapping-not-found"


async def test_a_change_under_a_mapped_code_is_proposed_for_ours(world: World) -> None:
    theirs, ours = "1.930510", "9.930510"
    await sent(world, national(theirs, name="Cấp phép thả diều"))
    await own(world, ours, name="Cấp phép thả diều trong tỉnh")
    # What waits when the codes are mapped waits for ours from then on.
    await sent(world, national(theirs, name="Cấp phép thả diều", fees=[fee(amount=70_000)]))
    put = (await mapped(world, ours, theirs)).json()
    twin = await waiting(world, theirs)
    assert (twin["kind"], twin["corresponds_to"]["code"]) == ("abolished", ours)
    assert put["standing"]["proposal"] == twin["id"]
    first = await waiting(world, ours)
    assert [(one["field"], one["conflict"]) for one in first["differences"]] == [("fees/LP-01", False)]
    assert (await act(world, first, "accept")).status_code == 200
    assert (await act(world, twin, "accept")).status_code == 200
    assert (await world.client.get(f"/v1/procedures/{theirs}")).status_code == 404
    now = (await shown(world, ours))["content"]
    assert (now["code"], now["name"]) == (ours, "Cấp phép thả diều trong tỉnh")
    assert now["fees"][0]["amount"] == 70_000
    # Heard under the national code only: nothing returns there, ours is asked.
    changed = national(theirs, name="Cấp phép thả diều sáo", fees=[fee(amount=70_000)])
    assert await sent(world, changed) == ["proposed"]
    second = await waiting(world, ours)
    assert [(one["field"], one["conflict"]) for one in second["differences"]] == [("name", True)]
    assert await closed(world, theirs) == {"closed": [], "proposed": [theirs]}
    assert (await waiting(world, ours))["kind"] == "abolished"
    assert await sent(world, changed) == ["proposed"]
    # No longer mapped, nothing waits for ours.
    gone = await world.client.delete(
        f"/v1/procedures/mappings/{ours}", params={"reason": WHY}, headers=world.editor()
    )
    assert gone.status_code == 204
    listed = await world.client.get(
        "/v1/procedures/proposals", params={"state": "open", "limit": 200}, headers=world.editor()
    )
    assert ours not in {item["procedure"]["code"] for item in listed.json()["items"]}
    assert await sent(world, changed) == ["proposed"]
    assert (await waiting(world, theirs))["kind"] == "returned"


async def test_two_of_ours_are_mapped_to_one_code_at_once(world: World) -> None:
    await sent(world, national("1.930520"))
    await own(world, "9.930520")
    await own(world, "9.930521")
    answers = await asyncio.gather(*(mapped(world, code, "1.930520") for code in ("9.930520", "9.930521")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    await own_draft(world, "9.930522")
    early = await mapped(world, "9.930522", "1.930520")
    assert (early.status_code, early.json()["code"]) == (409, "never-published")
