"""What is done wrong with targets, with a name each."""

from __future__ import annotations

from kit.problem import InvalidInput, Problem, Words


class TargetOfOthers(Problem):
    status, code = 403, "target-of-others"
    title = {"vi": "Chỉ tiêu không do cơ quan của bạn giao", "en": "Not your body's to assign"}
    detail = {
        "vi": "Lãnh đạo cơ quan cấp trên của {agency} giao chỉ tiêu; lãnh đạo {agency} chỉ sửa biện pháp.",
        "en": "Leaders of the bodies above {agency} assign its target; its own leaders change its measures.",
    }


class SheetUnreadable(InvalidInput):
    code = "sheet-unreadable"
    title = {"vi": "Không đọc được bảng tính", "en": "The sheet cannot be read"}
    detail = {"vi": "{why_vi}", "en": "{why_en}"}


SIGNED_LATER: Words = {
    "vi": "Ngày ký sau hôm nay: chỉ ghi quyết định đã ký.",
    "en": "It is signed after today: only what was signed is recorded.",
}
TOO_LATE: Words = {
    "vi": "Hiệu lực từ sau ngày 31/12/{year}: không còn là chỉ tiêu của năm {year}.",
    "en": "It takes effect after {year}: it is no target of that year.",
}
#: Of cells of an import, by code.
CELLS: dict[str, Words] = {
    "missing": {"vi": "Ô này là bắt buộc.", "en": "This cell is required."},
    "code-as-number": {
        "vi": "Mã ở dạng số: Excel bỏ các số 0 ở đầu. Định dạng cột là Text rồi ghi lại đủ mã.",
        "en": "A number: Excel drops leading zeros. Format the column as Text and write the whole code.",
    },
    "zeros-lost": {
        "vi": "Không có cơ quan {given}: các số 0 ở đầu mã đã mất? Mã đủ là {known}.",
        "en": "There is no body {given}: were its leading zeros lost? The whole code is {known}.",
    },
    "agency-not-found": {"vi": "Không có cơ quan {given}.", "en": "There is no body {given}."},
    "code-form": {"vi": "{given} không phải mã cơ quan.", "en": "{given} is no code of a body."},
    "indicator-unknown": {
        "vi": "Không có chỉ tiêu này; có: {known}.",
        "en": "There is no such indicator; there are: {known}.",
    },
    "year": {"vi": "Năm từ 2000 đến 2099, ghi bằng số.", "en": "A year from 2000 to 2099, as a number."},
    "share": {
        "vi": "Tỷ lệ trên 0 % đến 100 %, như 20 %, 20 hoặc 0,2; nhiều nhất 4 số lẻ sau dấu phẩy.",
        "en": "A share above 0 % up to 100 %, as 20 %, 20 or 0.2; at most 4 decimals of a percentage.",
    },
    "share-of-one": {
        "vi": "Số 1 có thể là 1 % hoặc 100 %: ghi dạng chữ “1 %” hoặc “100 %”.",
        "en": "1 may be 1 % or 100 %: write “1 %” or “100 %” as text.",
    },
    "day": {
        "vi": "Ngày dạng dd/mm/yyyy, trong các năm 2000–2099.",
        "en": "A day dd/mm/yyyy of the years 2000 to 2099.",
    },
    "differs": {
        "vi": "Khác với dòng {first} của cùng cơ quan, chỉ tiêu và năm.",
        "en": "Not the same as in row {first}, of the same body, indicator and year.",
    },
    "nothing-above": {
        "vi": "Dòng chỉ có biện pháp phải theo sau dòng của cơ quan.",
        "en": "A row of a measure alone has to follow a row of its body.",
    },
    "measure-without-text": {
        "vi": "Có người phụ trách hoặc hạn nhưng thiếu biện pháp.",
        "en": "There is an owner or a due date without a measure.",
    },
    "too-many-measures": {
        "vi": "Nhiều nhất {most} biện pháp cho một chỉ tiêu.",
        "en": "At most {most} measures of a target.",
    },
    "not-assigned-by-you": {
        "vi": "Chỉ tiêu của {agency} do lãnh đạo cơ quan cấp trên giao.",
        "en": "The target of {agency} is assigned by leaders of the bodies above it.",
    },
    "signed-later": SIGNED_LATER,
    "effective-too-late": TOO_LATE,
}
