"""Forms: the library of parts, what stands against publishing one, trying one out."""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit.forms import faults
from services.catalog.codelists import shipped
from services.catalog.content import Content
from services.catalog.forms import checks, layout, parts
from services.catalog.forms.generic import GENERIC, is_generic
from services.catalog.forms.schema import DRAFT
from tests.unit.catalog.conftest import World

FIELD = {"widget": "text", "label": "Ô", "help": ""}


def form(**changes: Any) -> dict[str, Any]:
    """An author's form of a person, an address and a condition."""
    return {
        "schema": {
            "$schema": DRAFT,
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "owner": {"$ref": "motcua:person", "title": "Chủ hộ"},
                "home": {"$ref": "motcua:address"},
                "kind": {"type": "string", "enum": ["Mới", "Cấp lại"]},
                "old_number": {"type": "string", "minLength": 1},
            },
            "required": ["owner", "home", "kind"],
            "if": {"properties": {"kind": {"const": "Cấp lại"}}, "required": ["kind"]},
            "then": {"required": ["old_number"]},
        },
        "layout": {
            "groups": [
                {"$ref": "motcua:person", "pointer": "/owner"},
                {
                    "key": "request",
                    "title": "Đề nghị",
                    "fields": [
                        {"$ref": "motcua:address", "pointer": "/home"},
                        {**FIELD, "pointer": "/kind", "widget": "radio", "label": "Loại đề nghị"},
                        {**FIELD, "pointer": "/old_number", "label": "Số giấy cũ",
                         "show_if": {"pointer": "/kind", "equals": "Cấp lại"}},
                    ],
                },
            ]
        },
        "example": {
            "owner": {"$ref": "motcua:person"},
            "home": {"$ref": "motcua:address"},
            "kind": "Mới",
        },
        **changes,
    }  # fmt: skip


def found(of: dict[str, Any]) -> list[tuple[str, str | None]]:
    told = checks.faults(parts.assembled(of), code_lists=shipped())
    assert all("{" not in each.in_words(tongue).detail for each in told for tongue in ("vi", "en"))
    return [(each.code, each.pointer) for each in told]


def test_parts_are_copied_in_with_their_fields_and_the_form_stands_alone() -> None:
    stored = parts.assembled(form())
    assert checks.faults(stored, code_lists=shipped()) == []
    assert "motcua:" not in str(stored)
    assert stored["schema"]["properties"]["owner"] == {"$ref": "#/$defs/motcua.person", "title": "Chủ hộ"}
    assert stored["schema"]["$defs"].keys() == {"motcua.person", "motcua.address"}
    owner, request = stored["layout"]["groups"]
    assert (owner["key"], owner["title"]) == ("owner", "Cá nhân")
    assert owner["fields"][3]["show_if"]["pointer"] == "/owner/paper_type"
    assert [field["pointer"] for field in request["fields"]][:2] == [
        "/home/province_code",
        "/home/district_code",
    ]
    assert stored["example"]["home"]["commune_code"] == "04807"
    assert parts.assembled(stored) == stored  # saved again, it stays as it was


def test_a_part_within_a_part_and_in_a_list() -> None:
    schema = {
        "type": "object",
        "properties": {"firms": {"type": "array", "items": {"$ref": "motcua:organisation"}}},
    }
    of = form(
        schema=schema,
        layout={"groups": [{"$ref": "motcua:organisation", "pointer": "/firms/*", "title": "Doanh nghiệp"}]},
        example={"firms": [{"$ref": "motcua:organisation"}]},
    )
    assert found(of) == []
    stored = parts.assembled(of)
    pointers = [field["pointer"] for field in stored["layout"]["groups"][0]["fields"]]
    assert "/firms/*/seat/commune_code" in pointers
    wrong = {"firms": [{"name": "A", "tax_code": "12", "representative": "B"}]}
    told = layout.labelled(faults(stored["schema"], wrong), stored["layout"])
    words = {each.pointer: each.in_words("vi").detail for each in told}
    assert words["/firms/0/tax_code"].startswith("Mã số thuế: Mã số thuế gồm 10 chữ số")


