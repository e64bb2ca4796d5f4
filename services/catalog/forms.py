"""Electronic forms: JSON Schema 2020-12 with a layout. Compiling, checking, and the generic form. Pure."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from kit.problem import FieldFault, pointer
from services.catalog.errors import FormUnusable

_WORDS: dict[str, dict[str, str]] = {
    "required": {"vi": "Mục này là bắt buộc.", "en": "This is required."},
    "additionalProperties": {"vi": "Mục này không có trong mẫu.", "en": "This is not in the form."},
    "type": {"vi": "Sai kiểu dữ liệu.", "en": "Wrong type."},
    "minLength": {"vi": "Quá ngắn.", "en": "Too short."},
    "maxLength": {"vi": "Quá dài.", "en": "Too long."},
    "pattern": {"vi": "Không đúng định dạng.", "en": "Not in the expected form."},
    "format": {"vi": "Không đúng định dạng.", "en": "Not in the expected form."},
    "enum": {"vi": "Chọn một giá trị trong danh sách.", "en": "Choose one of the list."},
    "const": {"vi": "Giá trị này là bắt buộc.", "en": "This value is compulsory."},
    "minimum": {"vi": "Số quá nhỏ.", "en": "The number is too small."},
    "maximum": {"vi": "Số quá lớn.", "en": "The number is too large."},
}
_OTHER = {"vi": "Giá trị không hợp lệ.", "en": "The value is not valid."}


def _refuse(uri: str) -> Any:
    raise ValueError(f"a form refers to nothing outside itself: {uri}")


@lru_cache(maxsize=256)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True, retriever=_refuse)


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Raises FormUnusable for a schema that does not compile or refers outside itself."""
    try:
        return _validator(json.dumps(schema, sort_keys=True, ensure_ascii=False))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise FormUnusable(reason=str(error)[:300]) from None


def faults(schema: dict[str, Any], data: dict[str, Any]) -> list[FieldFault]:
    """Everything that is wrong with `data`, each with its JSON pointer."""
    found = []
    for error in compiled(schema).iter_errors(data):
        # The kinds' own members (property, unexpected) are not in the library's type stubs.
        kind: Any = error.kind
        keyword, path = str(kind.name), list(error.instance_path)
        places = [path]
        if keyword == "required":
            places = [[*path, str(kind.property)]]
        elif keyword == "additionalProperties":
            places = [[*path, str(name)] for name in kind.unexpected]
        words = _WORDS.get(keyword, _OTHER)
        found += [FieldFault(f"form-{keyword}".lower(), words, pointer=pointer(place)) for place in places]
    return found


GENERIC: dict[str, Any] = {
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "full_name": {"title": "Họ và tên", "type": "string", "minLength": 1, "maxLength": 200},
            "personal_number": {"title": "Số định danh", "type": "string", "pattern": "^[0-9]{12}$"},
            "phone": {"title": "Số điện thoại", "type": "string", "pattern": "^0[0-9]{9}$"},
            "address": {"title": "Địa chỉ liên hệ", "type": "string", "minLength": 1, "maxLength": 500},
            "request": {"title": "Nội dung đề nghị", "type": "string", "minLength": 1, "maxLength": 5000},
            "commitment": {"title": "Cam kết nội dung khai là đúng", "const": True},
        },
        "required": ["full_name", "personal_number", "phone", "request", "commitment"],
    },
    "layout": {
        "groups": [
            {
                "key": "applicant",
                "title": "Người nộp hồ sơ",
                "fields": [
                    {"pointer": "/full_name", "widget": "text", "label": "Họ và tên",
                     "help": "Viết đúng như trên giấy tờ tùy thân; tên một từ cũng được."},
                    {"pointer": "/personal_number", "widget": "text", "label": "Số định danh cá nhân",
                     "help": "12 chữ số trên thẻ căn cước."},
                    {"pointer": "/phone", "widget": "phone", "label": "Số điện thoại",
                     "help": "10 chữ số; dùng để báo tin về hồ sơ."},
                    {"pointer": "/address", "widget": "text", "label": "Địa chỉ liên hệ", "help": ""},
                ],
            },
            {
                "key": "request",
                "title": "Nội dung đề nghị",
                "fields": [
                    {"pointer": "/request", "widget": "textarea", "label": "Đề nghị giải quyết việc gì",
                     "help": "Ghi rõ đối tượng, địa điểm và lý do."},
                    {"pointer": "/commitment", "widget": "checkbox",
                     "label": "Tôi cam kết nội dung khai trên là đúng", "help": ""},
                ],
            },
        ]
    },
    "example": {
        "full_name": "Nguyễn Thị Mẫu",
        "personal_number": "017300000009",
        "phone": "0900000009",
        "address": "Phường Phương Lâm, thành phố Hòa Bình",
        "request": "Đề nghị giải quyết thủ tục theo quy định.",
        "commitment": True,
    },
}  # fmt: skip
