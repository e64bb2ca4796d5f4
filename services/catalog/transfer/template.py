"""The empty workbook that editors fill in: headings, lists to choose from, how to fill it in. CPU work."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from services.catalog.transfer import lines
from services.catalog.transfer.flat import COLUMNS, EXAMPLE, KEPT, Choices, Column

_ROWS = 5000
_LISTS, _DATA, _GUIDE = "Danh mục", "Thủ tục", "Hướng dẫn"
_EXAMPLE = {
    "code": f"{EXAMPLE.capitalize()}: 1.000005",
    "name": "Cấp giấy phép xây dựng mới",
    "field_code": "XD",
    "field_name": "Xây dựng",
    "processing_amount": 15,
    "description": "Dòng này chỉ để tham khảo, không được nhập.",
    "steps": "Nộp hồ sơ\nNhận kết quả",
    **lines.EXAMPLES,
}
_HOW = (
    "Cách nhập thủ tục hành chính bằng tệp này",
    "1. Điền vào trang Thủ tục, mỗi dòng một thủ tục. Dòng có mã bắt đầu bằng Ví dụ không được nhập.",
    "2. Bắt buộc có cột Mã thủ tục. Mã chưa có thì tạo bản nháp mới; mã đã có thì sửa bản nháp.",
    "3. Bỏ hẳn một cột: nội dung ấy giữ nguyên. Để trống ô: nội dung ấy bị xóa.",
    f"4. Ô ghi {KEPT}: nội dung ấy giữ nguyên.",
    "5. Mã là chữ, không phải số: định dạng ô là Text, nếu không Excel bỏ mất chữ số 0 ở cuối.",
    "6. Không dùng công thức, ô gộp, định dạng ngày. Chữ phải là Unicode, không phải TCVN3 (ABC) hay VNI.",
    "7. Ô nhiều mục: mỗi mục một dòng (Alt+Enter), các phần cách nhau bằng dấu |.",
    "8. Mẫu điện tử và các bước giải quyết nội bộ không nằm trong tệp này và được giữ nguyên.",
    "9. Nhập thử (dry_run) trước. Kết quả là chính tệp này, ô sai được tô màu; sửa rồi gửi lại được ngay.",
)


def template(choices: Choices, fields: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        page, lists, guide = (book.add_worksheet(name) for name in (_DATA, _LISTS, _GUIDE))
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        heading = book.add_format({"bold": True, "bg_color": "#d9e2f3", "text_wrap": True})
        aside = book.add_format({"italic": True, "font_color": "#808080", "text_wrap": True})
        sources = _write_lists(lists, choices, fields, heading)
        page.freeze_panes(1, 1)
        for place, column in enumerate(COLUMNS):
            number = column.name == "processing_amount"
            page.set_column(
                place, place, 18 if len(column.path) > 1 or place == 0 else 36, wrap if number else text
            )
            page.write_string(0, place, column.label + (" *" if column.required else ""), heading)
            page.write_comment(0, place, column.note)
            page.write(1, place, _example(column, choices), aside)
            _choose(page, place, column, sources)
        for row, line in enumerate(_HOW):
            guide.write_string(row, 0, line, heading if row == 0 else wrap)
        for row, column in enumerate(COLUMNS, len(_HOW) + 1):
            guide.write_string(row, 0, f"{column.label} ({column.name}): {column.note}", wrap)
        guide.set_column(0, 0, 120)
    return target.getvalue()


def _example(column: Column, choices: Choices) -> Any:
    if column.choices:
        return next(iter(choices.labels[column.choices].values()))
    return _EXAMPLE.get(column.name, "")


def _write_lists(page: Any, choices: Choices, fields: Mapping[str, str], heading: Any) -> dict[str, str]:
    """Each list in a column of its own; the answer says where, by the names of the columns of the table."""
    lists: dict[str, list[str]] = {
        column.name: list(choices.labels[column.choices].values()) for column in COLUMNS if column.choices
    }
    lists |= {"field_code": list(fields), "field_name": list(fields.values())}
    sources = {}
    for place, (name, values) in enumerate(lists.items()):
        column = next(each for each in COLUMNS if each.name == name)
        page.write_string(0, place, column.label, heading)
        for row, value in enumerate(values, 1):
            page.write_string(row, place, value)
        letter = chr(ord("A") + place)
        sources[name] = f"='{_LISTS}'!${letter}$2:${letter}${max(len(values), 1) + 1}"
        page.set_column(place, place, 30)
    return sources


def _choose(page: Any, place: int, column: Column, sources: Mapping[str, str]) -> None:
    """A list to choose from; where several may be given, or a new field, other text is let through."""
    if column.name in sources:
        strict = column.name == "processing_unit"
        page.data_validation(
            1, place, _ROWS, place,
            {
                "validate": "list",
                "source": sources[column.name],
                "error_type": "stop" if strict else "information",
                "error_title": column.label[:32],
                "error_message": column.note[:255],
            },
        )  # fmt: skip
    elif column.name == "processing_amount":
        page.data_validation(
            1,
            place,
            _ROWS,
            place,
            {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": 3660},
        )