def test_a_person_without_papers_or_with_old_ones_can_be_written_down() -> None:
    schema = parts.assembled(form())["schema"]
    person = {
        "type": "object",
        "properties": {"p": {"$ref": "#/$defs/motcua.person"}},
        "$defs": schema["$defs"],
    }
    for good in (
        {"full_name": "Ân", "paper_type": "none"},
        {"full_name": "Ân", "paper_type": "old_card", "paper_number": "113123456", "date_of_birth": "1931"},
        {"full_name": "Ân", "paper_type": "passport", "paper_number": "B1234567", "date_of_birth": "1985-07"},
    ):
        assert faults(person, {"p": good}) == []
    for wrong in (
        {"full_name": "Ân", "paper_type": "personal_number"},
        {"full_name": "Ân", "paper_type": "personal_number", "paper_number": "113123456"},
        {"full_name": "Ân", "paper_type": "none", "date_of_birth": "1985-02-30"},
    ):
        assert len(faults(person, {"p": wrong})) == 1


def test_every_part_stands_alone_and_its_example_is_valid() -> None:
    assert parts.library().keys() == {"person", "address", "organisation", "contact"}
    for name in parts.library():
        ref = {"$ref": f"motcua:{name}"}
        of = {
            "schema": {"type": "object", "properties": {"a": ref}, "required": ["a"]},
            "layout": {"groups": [{**ref, "pointer": "/a"}]},
            "example": {"a": ref},
        }
        assert found(of) == [], name


def test_the_generic_form_can_be_published_and_is_known_again() -> None:
    assert found(GENERIC) == []
    assert is_generic(GENERIC)
    assert not is_generic(parts.assembled(form()))
    assert faults(GENERIC["schema"], {**GENERIC["example"], "personal_number": "1"})[0].code == "form-format"


def changed(path: str, value: Any) -> dict[str, Any]:
    """The form with one place changed; None takes it away."""
    of = copy.deepcopy(form())
    node: Any = of
    *steps, last = path.split("/")
    for step in steps:
        node = node[int(step) if isinstance(node, list) else step]
    key: Any = int(last) if isinstance(node, list) else last
    if value is None:
        del node[key]
    else:
        node[key] = value
    return of


