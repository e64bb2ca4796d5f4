"""The generic form, with which an editor raises a procedure that has none of its own."""

from __future__ import annotations

from typing import Any

GENERIC: dict[str, Any] = {
    "schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "full_name": {"title": "Họ và tên", "type": "string", "minLength": 1, "maxLength": 200},
            "personal_number": {"title": "Số định danh", "type": "string", "format": "vn-personal-number"},
            "phone": {"title": "Số điện thoại", "type": "string", "format": "vn-phone"},
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


def is_generic(form: dict[str, Any]) -> bool:
    """Also one that was put before the schema named its formats: how it is laid out has stayed."""
    return bool(form["layout"] == GENERIC["layout"])
