"""Search as people type, over the sample catalogue (the 2,358 local procedures of the national database: see
`tests/contract/catalog`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import event, text

from services.catalog.search import words
from services.catalog.transfer.schemas import NewExport
from tests.unit.catalog.conftest import World

pytestmark = [pytest.mark.anyio, pytest.mark.long]


def queries(name: str) -> list[tuple[str, set[str]]]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [(q, set(codes.split("|"))) for q, codes, _ in (line.split("\t") for line in lines)]


async def ranks(client: httpx.AsyncClient, name: str) -> dict[str, float]:
    """Per query, 1 divided by the place of the right procedure; 0 when it is not among ten."""
    found = {}
    for q, codes in queries(name):
        items = (await client.get("/v1/procedures", params={"q": q, "limit": 10})).json()["items"]
        places = [place for place, item in enumerate(items, 1) if item["code"] in codes]
        found[q] = 1 / places[0] if places else 0.0
    return found


async def test_the_right_one_of_the_sample_comes_first(world: World) -> None:
    found = await ranks(world.client, "queries_sample.tsv")
    assert sum(found.values()) / len(found) >= 0.92, {q: rank for q, rank in found.items() if rank < 1}


@pytest.mark.parametrize("q", ["giấy khai sinh", "lam giay khai sinh cho con"])
async def test_the_words_of_an_everyday_phrase_count_by_themselves(world: World, q: str) -> None:
    items = (await world.client.get("/v1/procedures", params={"q": q})).json()["items"]
    assert items[0]["code"] == "9.000045"


async def test_accents_that_were_typed_tell_words_apart(world: World) -> None:
    async def first(q: str) -> str:
        name: str = (await world.client.get("/v1/procedures", params={"q": q})).json()["items"][0]["name"]
        return name.lower()

    assert "thẻ" in await first("thẻ")
    assert "thể" in await first("thể")
    assert (await first("the")) in {await first("thẻ"), await first("thể")}


def test_accents_are_read_wherever_they_are_written() -> None:
    assert words.typed("Hoà giải, HÒA GIẢI 1.5").accented == ["hoa1", "giai2", "hoa1", "giai2", "15"]
    assert words.typed("Thể đường").accented == ["thê2", "đương1"]
    assert words.typed("Ký").plain == ["ky"]
    assert words.spelled("ky4") == ["ky4", "ki4"]


async def test_the_database_reads_accents_as_queries_are_read(world: World) -> None:
    samples = ("Hoà giải – HÒA GIẢI (Đất đai) 1.5", "Thể, thẻ; hộ họ hồ ƯƠNG ặc Nghiễn", "C/O form E, quý Ỷ")
    async with world.app.state.database.transaction() as session:
        for sample in samples:
            said = await session.scalar(text("SELECT accented_words(:name)"), {"name": sample})
            assert said.split() == words.typed(sample).accented


async def test_a_body_is_chosen_in_either_notation(world: World) -> None:
    long, short = [await pages(world.client, agency=code) for code in ("000.00.09.H28", "H28.9")]
    assert long == short != []
    assert NewExport(format="csv", agency="H28.9").agency == "000.00.09.H28"


async def test_a_search_of_another_day_and_of_unknown_parameters(world: World) -> None:
    assert await pages(world.client, on="2001-01-01") == []
    assert await pages(world.client, on="2026-11-01", limit="200") != []
    for unknown in ("agencies=H28.9", "page=2"):
        answer = await world.client.get(f"/v1/procedures?{unknown}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == unknown.split("=")[0]


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("vi", {"Cấp tỉnh", "Công dân", "Mức độ 4 (toàn trình)"}),
        ("en", {"Province", "Citizen", "Level 4 (full)"}),
    ],
)
async def test_facets_have_labels_in_the_callers_language(
    world: World, language: str, labels: set[str]
) -> None:
    answer = await world.client.get("/v1/procedures?facets=true", headers={"Accept-Language": language})
    facets = answer.json()["facets"]
    assert labels <= {value["label"] for values in facets.values() for value in values}
    assert all(value["label"] != value["value"] for values in facets.values() for value in values)
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("giấy phép xây dugn", "giấy phép xây dựng"),
        ("karaokee", "karaoke"),
        ("hop tac xax", "hop tac xã"),
        ("giấy phép xây dựng", None),
        ("zzzz", None),
    ],
)
async def test_a_slip_is_forgiven_and_said(world: World, typed: str, meant: str | None) -> None:
    for path in ("/v1/procedures", "/v1/procedures/suggestions"):
        answer = (await world.client.get(path, params={"q": typed})).json()
        assert answer["did_you_mean"] == meant, path


def test_slips_have_near_words_only() -> None:
    known = {"doanh", "karate", "huyen", "cap", "giay", "dong", "canh", "lanh"}
    slips = ("donah", "karatte", "huyeenj", "caaps", "giaays", "ddoongf", "doang", "xy", "qqqq")
    assert {slip: words.slips_of(slip, known) for slip in slips} == {
        "donah": ["doanh"], "karatte": ["karate"], "huyeenj": ["huyen"], "caaps": ["cap"], "giaays": ["giay"],
        "ddoongf": ["dong"], "doang": ["doanh", "dong"], "xy": [], "qqqq": [],
    }  # fmt: skip


async def pages(client: httpx.AsyncClient, **asked: str) -> list[str]:
    codes: list[str] = []
    cursor: str | None = None
    while cursor is not None or not codes:
        params = {**asked, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/procedures", params=params)).json()
        codes += [item["code"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    return codes


@pytest.mark.parametrize("asked", [{"q": "cấp giấy phép"}, {"q": "hộ", "government_level": "commune"}, {}])
async def test_pages_are_one_list_cut_up(world: World, asked: dict[str, str]) -> None:
    whole = await pages(world.client, **asked, limit="200")
    assert len(whole) == len(set(whole)) > 3
    assert await pages(world.client, **asked, limit="3") == whole


async def count(client: httpx.AsyncClient, **asked: str) -> int:
    return len(await pages(client, **asked, limit="200"))


@pytest.mark.parametrize(
    "asked",
    [{}, {"q": "giấy phép"}, {"online_level": "4"}, {"q": "hộ", "government_level": "commune"},
     {"government_level": "district", "agency": "000.00.33.H28", "mandated": "true"}],
)  # fmt: skip
async def test_each_facet_counts_what_choosing_it_would_find(world: World, asked: dict[str, str]) -> None:
    page = (await world.client.get("/v1/procedures", params={**asked, "facets": "true"})).json()
    assert set(page["facets"]) == {"field", "government_level", "online_level", "audience", "agency"}
    for name, values in page["facets"].items():
        for value in values[:3]:
            assert value["count"] == await count(world.client, **{**asked, name: value["value"]}), (
                name,
                value,
            )
        assert name not in asked or asked[name] in {value["value"] for value in values}


async def test_a_search_costs_two_statements_and_facets_one(world: World) -> None:
    counted: list[str] = []
    engine = world.app.state.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    for params, most in (("q=ruou", 2), ("q=ruou&facets=true", 3), ("q=ruouu", 3), ("facets=true", 2)):
        counted.clear()
        await world.client.get(f"/v1/procedures?{params}")
        assert len([statement for statement in counted if "SELECT" in statement]) == most, params


async def test_suggestions_for_an_unfinished_word(world: World) -> None:
    async def suggested(q: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await world.client.get(f"/v1/procedures/suggestions?q={q}")).json()
        return answer

    assert (await suggested("giay phep kara"))["procedures"][0]["code"] == "9.000042"
    assert (await suggested("9.00002"))["procedures"][0]["code"].startswith("9.00002")
    assert [field["label"] for field in (await suggested("đất đ"))["fields"]] == ["Đất đai"]
    assert (await suggested("ubnd huyện lương s"))["agencies"] == [
        {"code": "000.00.33.H28", "name": "Ủy ban nhân dân huyện Lương Sơn"}
    ]
    assert await suggested("!!!") == {"procedures": [], "fields": [], "agencies": [], "did_you_mean": None}
    limited = (await world.client.get("/v1/procedures/suggestions?q=c&limit=2")).json()
    assert [len(limited[kind]) for kind in ("procedures", "agencies")] == [2, 2]


async def test_answers_can_be_kept(world: World) -> None:
    for path in ("/v1/procedures?q=ruou&facets=true", "/v1/procedures/suggestions?q=ruo"):
        answer = await world.client.get(path)
        assert "max-age" in answer.headers["Cache-Control"]
        again = await world.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("q", "statuses"),
    [
        ("x" * 301, {422}), ("từ " * 99, {200}), ("!?… —", {200}), ("%_\\*:&|!<->()'\"", {200}),
        ("🙂🙂", {200}),
        ("\u202eđất", {200}), ("\u200b", {200}), ("đất\0", {422}), ("\ud800", {200}), ("漢字 اختبار", {200}),
        ("a:*", {200}), ("'; DROP TABLE procedure; --", {200}), ("1" * 300, {200}), ("a " * 150, {200}),
        ("\t", {200, 422}), ("", {200, 422}),
    ],
)  # fmt: skip
async def test_whatever_is_typed_has_an_answer(world: World, q: str, statuses: set[int]) -> None:
    raw = quote(q.encode("utf-8", "surrogatepass"))
    for path in (f"/v1/procedures?facets=true&q={raw}", f"/v1/procedures/suggestions?q={raw}"):
        answer = await world.client.get(path)
        assert answer.status_code in statuses, (path, answer.text)
    if statuses == {200} and not words.split(q):
        assert (await world.client.get(f"/v1/procedures?q={raw}")).json()["items"] == []
