"""Data against a JSON Schema (2020-12): all faults at once, with pointers, in words for people. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from kit import formats
from kit.problem import FieldFault, Words, pointer

_NOT_KNOWN = {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."}
_MALFORMED = {"vi": "Không đúng định dạng.", "en": "Not in the expected form."}
_ONE_OF = {"vi": "Không khớp cách khai nào của mục này.", "en": "None of the ways to fill this in fits."}
_WORDS: dict[str, dict[str, str]] = {
    "required": {"vi": "Mục này là bắt buộc.", "en": "This is required."},
    "additionalProperties": _NOT_KNOWN,
    "unevaluatedProperties": _NOT_KNOWN,
    "falseSchema": _NOT_KNOWN,
    "type": {"vi": "Sai kiểu dữ liệu.", "en": "Wrong type."},
    "minLength": {"vi": "Ít nhất {limit} ký tự.", "en": "At least {limit} characters."},
    "maxLength": {"vi": "Nhiều nhất {limit} ký tự.", "en": "At most {limit} characters."},
    "pattern": _MALFORMED,
    "format": _MALFORMED,
    "enum": {"vi": "Chọn một giá trị trong danh sách.", "en": "Choose one of the list."},
    "const": {"vi": "Giá trị này là bắt buộc.", "en": "This value is compulsory."},
    "minimum": {"vi": "Phải từ {limit} trở lên.", "en": "Must be {limit} or more."},
    "maximum": {"vi": "Phải từ {limit} trở xuống.", "en": "Must be {limit} or less."},
    "exclusiveMinimum": {"vi": "Phải lớn hơn {limit}.", "en": "Must be greater than {limit}."},
    "exclusiveMaximum": {"vi": "Phải nhỏ hơn {limit}.", "en": "Must be less than {limit}."},
    "minItems": {"vi": "Ít nhất {limit} mục.", "en": "At least {limit} items."},
    "maxItems": {"vi": "Nhiều nhất {limit} mục.", "en": "At most {limit} items."},
    "uniqueItems": {"vi": "Có mục lặp lại.", "en": "An item is there twice."},
    "anyOf": _ONE_OF,
    "oneOf": _ONE_OF,
}
_OTHER = {"vi": "Giá trị không hợp lệ.", "en": "The value is not valid."}


class SchemaUnusable(ValueError):
    """A schema that does not compile, or refers to anything outside itself."""


def _refuse(uri: str) -> Any:
    # Left to itself the library would fetch the address.
    raise ValueError(f"a form refers to nothing outside itself: {uri}")


#: What is published has patterns that run in linear time (`schemas.defects`). Schemas frozen before that was
#: asked for may backtrack, but not for long.
_BOUNDED = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
_LINEAR = jsonschema_rs.RegexOptions()


@lru_cache(maxsize=256)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json.loads(schema),
        formats=formats.CHECKS,
        validate_formats=True,
        retriever=_refuse,
        pattern_options=_BOUNDED,
    )


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False)


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Raises SchemaUnusable."""
    try:
        return _validator(_text(schema))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise SchemaUnusable(str(error)[:300]) from None


def linear(pattern: Any) -> bool:
    """A regular expression in which nothing looks around or back, so that it ends in time."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_LINEAR)
    except ValueError:
        return False
    return True


def faults(schema: dict[str, Any], data: Any, at: str = "") -> list[FieldFault]:
    """Everything that is wrong with `data`, each with its JSON pointer below `at`."""
    found = []
    for error in compiled(schema).iter_errors(data):
        # The kinds' own members (property, unexpected, limit) are not in the library's type stubs.
        kind: Any = error.kind
        keyword, path = str(kind.name), list(error.instance_path)
        places = [path]
        if keyword == "required":
            places = [[*path, str(kind.property)]]
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            places = [[*path, str(name)] for name in kind.unexpected]
        words: Words = _WORDS.get(keyword, _OTHER)
        if keyword == "format":
            words = formats.WORDS.get(kind.format, _MALFORMED)
        limit = getattr(kind, "limit", None)
        code = f"form-{_kebab(keyword)}"
        found += [FieldFault(code, words, pointer=at + pointer(place), limit=limit) for place in places]
    return found


def warnings(schema: dict[str, Any], data: Any, on: date, at: str = "") -> list[FieldFault]:
    """What only looks wrong on the day `on` in values that have their format."""
    return [
        FieldFault(doubt.code, doubt.words, pointer=at + place, **doubt.facts)
        for place, name, value in annotated(schema, data, "format")
        for doubt in formats.doubts(name, value, on)
    ]


class Annotated(NamedTuple):
    """Where in the data, what the schema says there, and what stands there."""

    pointer: str
    annotation: Any
    value: Any


def annotated(schema: dict[str, Any], data: Any, keyword: str) -> list[Annotated]:
    """What the schema says by `keyword` about the places that the data has, each once, faulty ones too.

    References, lists, conditions and alternatives are followed as the validator follows them: the branches
    that hold speak, an `if` or a `not` never does.
    """
    if f'"{keyword}"' not in _text(schema):
        return []
    found: dict[tuple[str, str], Annotated] = {}
    for place, annotation in _said(compiled(schema).evaluate(data).hierarchical(), keyword):
        known, value = _at(data, place)
        if known:
            found.setdefault((place, json.dumps(annotation)), Annotated(place, annotation, value))
    return list(found.values())


def _said(node: Mapping[str, Any], keyword: str, above: str = "") -> Iterator[tuple[str, Any]]:
    """Of the validator's output: what a failed schema says it calls dropped, which does not matter here."""
    path = node["evaluationPath"]
    before, last = ["", *path.split("/")][-2:]
    # The condition stands within a node of the same path, beside its `then` or `else`.
    condition = last == "if" and path == above
    if condition or (before in ("anyOf", "oneOf") and not node["valid"]):
        return
    said = node.get("annotations", node.get("droppedAnnotations"))
    if last == keyword and before not in _NAMING and said is not None:
        yield node["instanceLocation"], said
    elif isinstance(said, dict) and keyword in said:
        yield node["instanceLocation"], said[keyword]
    for below in node.get("details", ()):
        yield from _said(below, keyword, path)


#: Below these stand names, not keywords.
_NAMING = ("properties", "patternProperties", "dependentSchemas", "$defs")


def _at(data: Any, place: str) -> tuple[bool, Any]:
    """Whether the data has the place of a JSON pointer, and what stands there."""
    for step in place.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(data, dict) and name in data:
            data = data[name]
        elif isinstance(data, list) and name.isdecimal() and int(name) < len(data):
            data = data[int(name)]
        else:
            return False, None
    return True, data


def _kebab(keyword: str) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in keyword)