REQUEST = "layout/groups/1/fields"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("schema/properties/owner/$ref", "motcua:persn",
         [("part-unknown", "/form/schema/properties/owner/$ref")]),
        ("layout/groups/0/$ref", "motcua:x", [("part-unknown", "/form/layout/groups/0/$ref")]),
        (f"{REQUEST}/0/$ref", "motcua:x", [("part-unknown", "/form/layout/groups/1/fields/0/$ref")]),
        ("schema/properties/kind/format", "vn-kind",
         [("format-unknown", "/form/schema/properties/kind/format")]),
        ("schema/properties/kind/$ref", "http://127.0.0.1:1/a",
         [("schema-reference", "/form/schema/properties/kind/$ref")]),
        ("schema/properties/kind/x-code-list", "nothing",
         [("code-list-unknown", "/form/schema/properties/kind/x-code-list")]),
        ("schema/properties/kind/x-unit", "hamlet",
         [("unit-level-unknown", "/form/schema/properties/kind/x-unit")]),
        ("layout/groups", "x", [("form-type", "/form/layout/groups")]),
        ("layout", {}, [("form-required", "/form/layout/groups")]),
        ("layout/groups/1/colour", "red", [("form-additional-properties", "/form/layout/groups/1/colour")]),
        ("layout/groups/1/key", "owner", [("group-twice", "/form/layout/groups/1/key")]),
        (f"{REQUEST}/1/widget", "slider", [("form-enum", "/form/layout/groups/1/fields/4/widget")]),
        (f"{REQUEST}/1/label", "", [("form-min-length", "/form/layout/groups/1/fields/4/label")]),
        (f"{REQUEST}/2/pointer", "/old", [("pointer-unknown", "/form/layout/groups/1/fields/5/pointer"),
                                        ("field-missing", "/form/layout/groups")]),
        (f"{REQUEST}/2", None, [("field-missing", "/form/layout/groups")]),
        (f"{REQUEST}/2/show_if/pointer", "/nothing",
         [("condition-unknown", "/form/layout/groups/1/fields/5/show_if/pointer")]),
        (f"{REQUEST}/2/show_if/pointer", "/old_number",
         [("condition-unknown", "/form/layout/groups/1/fields/5/show_if/pointer")]),
        (f"{REQUEST}/2/show_if/equals", "Cấp Lại",
         [("condition-never", "/form/layout/groups/1/fields/5/show_if")]),
        (f"{REQUEST}/2/show_if/present", True, [("form-one-of", "/form/layout/groups/1/fields/5/show_if")]),
        (f"{REQUEST}/1/show_if", {"pointer": "/old_number", "present": True},
         [("hidden-required", "/form/layout/groups/1/fields/4/show_if")]),
        ("layout/groups/0/show_if", {"pointer": "/kind", "in": ["Mới"]},
         [("hidden-required", "/form/layout/groups/0/show_if")] * 2),
        ("example/kind", None, [("form-required", "/form/example/kind")]),
        ("example/kind", "Cấp lại", [("form-required", "/form/example/old_number")]),
    ],
)  # fmt: skip
def test_what_stands_against_publishing_a_form_is_named_with_its_place(
    path: str, value: Any, expected: list[tuple[str, str]]
) -> None:
    assert found(changed(path, value)) == expected


def test_everything_about_a_layout_at_once() -> None:
    of = changed("example/kind", None)
    of["layout"]["groups"][1]["fields"].append({**FIELD, "pointer": "/kind"})
    of["layout"]["groups"][1]["fields"].append({**FIELD, "pointer": "/zzz"})
    assert {code for code, _ in found(of)} == {"field-twice", "pointer-unknown", "form-required"}


pytestmark = pytest.mark.anyio


def content(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"Thủ tục thử {code}",
        "field": {"code": "TH01", "name": "Thử mẫu điện tử"},
        "government_levels": ["commune"],
        "processing_time": {"amount": 3, "unit": "working_days"},
        "results": [{"code": "KQ-01", "name": "Giấy"}],
        "form": form(),
        **changes,
    }


async def drafted(world: World, of: dict[str, Any]) -> httpx.Response:
    body = {**content(f"7.{uuid4().int % 10**6:06d}"), "form": of}
    return await world.client.post("/v1/procedures", json=body, headers=world.editor())


async def tried(world: World, code: str, data: Any, query: str = "", **more: Any) -> httpx.Response:
    path = f"/v1/procedures/{code}/form/check{query}"
    return await world.client.post(path, json={"data": data, **more.pop("body", {})}, **more)


async def test_an_author_looks_at_the_parts(world: World) -> None:
    shown = await world.client.get("/v1/procedures/form-parts")
    assert shown.headers["ETag"]
    by_name = {part["name"]: part for part in shown.json()}
    assert by_name["organisation"]["ref"] == "motcua:organisation"
    for part in by_name.values():
        assert faults(part["schema"], part["example"]) == []
        assert part["layout"]["groups"][0]["fields"]


