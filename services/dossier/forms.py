"""Form data against the version's JSON Schema (2020-12): all errors at once, in words. Pure."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from kit.problem import FieldFault, pointer

_WORDS: dict[str, dict[str, str]] = {
    "required": {"vi": "Mục này là bắt buộc.", "en": "This is required."},
    "additionalProperties": {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."},
    "unevaluatedProperties": {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."},
    "falseSchema": {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."},
    "type": {"vi": "Sai kiểu dữ liệu.", "en": "Wrong type."},
    "minLength": {"vi": "Quá ngắn.", "en": "Too short."},
    "maxLength": {"vi": "Quá dài.", "en": "Too long."},
    "pattern": {"vi": "Không đúng định dạng.", "en": "Not in the expected form."},
    "format": {"vi": "Không đúng định dạng.", "en": "Not in the expected form."},
    "enum": {"vi": "Chọn một giá trị trong danh sách.", "en": "Choose one of the list."},
    "const": {"vi": "Giá trị này là bắt buộc.", "en": "This value is compulsory."},
    "minimum": {"vi": "Số quá nhỏ.", "en": "The number is too small."},
    "maximum": {"vi": "Số quá lớn.", "en": "The number is too large."},
    "exclusiveMinimum": {"vi": "Số quá nhỏ.", "en": "The number is too small."},
    "minItems": {"vi": "Cần thêm mục.", "en": "More items are needed."},
    "maxItems": {"vi": "Quá nhiều mục.", "en": "Too many items."},
    "other": {"vi": "Giá trị không hợp lệ.", "en": "The value is not valid."},
}


def _refuse(uri: str) -> Any:
    raise ValueError(f"a form refers to nothing outside itself: {uri}")


@lru_cache(maxsize=256)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True, retriever=_refuse)


def faults(schema: dict[str, Any], data: dict[str, Any], at: str = "/form") -> list[FieldFault]:
    """Everything that is wrong with `data`, each with its JSON pointer below `at`."""
    validator = _validator(json.dumps(schema, sort_keys=True, ensure_ascii=False))
    found = []
    for error in validator.iter_errors(data):
        # The kinds' own members (property, unexpected) are not in the library's type stubs.
        kind: Any = error.kind
        keyword = str(kind.name)
        path = list(error.instance_path)
        places = [path]
        if keyword == "required":
            places = [[*path, str(kind.property)]]
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            places = [[*path, str(name)] for name in kind.unexpected]
        words = _WORDS.get(keyword, _WORDS["other"])
        found += [FieldFault(f"form-{_kebab(keyword)}", words, pointer=at + pointer(p)) for p in places]
    return found


def _kebab(keyword: str) -> str:
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in keyword)
