"""Decisions that say what must be offered online: recorded as lists, compared, applied."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kit import page
from kit.tabular import CSV, XLSX
from tests.unit.catalog.conftest import World

pytestmark = [pytest.mark.anyio, pytest.mark.long]
SAMPLE = Path(__file__).parents[3] / "data/sample-catalogue/procedures/9.000001.json"
CONSTRUCTION, CULTURE = "000.00.09.H28", "000.00.13.H28"
LISTS = "/v1/procedures/decisions"


async def procedure(world: World, code: str, **changes: Any) -> str:
    content = {**json.loads(SAMPLE.read_text("utf-8")), "code": code, "name": f"Thủ tục {code}", **changes}
    made = await world.client.post("/v1/procedures", json=content, headers=world.editor())
    body = {"reason": "Thử", "valid_from": "2020-01-01"}
    headers = world.editor(**{"If-Match": made.headers["ETag"]})
    published = await world.client.post(f"/v1/procedures/{code}/publish", json=body, headers=headers)
    assert published.status_code == 200, published.text
    return code


def decision(number: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    head = {"number": number, "date": "2020-07-14", "title": "Danh mục thử", "valid_from": "2020-07-14"}
    return {**head, **more, "items": items}


async def recorded(world: World, body: dict[str, Any]) -> Any:
    return await world.client.post(LISTS, json=body, headers=world.editor())


async def compared(world: World, slug: str, **params: str) -> dict[str, Any]:
    answer = await world.client.get(f"{LISTS}/{slug}/comparison", params={"limit": "200", **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_list_is_recorded_once_and_put_right_by_a_revision_with_a_reason(world: World) -> None:
    one = {"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}
    body = decision("100/QĐ-UBND", [one])
    first = await recorded(world, body)
    assert (first.status_code, first.json()["outcome"], first.json()["id"]) == (
        201, "created", "100-qd-ubnd-2020",
    )  # fmt: skip
    assert first.headers["Location"] == f"{LISTS}/100-qd-ubnd-2020"
    before = await world.events()
    again = await recorded(world, {**body, "reason": "gửi lại"})
    assert (again.status_code, again.json()["outcome"], again.json()["revision"]) == (200, "unchanged", 1)
    assert await world.events() == before
    other = {**body, "items": [{**one, "online_level": 3}]}
    silent = await recorded(world, other)
    assert (silent.status_code, silent.json()["code"]) == (422, "revision-reason-missing")
    revised = await recorded(world, {**other, "reason": "Chép sai mức độ"})
    assert (revised.status_code, revised.json()["revision"]) == (201, 2)
    items = (await world.client.get(f"{LISTS}/100-qd-ubnd-2020/items")).json()["items"]
    assert [item["online_level"] for item in items] == [3]
    old = await compared(world, "100-qd-ubnd-2020", revision="1", mandated="true")
    assert old["items"][0]["online_level"] == 4
    # The same number of another year is another decision.
    later = await recorded(world, {**body, "date": "2019-07-14", "valid_from": "2021-07-14"})
    assert later.json()["id"] == "100-qd-ubnd-2019"
    first_page = (await world.client.get(LISTS, params={"limit": "1"})).json()
    assert (first_page["items"][0]["date"], bool(first_page["next"])) == ("2020-07-14", True)
    rest = (await world.client.get(LISTS, params={"cursor": first_page["next"]})).json()["items"]
    assert rest[-1]["id"] == "100-qd-ubnd-2019"


async def test_a_list_never_changes_in_the_database(world: World) -> None:
    await recorded(
        world,
        decision("101/QĐ-UBND", [{"name": "Không rõ", "government_level": "commune", "online_level": 3}]),
    )
    for statement in ("UPDATE decision SET title = ''", "DELETE FROM decision_item",
                      "UPDATE offering_change SET reason = ''"):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with world.app.state.database.transaction() as session:
                await session.execute(text(statement))


async def test_all_faults_of_a_list_at_once(world: World) -> None:
    items = [
        {"procedure": "9.000001", "agency": "000.00.98.H28", "online_level": 4},
        {"procedure": "9.000002", "government_level": "commune", "online_level": 3},
        {"procedure": "9.000002", "government_level": "commune", "online_level": 4},
    ]
    refused = await recorded(world, decision("102/QĐ-UBND", items))
    assert [(fault["code"], fault["pointer"]) for fault in refused.json()["errors"]] == [
        ("agency-not-found", "/items/0/agency"),
        ("line-twice", "/items/2"),
    ]
    wrong: list[dict[str, Any]] = [
        {"online_level": 9, "agency": CULTURE, "procedure": "x"},
        {"online_level": 3},
    ]
    broken = {**decision("Không số", wrong), "valid_to": "2020-01-01"}
    refused = await recorded(world, broken)
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {
        "/number", "/items/0/online_level", "/items/0/procedure", "/items/1/procedure",
    }  # fmt: skip
    assert (await world.client.post(LISTS, content=b"{", headers=world.editor())).status_code == 400
    assert (await world.client.post(LISTS, json=decision("1/QĐ", items))).status_code == 401
    assert (await world.client.get(f"{LISTS}/1-qd-2020")).json()["code"] == "decision-not-found"


async def test_the_list_is_compared_with_what_is_offered_on_a_day(world: World) -> None:
    for code in ("9.3001", "9.3002", "9.3003"):
        await procedure(world, code)
    for code in ("9.3008", "9.3009"):
        await procedure(world, code, name="Cấp giấy trùng tên")
    await procedure(world, "9.3010", name="Cấp giấy một tên")
    for code, level in (("9.3001", 4), ("9.3002", 3), ("9.3010", 4)):
        terms = {"online_level": level, "valid_from": "2020-10-01", "reason": "thử"}
        path = f"/v1/agencies/{CONSTRUCTION}/offerings/{code}"
        assert (await world.client.put(path, json=terms, headers=world.editor())).status_code == 200
    four = {"online_level": 4, "agency": CONSTRUCTION}
    made = await recorded(world, decision("103/QĐ-UBND", [
        {"procedure": "9.3001", **four},
        {"procedure": "9.3002", "online_level": 4, "government_level": "province"},
        {"procedure": "9.3003", **four, "mandated": False},
        {"procedure": "9.9999", **four},
        {"name": "CẤP GIẤY  TRÙNG TÊN", **four},
        {"name": "cap giay mot ten", **four},
    ]))  # fmt: skip
    assert [
        (u["number"], u["state"], [c["code"] for c in u["candidates"]]) for u in made.json()["unresolved"]
    ] == [
        (4, "unknown_procedure", []),
        (5, "ambiguous_name", ["9.3008", "9.3009"]),
    ]
    found = await compared(world, "103-qd-ubnd-2020")
    states = {
        item["number"]: (item["state"], item["offered_level"]) for item in found["items"] if item["number"]
    }
    assert states == {
        1: ("as_decided", 4), 2: ("lower_level", 3), 3: ("not_offered", None),
        4: ("unknown_procedure", None), 5: ("ambiguous_name", None), 6: ("as_decided", 4),
    }  # fmt: skip
    assert {name: found["counts"][name] for name in ("as_decided", "lower_level", "not_offered")} == {
        "as_decided": 2, "lower_level": 1, "not_offered": 1,
    }  # fmt: skip
    assert found["mandated"]["not_offered"] == 0
    assert found["counts"]["own_choice"] == len(found["items"]) - 6 > 20
    communes = [
        i for i in found["items"] if i["state"] == "own_choice" and i["government_level"] == "commune"
    ]
    assert communes[0]["bodies"] == 151
    earlier = await compared(world, "103-qd-ubnd-2020", on="2020-09-30", state="not_offered")
    assert {item["number"] for item in earlier["items"]} == {1, 2, 3, 6}


async def test_a_comparison_is_pages_that_hold_everything_once_and_a_table(world: World) -> None:
    items = [{"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}]
    await recorded(world, decision("104/QĐ-UBND", items))
    path, params, seen = f"{LISTS}/104-qd-ubnd-2020/comparison", {"limit": "7"}, []
    while True:
        part = (await world.client.get(path, params=params)).json()
        seen += [(i["procedure"]["code"], i["government_level"]) for i in part["items"]]
        if part["next"] is None:
            break
        params["cursor"] = part["next"]
    assert len(set(seen)) == len(seen) == sum(part["counts"].values())
    table = await world.client.get(path, headers={"Accept": CSV})
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert len(rows) == len(seen) + 1
    assert rows[1][1:3] == ["Đúng quyết định", "9.000001"]
    assert {row[6] for row in rows[1:]} == {"", "Cấp tỉnh", "Cấp huyện", "Cấp xã"}
    assert (rows[0][-2:], rows[1][-2:]) == (["Số cơ quan", "Trên tổng số"], ["1", "1"])


async def test_a_list_comes_as_a_workbook_or_csv(world: World) -> None:
    await procedure(world, "9.3020")
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "DANH MỤC DỊCH VỤ CÔNG")
        for c, name in enumerate(("TT", "Mã thủ tục", "Tên thủ tục", "Cơ quan", "Cấp", "Mức độ", "Bắt buộc")):
            sheet.write(2, c, name)
        sheet.write(3, 0, "I. Lĩnh vực xây dựng")
        rows = ((1, "9.3020", "", "Sở Xây dựng", "", 4, "x"), (2, "", "Thủ tục lạ", "", "Xã", "Mức độ 3", ""))
        for r, row in enumerate(rows, 4):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
    params = {"number": "105/QĐ-UBND", "date": "2020-07-14", "title": "Danh mục", "valid_from": "2020-07-14"}
    headers = world.editor(**{"Content-Type": XLSX})
    made = await world.client.post(LISTS, params=params, content=target.getvalue(), headers=headers)
    assert made.status_code == 201, made.text
    items = (await world.client.get(f"{LISTS}/105-qd-ubnd-2020/items")).json()["items"]
    assert [tuple(item.values()) for item in items] == [
        (1, "9.3020", None, CONSTRUCTION, None, 4, True),
        (2, None, "Thủ tục lạ", None, "commune", 3, False),
    ]
    lines = "Mã thủ tục;Cơ quan;Mức độ\n9.3020;Sở Không Có;4\n"
    headers = world.editor(**{"Content-Type": CSV})
    refused = await world.client.post(LISTS, params=params, content=lines.encode(), headers=headers)
    assert [(f["code"], f["row"], f["cell"]) for f in refused.json()["errors"]] == [
        ("agency-not-found", 2, "B2")
    ]
    lines = "Mã thủ tục;Cấp;Mức độ\n9.3020;tỉnh;3\n\n9.3021;tỉnh;bảy\n9.3020;tỉnh;4\n"
    refused = await world.client.post(LISTS, params=params, content=lines.encode(), headers=headers)
    assert [(f["pointer"], f["row"], f.get("cell")) for f in refused.json()["errors"]] == [
        ("/items/1/online_level", 4, "C4"),
        ("/items/2", 5, "A5"),
    ]
    no_heading = await world.client.post(LISTS, params=params, content=b"a,b\n1,2\n", headers=headers)
    assert no_heading.json()["errors"][0]["code"] == "heading-missing"
    image = await world.client.post(LISTS, params=params, content=b"%PDF-1.7", headers=headers)
    assert image.json()["code"] == "file-unreadable"


async def test_a_decision_is_applied_as_far_as_it_can_be(world: World) -> None:
    await procedure(world, "9.3030")
    await procedure(world, "9.3031", form=None)
    await procedure(world, "9.3032", government_levels=["commune"])
    await procedure(world, "9.3033")
    higher = f"/v1/agencies/{CONSTRUCTION}/offerings/9.3033"
    terms = {"online_level": 4, "valid_from": "2020-10-01", "pay_online_from": "2020-10-01", "pilot": True,
             "reason": "thử"}  # fmt: skip
    await world.client.put(higher, json=terms, headers=world.editor())
    await recorded(world, decision("106/QĐ-UBND", [
        {"procedure": "9.3030", "agency": CONSTRUCTION, "online_level": 4},
        {"procedure": "9.3031", "agency": CONSTRUCTION, "online_level": 4},
        {"procedure": "9.3032", "government_level": "commune", "online_level": 3},
        {"procedure": "9.3033", "government_level": "province", "online_level": 3},
        {"procedure": "9.3030", "government_level": "province", "online_level": 4},
        {"procedure": "9.8888", "agency": CONSTRUCTION, "online_level": 4},
        {"procedure": "9.3032", "government_level": "province", "online_level": 3},
    ]))  # fmt: skip
    path = f"{LISTS}/106-qd-ubnd-2020/apply"
    why = {"reason": "Thực hiện Quyết định 106"}
    before = await world.events()
    tried = (await world.client.post(path, json={**why, "dry_run": True}, headers=world.editor())).json()
    assert (tried["offerings"], await world.events()) == (153, before)
    done = (await world.client.post(path, json=why, headers=world.editor())).json()
    assert (done["lines"], done["offerings"], done["unchanged"], done["next"]) == (7, 153, 0, None)
    assert {h["number"]: [e["code"] for e in h["errors"]] for h in done["hindered"]} == {
        2: ["no-form"], 5: ["no-bodies"], 6: ["unknown-procedure"], 7: ["no-bodies"],
    }  # fmt: skip
    assert await world.events() == before + 3  # one a procedure
    kept = (await world.client.get("/v1/procedures/9.3033/offerings")).json()[0]
    assert (kept["online_level"], kept["pay_online_from"], kept["pilot"]) == (4, "2020-10-01", True)
    assert (kept["decision"], kept["mandated"]) == ("106/QĐ-UBND", True)
    again = (await world.client.post(path, json=why, headers=world.editor())).json()
    # What is offered since tells who takes line 5.
    assert (again["offerings"], [h["number"] for h in again["hindered"]]) == (0, [2, 6, 7])
    assert (await compared(world, "106-qd-ubnd-2020"))["counts"]["as_decided"] == 4
    assert (await world.client.post(path, json={}, headers=world.editor())).status_code == 422
    assert (await world.client.post(path, json=why)).status_code == 401


async def test_two_editors_who_record_the_same_decision_at_once(world: World) -> None:
    items = [{"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}]
    answers = await asyncio.gather(*(recorded(world, decision("107/QĐ-UBND", items)) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409}


@pytest.mark.parametrize(
    "path",
    [
        f"{LISTS}/100-qd-ubnd-2020/comparison?cursor=" + page.encode([True, 10**30, "a", "b"]),
        f"{LISTS}/100-qd-ubnd-2020/items?cursor=" + page.encode([10**30]),
        f"{LISTS}?cursor=" + page.encode(["2020-13-45", "a"]),
        f"{LISTS}?colour=red",
        f"{LISTS}/100-qd-ubnd-2020/comparison?state=lost",
        "/v1/reports/provision/mandated-not-offered?cursor=" + page.encode(["a", 10**30]),
        "/v1/reports/provision?as_of=0001-01-01",
    ],
)
async def test_wrong_requests_are_refused_with_words(world: World, path: str) -> None:
    items = [{"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}]
    await recorded(world, decision("100/QĐ-UBND", items))
    answer = await world.client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


async def test_all_faults_of_a_table_at_once_with_their_cells(world: World) -> None:
    lines = (
        "Tên thủ tục;Mã thủ tục;Cơ quan;Mức độ\n"
        ";9.000001;Sở Không Có;9\n"
        ";9.000001;000.00.98.H28;9\n"
        ";9.000002;Sở Xây dựng;3\n"
        ";9.000002;H28.9;4\n"
    )
    params = {"number": "108/<b>", "date": "2020-10-27", "valid_from": "2020-11-01"}
    headers = world.editor(**{"Content-Type": CSV})
    refused = await world.client.post(LISTS, params=params, content=lines.encode(), headers=headers)
    assert refused.status_code == 422
    found = {(f["code"], f.get("parameter"), f.get("cell")) for f in refused.json()["errors"]}
    assert found == {
        ("string_pattern_mismatch", "number", None), ("missing", "title", None),
        ("signed-later", "date", None), ("agency-not-found", None, "C2"), ("less_than_equal", None, "D2"),
        ("agency-not-found", None, "C3"), ("less_than_equal", None, "D3"), ("line-twice", None, "B5"),
    }  # fmt: skip
    named = {f["cell"]: f["detail"] for f in refused.json()["errors"] if f.get("cell")}
    assert "Sở Không Có" in named["C2"]


async def test_what_is_no_list_is_refused_by_its_type(world: World) -> None:
    headers = world.editor(**{"Content-Type": "image/png"})
    refused = await world.client.post(LISTS, content=b"a,b", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (415, "decision-type-refused")
    assert CSV in refused.json()["detail"]


@pytest.mark.parametrize("number", ["1/<script>", "1/QĐ\x07UBND", "1/QĐ UBND", "QĐ-1", '1/"QĐ"'])
async def test_a_number_that_is_none_is_refused(world: World, number: str) -> None:
    items = [{"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}]
    refused = await recorded(world, decision(number, items))
    assert (refused.status_code, [f["pointer"] for f in refused.json()["errors"]]) == (422, ["/number"])


async def test_nothing_is_recorded_that_was_not_signed_yet(world: World) -> None:
    items = [{"procedure": "9.000001", "agency": CONSTRUCTION, "online_level": 4}]
    refused = await recorded(world, decision("109/QĐ-UBND", items, date="2020-10-27"))
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("signed-later", "/date")]
    signed = await recorded(world, decision("109/QĐ-UBND", items, date="2020-10-26", valid_from="2020-11-15"))
    assert signed.status_code == 201


async def test_a_procedure_named_by_its_code_and_by_its_name_stands_twice(world: World) -> None:
    await procedure(world, "9.3040", name="Cấp phép một lần")
    four = {"online_level": 4, "agency": CONSTRUCTION}
    lines = [
        {"procedure": "9.3040", **four},
        {"name": "Thủ tục khác", **four},
        {"name": "CẤP PHÉP MỘT LẦN", **four},
        {"name": "Cấp phép một lần", **four, "agency": CULTURE},
    ]
    refused = await recorded(world, decision("110/QĐ-UBND", lines))
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("line-twice", "/items/2")]
    assert refused.json()["errors"][0]["detail"].startswith("Mục 1 và mục 3 cùng một thủ tục (9.3040)")
    assert (await recorded(world, decision("110/QĐ-UBND", [*lines[:2], lines[3]]))).status_code == 201


async def test_a_line_of_a_level_is_met_when_all_its_bodies_offer_it(world: World) -> None:
    await procedure(world, "9.3050", government_levels=["commune"])
    await procedure(world, "9.3051")
    communes = ("000.01.31.H28", "000.02.31.H28", "000.03.31.H28")
    put: list[tuple[str, str, int]] = [(agency, "9.3050", 5 - n) for n, agency in enumerate(communes, 1)]
    put += [(CONSTRUCTION, "9.3051", 4), (CULTURE, "9.3051", 2)]
    for agency, code, level in put:
        terms = {"online_level": level, "reason": "thử"}
        path = f"/v1/agencies/{agency}/offerings/{code}"
        answer = await world.client.put(path, json=terms, headers=world.editor())
        assert answer.status_code == 200, answer.text
    await recorded(world, decision("111/QĐ-UBND", [
        {"procedure": "9.3050", "government_level": "commune", "online_level": 4},
        {"procedure": "9.3050", "government_level": "district", "online_level": 3},
        {"procedure": "9.3051", "government_level": "province", "online_level": 4},
        {"procedure": "9.3051", "agency": CULTURE, "online_level": 4},
    ]))  # fmt: skip
    slug = "111-qd-ubnd-2020"

    async def states() -> list[tuple[str, int | None, int, int]]:
        items = (await compared(world, slug, mandated="true"))["items"]
        return [(i["state"], i["offered_level"], i["bodies"], i["of"]) for i in items]

    assert await states() == [
        ("partly", 4, 1, 151), ("not_offered", None, 0, 10), ("partly", 4, 1, 2), ("not_offered", 2, 0, 1),
    ]  # fmt: skip
    mandated = (await world.client.get("/v1/reports/provision")).json()["mandated"]
    assert mandated["partly"] >= 2
    listed = await world.client.get(
        "/v1/reports/provision/mandated-not-offered", params={"state": "partly", "limit": "200"}
    )
    assert (slug, 1) in {(i["decision"]["code"], i["number"]) for i in listed.json()["items"]}
    table = await world.client.get(
        f"{LISTS}/{slug}/comparison", params={"state": "partly"}, headers={"Accept": CSV}
    )
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row[1], row[6], *row[-2:]) for row in rows[1:]] == [
        ("Mới một số cơ quan đúng quyết định", "Cấp xã", "1", "151"),
        ("Mới một số cơ quan đúng quyết định", "Cấp tỉnh", "1", "2"),
    ]
    why = {"reason": "Thực hiện Quyết định 111"}
    done = (await world.client.post(f"{LISTS}/{slug}/apply", json=why, headers=world.editor())).json()
    assert done["offerings"] == 151 + 2
    assert [(h["number"], h["errors"][0]["detail"]) for h in done["hindered"]][:1] == [
        (2, "Cơ quan thuộc cấp huyện, thủ tục chỉ nêu cấp xã.")  # nobody here could send other_level
    ]
    assert [state[0] for state in await states()] == ["as_decided", "not_offered", "as_decided", "as_decided"]


async def test_a_decision_applied_from_a_day_that_passed_leaves_what_stood(world: World) -> None:
    await procedure(world, "9.3060")
    for agency, since in ((CONSTRUCTION, "2020-08-01"), (CULTURE, "2020-12-01")):
        terms = {"online_level": 2, "valid_from": since, "reason": "thử"}
        path = f"/v1/agencies/{agency}/offerings/9.3060"
        assert (await world.client.put(path, json=terms, headers=world.editor())).status_code == 200
    items = [
        {"procedure": "9.3060", "agency": agency, "online_level": 4} for agency in (CONSTRUCTION, CULTURE)
    ]
    await recorded(world, decision("112/QĐ-UBND", items))
    body = {"reason": "Ghi muộn", "valid_from": "2020-07-14"}
    path = f"{LISTS}/112-qd-ubnd-2020/apply"
    for _ in range(2):
        done = await world.client.post(path, json=body, headers=world.editor())
        assert (done.status_code, done.json()["hindered"]) == (200, [])
    assert (done.json()["offerings"], done.json()["unchanged"]) == (0, 2)

    async def offered(day: str) -> dict[str, int]:
        rows = await world.client.get("/v1/procedures/9.3060/offerings", params={"on": day})
        return {row["agency"]["code"]: row["online_level"] for row in rows.json()}

    assert await offered("2020-07-20") == {CULTURE: 4}  # nothing stood there: recorded late
    assert await offered("2020-08-01") == {CULTURE: 4, CONSTRUCTION: 2}
    assert await offered("2020-10-26") == {CULTURE: 4, CONSTRUCTION: 4}
