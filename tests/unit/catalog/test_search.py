"""Search as people type: the sample catalogue, and the 2,358 local procedures of the national database where
they are at hand.

`queries.tsv`: what somebody might type, the code of the procedure that should come first (`|` between codes
where the source has the same procedure twice), and what it tries. All 142 were written before the ranking was
tuned; the search of before had a mean reciprocal rank of 0.835 on them (110 first). None was changed since.
`queries_later.tsv`: 56 more, written when the tuning was over, and never tuned for.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from uuid_utils.compat import uuid7

from deploy.databases import ServiceDatabase
from kit.app import Outside
from kit.db import Database
from kit.text import fold
from services.catalog import loading
from services.catalog.app import create_app
from services.catalog.commands.edit import described
from services.catalog.models import Agency, Offering, Procedure, Version
from services.catalog.search import words
from services.catalog.settings import Settings
from tests import system
from tests.unit.catalog.conftest import World

pytestmark = pytest.mark.anyio
REAL = Path(__file__).parents[4] / "shared/data/procedures.jsonl"
needs_real = pytest.mark.skipif(not REAL.is_file(), reason="the national database is not at hand")
LEVELS = {"tỉnh": "province", "huyện": "district", "xã": "commune"}
START = date(2020, 1, 1)


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


def plain_content(row: dict[str, Any]) -> dict[str, Any] | None:
    """What search needs of it; nothing where it is not of a province, its districts or communes."""
    levels = [LEVELS[level] for level in row.get("level_of_government", []) if level in LEVELS]
    field = row.get("field") or "Chưa rõ lĩnh vực"
    return (
        {
            "code": row["code"],
            "name": " ".join(row["name"].split()),
            "field": {"code": f"LV-{zlib.crc32(fold(field).encode()):08X}", "name": field},
            "government_levels": levels,
            "audiences": ["citizen"],
            "channels": ["counter"],
            "sample": False,
            "fees": [],
            "processing_time": None,
        }
        if levels
        else None
    )


async def load_real(database: Database) -> None:
    """The local procedures in force, and offered by the bodies of Hòa Bình that are called as their own."""
    rows = [json.loads(line) for line in REAL.read_text("utf-8").splitlines()]
    contents = {row["code"]: content for row in rows if (content := plain_content(row))}
    async with database.transaction() as session:
        procedures = [{"code": code, "version": 1, "source": "national"} for code in contents]
        await session.execute(insert(Procedure), procedures)
        await session.execute(insert(Version), [version(content) for content in contents.values()])
        named = {fold(body.name): body.code for body in await session.scalars(select(Agency))}
        named["uy ban nhan dan cap huyen"] = named["uy ban nhan dan huyen luong son"]
        offers = {
            (named[fold(name)], row["code"])
            for row in rows
            for name in row.get("agency", "").split(";")
            if row["code"] in contents and fold(name) in named
        }
        await session.execute(insert(Offering), [offering(*offer) for offer in sorted(offers)])
        await session.execute(text("ANALYZE procedure_version"))


def version(content: dict[str, Any]) -> dict[str, Any]:
    days = {"valid": Range(START, None), "valid_from": START}
    row = {"procedure_code": content["code"], "number": 1, "state": "published", "content": content}
    return {**row, **days, "gaps": [], "reason": "", **described(content)}


def offering(agency: str, code: str) -> dict[str, Any]:
    terms = {"online_level": 2, "mandated": False, "pilot": False, "valid": Range(START, None)}
    return {"id": uuid7(), "agency": agency, "procedure_code": code, **terms}


@pytest.fixture(scope="module")
def national(clone: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    cloned = clone("catalog")
    settings = Settings(**system.settings("catalog", cloned.app_url))

    async def load() -> None:
        await loading.load(settings, system.StoppedClock(), places_only=True)
        database = Database(cloned.owner_url, 1)
        try:
            await load_real(database)
        finally:
            await database.close()

    asyncio.run(load())
    return cloned


@pytest.fixture
async def real(national: ServiceDatabase) -> AsyncIterator[httpx.AsyncClient]:
    outside = Outside(clock=system.StoppedClock(), issuer_keys=system.issuer_keys)
    app = create_app(Settings(**system.settings("catalog", national.app_url)), outside)
    async with system.running(app) as client:
        yield client


@needs_real
@pytest.mark.parametrize(("name", "least"), [("queries.tsv", 0.95), ("queries_later.tsv", 0.85)])
async def test_the_right_one_of_2358_comes_first(real: httpx.AsyncClient, name: str, least: float) -> None:
    found = await ranks(real, name)
    mean = sum(found.values()) / len(found)
    assert mean >= least, {q: round(rank, 2) for q, rank in found.items() if rank < 1}


async def test_the_right_one_of_the_sample_comes_first(world: World) -> None:
    found = await ranks(world.client, "queries_sample.tsv")
    assert sum(found.values()) / len(found) >= 0.92, {q: rank for q, rank in found.items() if rank < 1}


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
