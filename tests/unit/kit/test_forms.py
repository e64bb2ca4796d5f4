"""Formats of the country, schemas that forms cannot be made with, what a schema says about data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kit import addresses, formats, forms
from kit.addresses import Unit
from services.catalog.forms import schema as schemas

DAY = date(2020, 10, 26)
GOOD = {
    "vn-personal-number": ["017300000009"],
    "vn-old-card": ["113123456"],
    "vn-identity-number": ["017300000009", "113123456"],
    "passport": ["B1234567", "C01234567"],
    "vn-tax-code": ["5400000001", "5400000001-001", "017300000009"],
    "vn-phone": ["0900000001", "02183850000"],
    "vn-postal-code": ["36000"],
    "partial-date": ["1985", "1985-07", "1985-07-21", "2020-02-29"],
    "year-month": ["2020-10"],
    "clock-time": ["07:30", "23:59"],
}
BAD = {
    "vn-personal-number": ["01730000000", "0173000000091", "01730000000x", "٠١٧٣٠٠٠٠٠٠٠٩", "017300000009\n"],
    "vn-old-card": ["12345678", "1234567890"],
    "vn-identity-number": ["1234567890"],
    "passport": ["b1234567", "B 123456"],
    "vn-tax-code": ["540000000", "5400000001-1", "5400000001001"],
    "vn-phone": ["+84900000001", "090 000 0001", "1900000001", "09000000011"],
    "vn-postal-code": ["360000"],
    "partial-date": ["85", "1985-13", "1985-00", "2021-02-29", "1985-7", "21/07/1985", "0000", "1985-07-"],
    "year-month": ["2020-13", "2020"],
    "clock-time": ["7:30", "24:00"],
}


def codes(found: list[Any]) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.pointer) for fault in found]


def test_every_format_takes_what_is_and_refuses_what_cannot_be_in_both_languages() -> None:
    assert GOOD.keys() == BAD.keys() == formats.FORMATS.keys()
    for name, values in GOOD.items():
        schema = {"type": "object", "properties": {"a": {"type": "string", "format": name}}}
        for value in values:
            assert forms.faults(schema, {"a": value}) == [], (name, value)
        for value in BAD[name]:
            (fault,) = forms.faults(schema, {"a": value}, "/form")
            assert (fault.code, fault.pointer) == ("form-format", "/form/a"), (name, value)
            assert fault.words is formats.FORMATS[name].words
    number = forms.faults({"format": "vn-personal-number"}, "1")[0]
    assert number.in_words("vi").detail == "Số định danh cá nhân gồm 12 chữ số."
    assert number.in_words("en").detail == "A personal number has 12 digits."


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("017300000009", []),
        ("001085012345", []),
        ("003085012345", ["personal-number-province"]),
        ("000085012345", ["personal-number-province"]),
        ("101085012345", []),  # born in a country of annex 2
        ("017221000009", ["personal-number-century"]),
        ("003921000009", ["personal-number-province", "personal-number-century"]),
        ("12345", []),  # not the format: that is a fault, and no warning beside it
    ],
)
def test_province_and_century_of_a_personal_number_warn(number: str, expected: list[str]) -> None:
    schema = {"type": "object", "properties": {"n": {"format": "vn-personal-number"}}}
    found = forms.warnings(schema, {"n": number}, DAY)
    assert [each.code for each in found] == expected
    assert len(forms.faults(schema, {"n": number})) == (len(number) != 12)
    assert all("{" not in each.in_words("vi").detail for each in found)


def test_bounds_are_named_in_the_words() -> None:
    schema = {"properties": {"a": {"minimum": 3}, "b": {"maxLength": 2}, "c": {"minItems": 2}}}
    found = forms.faults(schema, {"a": 1, "b": "xxx", "c": []})
    assert {each.in_words("vi").detail for each in found} == {
        "Phải từ 3 trở lên.", "Nhiều nhất 2 ký tự.", "Ít nhất 2 mục.",
    }  # fmt: skip


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object", "properties": {"format": text(format="date")}}, []),
        ({"properties": {"a": text(format="vn-phon")}}, [("format-unknown", "/properties/a/format")]),
        ({"properties": {"a": text(format=7)}}, [("format-unknown", "/properties/a/format")]),
        ({"$ref": "https://x.example/a"}, [("schema-reference", "/$ref")]),
        ({"allOf": [{"$ref": "file:///etc/passwd"}]}, [("schema-reference", "/allOf/0/$ref")]),
        ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, [("schema-reference", "/$ref")]),
        ({"$ref": "#/$defs/none"}, [("schema-reference", "/$ref")]),
        ({"$ref": "#"}, [("schema-reference", "/$ref")]),
        ({"$dynamicRef": "#a"}, [("schema-keyword", "/$dynamicRef")]),
        ({"properties": {"a": {"$id": "x"}}}, [("schema-keyword", "/properties/a/$id")]),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, [("schema-draft", "/$schema")]),
        ({"type": 7}, [("schema-not-compiling", "")]),
        ({"properties": 7}, [("schema-not-compiling", "")]),
        ({"items": {"pattern": "("}}, [("pattern-unusable", "/items/pattern")]),
        ({"items": {"pattern": "^(?=a)(a+)+$"}}, [("pattern-unusable", "/items/pattern")]),
        ({"items": {"pattern": r"^(a+)\1$"}}, [("pattern-unusable", "/items/pattern")]),
        ({"patternProperties": {"(?!x)": {}}}, [("pattern-unusable", "/patternProperties/(?!x)")]),
        ({"pattern": "^(a+)+$"}, []),  # linear in this engine
        ({"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}},
         [("schema-recursive", "/$defs/a")]),
        ({"const": {"format": "no", "$ref": "data, not a schema"}}, []),
    ],
)  # fmt: skip
def test_schemas_that_cannot_be_used_are_refused_by_name(
    schema: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert codes(schemas.defects(schema)) == expected


def test_all_defects_at_once_below_the_given_place() -> None:
    schema = {"properties": {"a": {"format": "x"}, "b": {"$ref": "x:y"}, "c": {"pattern": "["}}}
    assert {place for _, place in codes(schemas.defects(schema, "/form/schema"))} == {
        "/form/schema/properties/a/format", "/form/schema/properties/b/$ref",
        "/form/schema/properties/c/pattern",
    }  # fmt: skip


def test_size_nesting_and_definitions_that_double_one_another_are_bounded() -> None:
    assert codes(schemas.defects({"enum": ["x" * schemas.LARGEST]})) == [("schema-too-large", "")]
    deep: dict[str, Any] = {}
    for _ in range(schemas.DEEPEST + 1):
        deep = {"items": deep}
    assert codes(schemas.defects(deep)) == [("schema-too-large", "")]
    twice = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}
    laughs = {"$ref": "#/$defs/d0", "$defs": {**twice, "d40": {}}}
    assert codes(schemas.defects(laughs)) == [("schema-too-large", "")]


def test_a_pattern_of_before_that_backtracks_ends_in_time() -> None:
    # Frozen with a dossier before patterns had to be linear: refused as not matching, not waited for.
    schema = text(pattern=r"^(?=((a|aa)+)+\1c)(a|aa)+(?<!x)$")
    assert len(forms.faults(schema, "a" * 5_000 + "!")) == 1


PLACE = {
    "type": "object",
    "properties": {
        "province_code": text(**{"x-unit": "province"}),
        "commune_code": text(pattern="^[0-9]{5}$", **{"x-unit": "commune"}),
        "detail": text(),
    },
    "required": ["commune_code", "detail"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "home": {"$ref": "#/$defs/place"},
        "sites": {"type": "array", "items": {"$ref": "#/$defs/place"}},
        "kind": text(),
        "a/b~": text(**{"x-unit": "district"}),
        "if": text(**{"x-unit": "district"}),
    },
    "if": {"properties": {"kind": {"const": "org", "x-unit": "never"}}, "required": ["kind"]},
    "then": {"properties": {"seat": text(**{"x-unit": "commune"})}},
    "else": {"properties": {"seat": text(**{"x-unit": "district"})}},
    "$defs": {"place": PLACE},
}


def said(data: Any) -> dict[str, tuple[str, Any]]:
    return {each.pointer: (each.annotation, each.value) for each in forms.annotated(SCHEMA, data, "x-unit")}


def test_annotations_are_found_through_references_lists_and_conditions() -> None:
    data = {"home": {"commune_code": "04807", "detail": "x"}, "sites": [{"province_code": "17"}, {}],
            "kind": "org", "seat": "04810", "a/b~": "148", "if": "150"}  # fmt: skip
    assert said(data) == {
        "/home/commune_code": ("commune", "04807"),
        "/sites/0/province_code": ("province", "17"),  # although the commune is missing
        "/seat": ("commune", "04810"),
        "/a~1b~0": ("district", "148"),
        "/if": ("district", "150"),
    }
    assert said({"kind": "other", "seat": "148"}) == {"/seat": ("district", "148")}
    assert said({"home": {"commune_code": "bad"}}) == {"/home/commune_code": ("commune", "bad")}
    assert said(7) == {}


def test_only_the_alternative_that_holds_speaks() -> None:
    by_kind = [
        {"properties": {"kind": {"const": kind}, "at": {"x-unit": kind}}, "required": ["kind"]}
        for kind in ("district", "commune")
    ]
    found = forms.annotated({"oneOf": by_kind}, {"kind": "commune", "at": "1"}, "x-unit")
    assert found == [("/at", "commune", "1")]


OLD, END, NEW = date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1)
UNITS = {
    unit.code: unit
    for unit in (
        Unit("17", "Tỉnh Hòa Bình", "province", None, "25", OLD, END),
        Unit("25", "Tỉnh Phú Thọ", "province", None, None, NEW, None),
        Unit("148", "Thành phố Hòa Bình", "district", "17", None, OLD, END),
        Unit("150", "Huyện Đà Bắc", "district", "17", None, OLD, END),
        Unit("04807", "Phường Phương Lâm", "commune", "148", None, OLD, END),
        # Invented: one that lay straight in the province, and outlived it.
        Unit("99001", "Xã Mẫu", "commune", "17", None, OLD, None),
    )
}
ADDRESS = {
    "properties": {
        f"{level}_code": text(**{"x-unit": level}) for level in ("province", "district", "commune")
    }
}


@pytest.mark.parametrize(
    ("address", "on", "expected"),
    [
        ({"province_code": "17", "district_code": "148", "commune_code": "04807"}, DAY, []),
        ({"province_code": "17", "commune_code": "04807"}, DAY, []),  # the district is optional
        ({"province_code": "17", "commune_code": "04807"}, END, []),
        ({"commune_code": "99999"}, DAY, [("unit-unknown", "/commune_code")]),
        ({"commune_code": "148"}, DAY, [("unit-level", "/commune_code")]),
        ({"province_code": "25"}, DAY, [("unit-not-valid", "/province_code")]),
        ({"commune_code": "04807"}, NEW, [("unit-not-valid", "/commune_code")]),
        ({"province_code": "25", "commune_code": "99001"}, NEW, []),  # the successor is the parent now
        ({"province_code": "17", "commune_code": "99001"}, DAY, []),
        ({"province_code": "17", "district_code": "150", "commune_code": "04807"}, DAY,
         [("unit-elsewhere", "/commune_code")]),
        ({"province_code": 17}, DAY, []),  # a wrong type is the schema's affair
    ],
)  # fmt: skip
def test_an_address_is_of_units_that_are_there_that_day(
    address: dict[str, Any], on: date, expected: list[tuple[str, str]]
) -> None:
    found = addresses.faults(ADDRESS, address, UNITS, on)
    assert codes(found) == expected
    assert all("{" not in each.in_words(tongue).detail for each in found for tongue in ("vi", "en"))
    assert addresses.codes(ADDRESS, address) == {v for v in address.values() if isinstance(v, str)}
