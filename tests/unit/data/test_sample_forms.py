import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from kit import addresses, forms
from services.catalog.codelists import shipped
from services.catalog.forms import checks
from services.catalog.forms.parts import assembled
from services.catalog.forms.schema import resolved, walk
from tests.unit.data.files import procedures, rows

FORMS = {code: assembled(content["form"]) for code, content in procedures().items() if content["form"]}


def validator(form: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return forms.compiled(form["schema"])


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema and every object within it, copied parts too."""
    return [part for _, part in walk(schema) if part.get("type") == "object"]


def leaves(
    schema: dict[str, Any], path: str = "", root: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Pointer → schema of what a person fills in."""
    root = root or schema
    found: dict[str, dict[str, Any]] = {}
    for key, each in schema["properties"].items():
        part = resolved(root, each) or each
        pointer = f"{path}/{key}"
        found |= leaves(part, pointer, root) if part["type"] == "object" else {pointer: part}
    return found


def fields(form: dict[str, Any]) -> list[dict[str, str]]:
    return [field for group in form["layout"]["groups"] for field in group["fields"]]


@pytest.mark.parametrize("code", FORMS)
def test_the_example_of_a_form_is_valid(code: str) -> None:
    jsonschema_rs.meta.validate(FORMS[code]["schema"])
    errors = validator(FORMS[code]).iter_errors(FORMS[code]["example"])
    assert [error.message for error in errors] == []


@pytest.mark.parametrize("code", FORMS)
def test_a_form_can_be_published_as_it_is(code: str) -> None:
    assert [(f.code, f.pointer) for f in checks.faults(FORMS[code], code_lists=shipped())] == []


@pytest.mark.parametrize("code", FORMS)
def test_the_units_of_an_example_exist(code: str) -> None:
    form = FORMS[code]
    known = {
        row["code"]: addresses.Unit(
            row["code"], row["name"], row["level"], row["parent_code"] or None, None,
            date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"] or "9999-12-31"),
        )
        for row in rows("units.csv")
    }  # fmt: skip
    asked = [part for part in leaves(form["schema"]).values() if "x-code-list" in part and "x-unit" in part]
    assert bool(asked) == bool(addresses.codes(form["schema"], form["example"]))
    assert addresses.faults(form["schema"], form["example"], known, date(2020, 10, 26)) == []


def test_conditions_and_parts_are_shown_by_samples() -> None:
    stored = procedures().values()
    texts = [json.dumps(content["form"]) for content in stored]
    assert sum('"show_if"' in text for text in texts) >= 2
    assert sum('"motcua:' in text for text in texts) >= 2


@pytest.mark.parametrize("code", FORMS)
def test_a_form_takes_nothing_that_it_does_not_name(code: str) -> None:
    schema = FORMS[code]["schema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all(part["additionalProperties"] is False for part in objects(schema))
    assert not validator(FORMS[code]).is_valid(FORMS[code]["example"] | {"không có trong mẫu": 1})


@pytest.mark.parametrize("code", FORMS)
def test_every_required_property_is_missed(code: str) -> None:
    form = FORMS[code]
    assert form["schema"]["required"]
    for key in form["schema"]["required"]:
        without = {name: value for name, value in form["example"].items() if name != key}
        assert not validator(form).is_valid(without), key


@pytest.mark.parametrize("code", FORMS)
def test_the_layout_shows_each_field_once(code: str) -> None:
    pointers = [field["pointer"] for field in fields(FORMS[code])]
    assert len(set(pointers)) == len(pointers)
    assert set(pointers) == set(leaves(FORMS[code]["schema"]))


@pytest.mark.parametrize("code", FORMS)
def test_each_field_is_labelled_and_explained_in_vietnamese(code: str) -> None:
    titles = leaves(FORMS[code]["schema"])
    for field in fields(FORMS[code]):
        assert set(field) - {"show_if"} == {"pointer", "widget", "label", "help"}
        assert all(text.strip() for name, text in field.items() if name != "show_if")
        assert field["label"] == titles[field["pointer"]]["title"]
    assert all(group["key"] and group["title"] for group in FORMS[code]["layout"]["groups"])


@pytest.mark.parametrize("code", FORMS)
def test_the_people_in_examples_are_invented(code: str) -> None:
    example = FORMS[code]["example"]
    for pointer, part in leaves(FORMS[code]["schema"]).items():
        value: Any = example
        for key in pointer.strip("/").split("/"):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            continue
        if part.get("format") == "vn-personal-number":
            assert value[:9] in {"017300000", "017200000"}, pointer
        if part.get("format") == "vn-phone":
            assert value.startswith("0900000"), pointer
        if part.get("format") == "email":
            assert value.endswith("@example.vn"), pointer


def building_permit(**changes: Any) -> list[str]:
    form = FORMS["9.000001"]
    return [error.message for error in validator(form).iter_errors(form["example"] | changes)]


def test_an_organisation_names_itself_in_the_building_permit() -> None:
    assert len(building_permit(applicant_kind="Tổ chức")) == 2
    named = {"organisation_name": "Công ty TNHH Mẫu Hòa Bình", "tax_code": "5400000001"}
    assert building_permit(applicant_kind="Tổ chức", **named) == []


def test_a_renovation_describes_the_present_state() -> None:
    assert len(building_permit(works_kind="Sửa chữa, cải tạo")) == 1
    assert building_permit(works_kind="Sửa chữa, cải tạo", current_state="Nhà hai tầng, mái tôn.") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"personal_number": "12345"},
        {"planned_start": "2020-02-30"},
        {"email": "không phải thư"},
        {"phone": "+84900000001"},
        {"storeys": "ba"},
        {"commitment": False},
    ],
)
def test_a_wrong_value_is_refused(changes: dict[str, Any]) -> None:
    assert building_permit(**changes)


def test_a_date_of_birth_may_be_a_year_or_a_month() -> None:
    form = FORMS["9.000006"]
    for born in ("1985", "1985-07", "1985-07-21"):
        assert validator(form).is_valid(form["example"] | {"date_of_birth": born})
    for wrong in ("85", "1985-13", "1985-02-30", "21/07/1985"):
        assert not validator(form).is_valid(form["example"] | {"date_of_birth": wrong})
