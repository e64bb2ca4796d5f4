"""Addresses in forms: by units that are there on the day of submission."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.unit.dossier.conftest import CONSTRUCTION, FORM, World, procedure

pytestmark = pytest.mark.anyio

CODE = "9.000077"
HOME = {"province_code": "17", "district_code": "148", "commune_code": "04807", "detail": "Số 5"}


def unit(level: str) -> dict[str, str]:
    return {"type": "string", "x-unit": level}


def with_address(world: World) -> None:
    schema = procedure()["form_schema"]
    address = {
        "type": "object",
        "properties": {
            **{f"{level}_code": unit(level) for level in ("province", "district", "commune")},
            "detail": {"type": "string"},
        },
        "required": ["commune_code"],
    }
    schema["properties"]["homes"] = {"type": "array", "items": {"$ref": "#/$defs/motcua.address"}}
    schema["$defs"] = {"motcua.address": address}
    world.catalogue[CODE] = procedure(code=CODE, papers=[], fees=[], form_schema=schema)


def form(*homes: dict[str, Any]) -> dict[str, Any]:
    return {**FORM, "homes": list(homes)}


async def refused(world: World, *homes: dict[str, Any]) -> list[tuple[str, str]]:
    answer = await world.create(procedure=CODE, form=form(*homes), submit=True)
    assert (answer.status_code, answer.json()["code"]) == (422, "dossier-incomplete"), answer.text
    return [(error["code"], error["pointer"]) for error in answer.json()["errors"]]


async def test_an_address_of_today_is_taken(world: World) -> None:
    with_address(world)
    answer = await world.create(procedure=CODE, form=form(HOME), submit=True)
    assert answer.status_code == 201, answer.text
    # Frozen with it; what becomes of the units later changes nothing.
    assert answer.json()["status"] == "submitted"


async def test_all_faults_of_addresses_and_form_at_once(world: World) -> None:
    with_address(world)
    ended = {"commune_code": "04810"}
    elsewhere = {**HOME, "district_code": "150"}
    wrong = {"commune_code": "148", "province_code": "99"}
    assert set(await refused(world, {}, HOME, ended, elsewhere, wrong)) == {
        ("form-required", "/form/homes/0/commune_code"),
        ("unit-not-valid", "/form/homes/2/commune_code"),
        ("unit-elsewhere", "/form/homes/3/commune_code"),
        ("unit-unknown", "/form/homes/4/province_code"),
        ("unit-level", "/form/homes/4/commune_code"),
    }


async def test_a_draft_says_what_it_lacks_and_is_held_at_submission(world: World) -> None:
    with_address(world)
    draft = (await world.create(procedure=CODE, form=form({"commune_code": "04810"}))).json()
    assert [(m["code"], m["pointer"]) for m in draft["missing"]] == [
        ("unit-not-valid", "/form/homes/0/commune_code")
    ]
    assert draft["missing"][0]["detail"].startswith("Xã ngừng hoạt động (mẫu) (mã 04810) ")
    held = await world.act(draft, "submit", {}, world.citizen())
    assert (held.status_code, held.json()["code"]) == (422, "dossier-incomplete")
    changed = await world.client.patch(
        f"/v1/dossiers/{draft['id']}",
        json={"form": form(HOME)},
        headers=world.citizen(**{"If-Match": f'"{draft["version"]}"'}),
    )
    assert changed.json()["missing"] == []
    assert (await world.act(draft, "submit", {}, world.citizen())).status_code == 200


async def test_the_day_of_submission_counts(world: World) -> None:
    with_address(world)
    world.clock.set("2025-07-01T09:00:00+07:00")
    assert {code for code, _ in await refused(world, HOME)} == {"unit-not-valid"}


async def test_the_counter_checks_addresses_too(world: World) -> None:
    with_address(world)
    body = {
        "procedure": CODE, "agency": CONSTRUCTION, "channel": "counter",
        "form": form({**HOME, "district_code": "150"}),
        "applicant": {"kind": "citizen", "name": "Bùi Thị Quầy"},
    }  # fmt: skip
    headers = world.staff("officer", **{"Idempotency-Key": "quay-dia-chi"})
    answer = await world.client.post("/v1/dossiers", json=body, headers=headers)
    assert [error["code"] for error in answer.json()["errors"]] == ["unit-elsewhere"]


async def test_before_the_units_have_come_nobody_is_refused(world: World) -> None:
    with_address(world)
    async with world.app.state.database.transaction() as session:
        await session.execute(text("DELETE FROM unit"))
    try:
        answer = await world.create(procedure=CODE, form=form({"commune_code": "04810"}), submit=True)
        assert answer.status_code == 201, answer.text
    finally:
        async with world.app.state.database.transaction() as session:
            await session.execute(text("DELETE FROM cursor WHERE name = 'dossier-catalog'"))
        await world.app.state.consumers["dossier-catalog"].step()
    assert await refused(world, {"commune_code": "04810"})
