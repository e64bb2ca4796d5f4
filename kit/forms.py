"""Data against a JSON Schema (2020-12): all faults at once, with pointers, in words for people. Pure."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from kit.problem import FieldFault, pointer

_NOT_KNOWN = {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."}
_MALFORMED = {"vi": "Không đúng định dạng.", "en": "Not in the expected form."}
_SMALL = {"vi": "Số quá nhỏ.", "en": "The number is too small."}
_LARGE = {"vi": "Số quá lớn.", "en": "The number is too large."}
_WORDS: dict[str, dict[str, str]] = {
    "required": {"vi": "Mục này là bắt buộc.", "en": "This is required."},
    "additionalProperties": _NOT_KNOWN,
    "unevaluatedProperties": _NOT_KNOWN,
    "falseSchema": _NOT_KNOWN,
    "type": {"vi": "Sai kiểu dữ liệu.", "en": "Wrong type."},
    "minLength": {"vi": "Quá ngắn.", "en": "Too short."},
    "maxLength": {"vi": "Quá dài.", "en": "Too long."},
    "pattern": _MALFORMED,
    "format": _MALFORMED,
    "enum": {"vi": "Chọn một giá trị trong danh sách.", "en": "Choose one of the list."},
    "const": {"vi": "Giá trị này là bắt buộc.", "en": "This value is compulsory."},
    "minimum": _SMALL,
    "maximum": _LARGE,
    "exclusiveMinimum": _SMALL,
    "exclusiveMaximum": _LARGE,
    "minItems": {"vi": "Cần thêm mục.", "en": "More items are needed."},
    "maxItems": {"vi": "Quá nhiều mục.", "en": "Too many items."},
}
_OTHER = {"vi": "Giá trị không hợp lệ.", "en": "The value is not valid."}


class SchemaUnusable(ValueError):
    """A schema that does not compile, or refers to anything outside itself."""


def _refuse(uri: str) -> Any:
    # Left to itself the library would fetch the address.
    raise ValueError(f"a form refers to nothing outside itself: {uri}")


@lru_cache(maxsize=256)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True, retriever=_refuse)


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Raises SchemaUnusable."""
    try:
        return _validator(json.dumps(schema, sort_keys=True, ensure_ascii=False))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise SchemaUnusable(str(error)[:300]) from None


def faults(schema: dict[str, Any], data: Any, at: str = "") -> list[FieldFault]:
    """Everything that is wrong with `data`, each with its JSON pointer below `at`."""
    found = []
    for error in compiled(schema).iter_errors(data):
        # The kinds' own members (property, unexpected) are not in the library's type stubs.
        kind: Any = error.kind
        keyword, path = str(kind.name), list(error.instance_path)
        places = [path]
        if keyword == "required":
            places = [[*path, str(kind.property)]]
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            places = [[*path, str(name)] for name in kind.unexpected]
        words = _WORDS.get(keyword, _OTHER)
        found += [FieldFault(f"form-{_kebab(keyword)}", words, pointer=at + pointer(p)) for p in places]
    return found


def _kebab(keyword: str) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in keyword)
