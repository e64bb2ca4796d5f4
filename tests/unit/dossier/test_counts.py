"""Districts count what came on paper, day by day; of a day that dossiers tell of, dossiers are counted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import event, text

from kit import events
from services.dossier.figures import recount
from tests import system
from tests.unit.dossier.conftest import CENTRE, CONSTRUCTION, SIMPLE, World, procedure
from tests.unit.dossier.test_district import DISTRICT, item, of_system, send

pytestmark = pytest.mark.anyio
PROVINCE, DAY, SIMPLE_CODE = "000.00.00.H28", "2020-10-26", "9.000002"
URL = "/v1/intake-counts"


@pytest.fixture(autouse=True)
def _at_noon(world: World) -> None:
    world.clock.set("2020-10-26T12:00")
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE)


def line(count: int, day: str = DAY, channel: str = "counter", **changes: Any) -> dict[str, Any]:
    said = {"agency": DISTRICT, "procedure": SIMPLE_CODE, "day": day, "channel": channel, "count": count}
    return {**said, **changes}


async def post(world: World, *items: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    return await world.client.post(URL, json={"items": items}, headers=headers or of_system(world))


async def tell(world: World, *items: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await post(world, *items, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in answer["items"]]


async def listed(world: World, first: str = DAY, last: str = DAY, **more: Any) -> list[dict[str, Any]]:
    headers = more.pop("headers", None) or of_system(world)
    answer = await world.client.get(URL, params={"from": first, "to": last, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def take_back(world: World, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await world.client.post(
        f"{path}/void", json={"reason": "Nhầm"}, headers=headers or of_system(world)
    )


async def received(world: World, period: str = DAY[:7], agency: str = DISTRICT, **more: str) -> int:
    params = {
        "agency": agency,
        **({"period": period} if len(period) < 10 else {"from": period, "to": period}),
    }
    answer = await world.client.get("/v1/reports/online-share", params={**params, **more})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"]["values"]["received"])


async def sound(world: World) -> None:
    """The figures are a recount, and the chains are whole."""
    async with world.app.state.database.transaction() as session:
        assert await recount.differences(session) == []
        assert await events.verify(session) == []


async def test_what_was_said_last_stands(world: World) -> None:
    day = "2020-10-01"
    assert outcomes(await tell(world, line(5, day), line(2, day, "post"))) == ["created", "created"]
    assert await received(world, day) == 7
    again = await tell(world, line(5, day), line(3, day, "post"))
    assert outcomes(again) == ["unchanged", "updated"]
    assert (again["created"], again["updated"], again["unchanged"], again["refused"]) == (0, 1, 1, 0)
    assert await received(world, day) == 8
    assert outcomes(await tell(world, line(0, day))) == ["updated"]
    assert outcomes(await tell(world, line(0, day))) == ["unchanged"]
    assert await received(world, day) == 3
    assert [(each["channel"], each["count"]) for each in await listed(world, day, day)] == [
        ("counter", 0), ("post", 3),
    ]  # fmt: skip
    await sound(world)


async def test_what_changes_nothing_leaves_no_trace(world: World) -> None:
    await tell(world, line(5, "2020-10-02"))
    world.catalogue.clear()  # nor is the catalogue asked about what is known
    count = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM received_month)"
    async with world.app.state.database.transaction() as session:
        before = await session.scalar(text(count))
    assert outcomes(await tell(world, line(5, "2020-10-02"))) == ["unchanged"]
    async with world.app.state.database.transaction() as session:
        assert await session.scalar(text(count)) == before


async def test_a_wrong_item_is_told_all_that_is_wrong_and_stops_no_other(world: World) -> None:
    answer = await tell(
        world,
        line(4, "2020-10-03"),
        line(-1, "2020-13-01", "online", colour="red"),
        line(4, "2020-10-27", agency="H28.999"),
        line(4, "2020-10-03", agency=CONSTRUCTION),
        line(4, "2020-10-03", procedure="9.999999"),
        line(9, "2020-10-03"),
        "five",
    )
    assert outcomes(answer) == ["created"] + ["refused"] * 6
    assert {(e["code"], e["pointer"]) for each in answer["items"] for e in each["errors"]} == {
        ("greater_than_equal", "/items/1/count"),
        ("date_from_datetime_parsing", "/items/1/day"),
        ("literal_error", "/items/1/channel"),
        ("extra_forbidden", "/items/1/colour"),
        ("day-in-the-future", "/items/2/day"),
        ("agency-unknown", "/items/2/agency"),
        ("agency-not-yours", "/items/3/agency"),
        ("procedure-unknown", "/items/4/procedure"),
        ("line-twice", "/items/5/day"),
        ("model_type", "/items/6"),
    }
    assert await received(world, "2020-10-03") == 4
    await sound(world)


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": [1] * 1001}, {"items": "x"}, [], None, {"items": [{}], "x": 1}]
)
async def test_what_is_no_list_of_lines_is_refused(world: World, body: Any) -> None:
    answer = await world.client.post(URL, json=body, headers=of_system(world))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_the_level_is_that_of_the_day(world: World) -> None:
    async def levels(day: str) -> list[int]:
        return [each["online_level"] for each in await listed(world, day, day)]

    offering = {**procedure()["offering"], "agency": DISTRICT, "online_level": 3}
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE, offering=offering)
    await tell(world, line(1, "2020-10-04"))
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE, offering=None)
    await tell(world, line(2, "2020-10-04"), line(1, "2020-10-04", "post"), line(1, "2020-10-05"))
    assert await levels("2020-10-04") == [3, 3]
    assert await levels("2020-10-05") == [2]
    share = await world.client.get(
        "/v1/reports/online-share", params={"from": "2020-10-04", "to": "2020-10-05", "agency": DISTRICT}
    )
    values = share.json()["total"]["values"]
    assert (values["received"], values["eligible"], values["online"]) == (4, 3, 0)


async def test_a_procedure_that_is_only_counted_has_its_names(world: World) -> None:
    world.catalogue["9.000077"] = procedure(
        **SIMPLE | {"code": "9.000077"},
        name="Chứng thực bản sao (mẫu)",
        field={"code": "CT", "name": "Chứng thực"},
    )
    await tell(world, line(1, "2020-10-06", procedure="9.000077"))
    for group, name in (("procedure", "Chứng thực bản sao (mẫu)"), ("field", "Chứng thực")):
        params = {"from": "2020-10-06", "to": "2020-10-06", "agency": DISTRICT, "group_by": group}
        answer = await world.client.get("/v1/reports/online-share", params=params)
        assert [row["name"] for row in answer.json()["rows"]] == [name]


async def test_dossiers_replace_counts_and_both_are_shown(world: World) -> None:
    await tell(world, line(7), line(2, channel="post"), line(3, "2020-10-25"))
    assert (await received(world, DAY), await received(world, "2020-10-25")) == (9, 3)
    batch = await send(world, [item(1), item(2)])
    assert (await received(world, DAY), await received(world, "2020-10-25")) == (2, 3)
    shown = [
        (each["count"], each["replaced"], each["dossiers"]) for each in await listed(world, "2020-10-25")
    ]
    assert shown == [(3, False, 0), (7, True, 2), (2, True, 2)]
    await tell(world, line(8))
    assert await received(world, DAY) == 2
    await sound(world)

    assert (await take_back(world, f"/v1/dossiers/batches/{batch['batch']}")).json()["voided"] == 2
    assert await received(world, DAY) == 10
    assert [(each["replaced"], each["dossiers"]) for each in await listed(world)] == [(False, 0)] * 2
    await sound(world)


async def test_a_dossier_that_was_of_another_day_gives_the_day_back(world: World) -> None:
    await tell(world, line(7, "2020-10-20"), line(5, "2020-09-30"))
    was, is_ = "2020-10-20T08:00:00+07:00", "2020-09-30T08:00:00+07:00"
    await send(world, [item(100, received_at=was)])
    assert (await received(world, "2020-10-20"), await received(world, "2020-09-30")) == (1, 5)
    await send(world, [item(100, received_at=is_)])
    assert (await received(world, "2020-10-20"), await received(world, "2020-09-30")) == (7, 1)
    await sound(world)


async def test_another_body_or_procedure_replaces_nothing(world: World) -> None:
    world.catalogue["9.000078"] = procedure(**SIMPLE | {"code": "9.000078"})
    await tell(world, line(7, "2020-10-21"))
    at = "2020-10-21T08:00:00+07:00"
    await send(world, [item(101, received_at=at, procedure="9.000078")])
    other = [item(102, received_at=at, agency=CONSTRUCTION)]
    await send(world, other, None, **of_system(world, PROVINCE, "province"))
    assert await received(world, "2020-10-21") == 8
    await sound(world)


async def test_what_citizens_submit_online_replaces_no_paper(world: World) -> None:
    province = of_system(world, PROVINCE, "province")
    await tell(world, line(6, "2020-10-19", agency=CENTRE), headers=province)
    world.clock.set("2020-10-19T09:00")
    dossier = await world.submitted("kim")
    officer = world.staff("officer", CENTRE)
    assert (await world.act(dossier, "accept", {}, officer)).status_code == 200
    assert await received(world, "2020-10-19", CENTRE) == 7
    counter = {
        "procedure": SIMPLE_CODE, "agency": CONSTRUCTION, "form": {}, "channel": "counter", "accept": True,
        "applicant": {"kind": "citizen", "name": "Bùi Thị Mẫu"},
    }  # fmt: skip
    world.catalogue[SIMPLE_CODE] = procedure(**SIMPLE, form_schema=None)
    made = await world.client.post(
        "/v1/dossiers", json=counter, headers={**officer, "Idempotency-Key": "counter-1"}
    )
    assert made.status_code == 201, made.text
    assert await received(world, "2020-10-19", CENTRE) == 2
    await sound(world)


async def test_a_wrong_batch_of_counts_is_taken_back(world: World) -> None:
    day = "2020-10-07"
    first = await tell(world, line(5, day), line(6, day, "post"))
    second = await tell(world, line(50, day))
    path = f"{URL}/batches/{second['batch']}"
    foreign = await take_back(world, path, of_system(world, sub="another"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "batch-not-found")
    assert (await take_back(world, path, world.staff("officer", DISTRICT))).status_code == 403
    assert (await take_back(world, path, world.staff("leader", CONSTRUCTION))).status_code == 404
    nothing = await world.client.post(f"{path}/void", json={"reason": " "}, headers=of_system(world))
    assert nothing.status_code == 422
    assert (await take_back(world, path, world.staff("leader", PROVINCE))).json()["voided"] == 1
    assert (await take_back(world, path)).json()["voided"] == 0
    assert (await world.client.get(path, headers=of_system(world))).json()["voided_because"] == "Nhầm"
    assert await received(world, day) == 6
    assert [(each["count"], each["voided"]) for each in await listed(world, day, day)] == [
        (50, True),
        (6, False),
    ]
    assert outcomes(await tell(world, line(50, day))) == ["created"]
    assert await received(world, day) == 56
    assert (await take_back(world, f"{URL}/batches/{first['batch']}")).json()["voided"] == 1
    assert await received(world, day) == 50
    await sound(world)


async def test_batches_of_dossiers_and_of_counts_are_not_each_other(world: World) -> None:
    counts = (await tell(world, line(1, "2020-10-08")))["batch"]
    dossiers = (await send(world, [item(103, received_at="2020-10-08T08:00:00+07:00")]))["batch"]
    for path in (f"/v1/dossiers/batches/{counts}", f"{URL}/batches/{dossiers}"):
        assert (await world.client.get(path, headers=of_system(world))).status_code == 404
        assert (await take_back(world, path)).status_code == 404


async def test_only_a_bodys_own_system_counts(world: World) -> None:
    assert (await world.client.post(URL, json={"items": [line(1)]})).status_code == 401
    for headers in (world.staff("leader", DISTRICT), world.citizen()):
        assert (await post(world, line(1), headers=headers)).status_code == 403
    assert (await world.client.get(URL, headers=world.citizen())).status_code == 403


async def test_everybody_sees_the_lines_within_their_bodies(world: World) -> None:
    province, day = of_system(world, PROVINCE, "province"), "2020-10-09"
    await tell(world, line(1, day), line(2, day, agency=CONSTRUCTION), headers=province)

    async def seen(role: str, own: str, only: str | None = None) -> list[int]:
        more = {"agency": only} if only else {}
        lines = await listed(world, day, day, headers=world.staff(role, own), **more)
        return [each["count"] for each in lines]

    assert await seen("auditor", PROVINCE) == [2, 1]
    assert await seen("officer", DISTRICT) == [1]
    assert await seen("leader", PROVINCE, only=DISTRICT) == [1]
    for agency in (CONSTRUCTION, "H28.999"):
        refused = await world.client.get(URL, params={"agency": agency}, headers=of_system(world))
        assert (refused.status_code, refused.json()["code"]) == (404, "agency-not-found")


async def test_a_list_is_read_page_by_page_in_one_question_each(world: World) -> None:
    days = [f"2020-08-{day:02d}" for day in range(1, 12)]
    province = of_system(world, PROVINCE, "province")
    bodies = (CONSTRUCTION, DISTRICT, PROVINCE)
    said = [line(n, day, channel, agency=body) for n, day in enumerate(days) for body in bodies
            for channel in ("counter", "post")]  # fmt: skip
    await tell(world, *said, headers=province)
    asked: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    found, params = [], {"from": days[0], "to": days[-1], "limit": "7"}
    pages = 0
    while True:
        answer = await world.client.get(URL, params=params, headers=province)
        found += answer.json()["items"]
        pages += 1
        if answer.json()["next"] is None:
            assert "Link" not in answer.headers
            break
        assert 'rel="next"' in answer.headers["Link"]
        params["cursor"] = answer.json()["next"]
    key = [(each["day"], each["agency"], each["procedure"], each["channel"]) for each in found]
    assert key == sorted(key)
    assert {(each["agency"], each["day"], each["channel"], each["count"]) for each in found} == {
        (each["agency"], each["day"], each["channel"], each["count"]) for each in said
    }
    assert (len(found), pages) == (66, 10)
    assert len(asked) == 2 * pages


@pytest.mark.parametrize(
    "params",
    [{"from": "2020-10-02", "to": "2020-10-01"}, {"from": "2019-01-01", "to": "2020-10-01"}, {"day": DAY},
     {"cursor": "x"}, {"from": "0001-01-01"}, {"limit": "0"}, {"agency": "\0"}],
)  # fmt: skip
async def test_what_is_asked_wrongly_is_refused(world: World, params: dict[str, str]) -> None:
    answer = await world.client.get(URL, params=params, headers=of_system(world))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


async def test_the_application_cannot_delete_what_was_said(world: World) -> None:
    await tell(world, line(1, "2020-10-10"))
    with pytest.raises(Exception, match="permission denied"):
        async with world.app.state.database.transaction() as session:
            await session.execute(text("DELETE FROM intake_count"))


async def test_the_catalogue_hears_of_counts_and_not_of_none(world: World) -> None:
    await tell(world, line(4, "2020-07-01"), line(0, "2020-07-01", "post"))
    params = {"from": "2020-07-01", "to": "2020-07-01"}
    headers = system.service_headers("catalog", world.clock)
    answer = await world.client.get("/internal/volumes", params=params, headers=headers)
    assert answer.json()["items"] == [
        {"procedure": SIMPLE_CODE, "agency": DISTRICT, "channel": "counter", "count": 4}
    ]
