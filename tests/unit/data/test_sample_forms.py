from typing import Any

import jsonschema_rs
import pytest

from tests.unit.data.files import procedures

FORMS = {code: content["form"] for code, content in procedures().items() if content["form"]}


def refuse(uri: str) -> Any:
    """A form stands alone: nothing is fetched."""
    raise ValueError(uri)


def validator(form: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(form["schema"], validate_formats=True, retriever=refuse)


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema and every object nested in its properties."""
    inner = [found for part in schema.get("properties", {}).values() for found in objects(part)]
    return [schema, *inner] if schema.get("type") == "object" else inner


def leaves(schema: dict[str, Any], path: str = "") -> dict[str, dict[str, Any]]:
    """Pointer → schema of what a person fills in."""
    found: dict[str, dict[str, Any]] = {}
    for key, part in schema["properties"].items():
        pointer = f"{path}/{key}"
        found |= leaves(part, pointer) if part["type"] == "object" else {pointer: part}
    return found


def fields(form: dict[str, Any]) -> list[dict[str, str]]:
    return [field for group in form["layout"]["groups"] for field in group["fields"]]


@pytest.mark.parametrize("code", FORMS)
def test_the_example_of_a_form_is_valid(code: str) -> None:
    jsonschema_rs.meta.validate(FORMS[code]["schema"])
    errors = validator(FORMS[code]).iter_errors(FORMS[code]["example"])
    assert [error.message for error in errors] == []


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
        assert set(field) == {"pointer", "widget", "label", "help"}
        assert all(text.strip() for text in field.values())
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
        if part.get("pattern") == "^[0-9]{12}$":
            assert value[:9] in {"017300000", "017200000"}, pointer
        if part.get("pattern") == "^0[0-9]{9}$":
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
    for wrong in ("85", "1985-13", "21/07/1985"):
        assert not validator(form).is_valid(form["example"] | {"date_of_birth": wrong})