async def test_what_is_saved_stands_alone_and_the_draft_can_be_tried_by_editors(world: World) -> None:
    saved = await drafted(world, form())
    assert saved.status_code == 201, saved.text
    code = saved.json()["code"]
    stored = saved.json()["content"]["form"]
    assert stored == parts.assembled(form())
    data = {**stored["example"], "kind": "Cấp lại"}
    assert (await tried(world, code, data)).status_code == 404  # nothing is published
    draft = "?version=draft"
    assert (await tried(world, code, data, draft)).status_code == 401
    citizen = {**world.editor(), "Accept-Language": "vi"}
    answer = await tried(world, code, data, draft, headers=citizen)
    assert answer.status_code == 422
    assert [(e["pointer"], e["detail"]) for e in answer.json()["errors"]] == [
        ("/old_number", "Số giấy cũ: Mục này là bắt buộc.")
    ]
    good = await tried(world, code, {**data, "old_number": "12"}, draft, headers=world.editor())
    assert good.json() == {"valid": True, "warnings": []}
    none = await tried(world, "9.000001", {}, draft, headers=world.editor())
    assert (none.status_code, none.json()["code"]) == (409, "no-draft")


@pytest.mark.parametrize(
    ("of", "places"),
    [
        (changed("schema/properties/kind/format", "zzz"), {"/form/schema/properties/kind/format"}),
        (changed("schema/properties/kind/pattern", "^(?=a)(a+)+$"), {"/form/schema/properties/kind/pattern"}),
        (changed("schema/properties/kind/$ref", "file:///etc/passwd"), {"/form/schema/properties/kind/$ref"}),
        (changed(f"{REQUEST}/2", None), {"/form/layout/groups"}),
    ],
)
async def test_a_form_that_cannot_be_used_is_not_saved(
    world: World, of: dict[str, Any], places: set[str]
) -> None:
    refused = await drafted(world, of)
    assert (refused.status_code, refused.json()["code"]) == (422, "form-unusable")
    assert {error["pointer"] for error in refused.json()["errors"]} == places


async def test_addresses_are_checked_on_the_day(world: World) -> None:
    code = "9.000047"
    example = (await world.client.get(f"/v1/procedures/{code}/form")).json()["example"]
    assert (await tried(world, code, example)).json()["valid"] is True
    elsewhere = {**example, "address": {**example["address"], "district_code": "150"}}
    answer = await tried(world, code, elsewhere)
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("unit-elsewhere", "/address/commune_code")
    ]
    assert "Xã, phường, thị trấn: " in answer.json()["errors"][0]["detail"]
    unknown = {**example, "address": {**example["address"], "commune_code": "99999", "province_code": "148"}}
    answer = await tried(world, code, unknown)
    assert {e["code"] for e in answer.json()["errors"]} == {"unit-unknown", "unit-level"}
    after = await tried(world, code, example, body={"on": "2025-07-01"})
    assert {e["code"] for e in after.json()["errors"]} == {"unit-not-valid"}
    assert "01/07/2025" in after.json()["errors"][0]["detail"]


async def test_a_doubtful_number_is_a_warning_and_no_refusal(world: World) -> None:
    code = "9.000002"
    assert (await tried(world, "9.000006", {})).status_code == 422
    example = (await world.client.get("/v1/procedures/9.000006/form")).json()["example"]
    doubtful = {**example, "personal_number": "003585000009"}
    answer = await tried(world, "9.000006", doubtful)
    assert answer.json()["valid"] is True
    assert [(w["code"], w["pointer"]) for w in answer.json()["warnings"]] == [
        ("personal-number-province", "/personal_number"),
        ("personal-number-century", "/personal_number"),
    ]
    worse = await tried(world, "9.000006", {**doubtful, "months": 99})
    assert worse.json()["warnings"][0]["code"] == "personal-number-province"
    english = await tried(
        world, "9.000006", {**example, "personal_number": "1"}, headers={"Accept-Language": "en"}
    )
    assert english.json()["errors"][0]["detail"] == "Số định danh cá nhân: A personal number has 12 digits."
    assert (await tried(world, code, {"full_name": 7})).json()["code"] == "form-refused"


def test_a_content_with_parts_is_still_a_content() -> None:
    assert Content.model_validate(content("7.000001")).form is not None
