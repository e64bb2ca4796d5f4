"""Pydantic's error types in words for people. Types that are not here fall to `other`."""

from __future__ import annotations

from collections.abc import Mapping

VALIDATION_WORDS: Mapping[str, Mapping[str, str]] = {
    "missing": {"vi": "Mục này là bắt buộc.", "en": "This is required."},
    "extra_forbidden": {"vi": "Mục này không có trong mẫu.", "en": "This field is not known."},
    "extra_parameter": {"vi": "Không có tham số này.", "en": "There is no such parameter."},
    "string_type": {"vi": "Phải là chữ.", "en": "Must be text."},
    "string_too_short": {
        "vi": "Ít nhất {min_length} ký tự.",
        "en": "At least {min_length} characters.",
    },
    "string_too_long": {
        "vi": "Nhiều nhất {max_length} ký tự.",
        "en": "At most {max_length} characters.",
    },
    "string_pattern_mismatch": {"vi": "Không đúng dạng cần có.", "en": "Not in the expected form."},
    "int_type": {"vi": "Phải là số nguyên.", "en": "Must be a whole number."},
    "int_parsing": {"vi": "Phải là số nguyên.", "en": "Must be a whole number."},
    "int_from_float": {"vi": "Phải là số nguyên.", "en": "Must be a whole number."},
    "decimal_type": {"vi": "Phải là số.", "en": "Must be a number."},
    "decimal_parsing": {"vi": "Phải là số.", "en": "Must be a number."},
    "decimal_max_places": {
        "vi": "Nhiều nhất {decimal_places} chữ số thập phân.",
        "en": "At most {decimal_places} decimal places.",
    },
    "bool_type": {"vi": "Phải là true hoặc false.", "en": "Must be true or false."},
    "bool_parsing": {"vi": "Phải là true hoặc false.", "en": "Must be true or false."},
    "greater_than": {"vi": "Phải lớn hơn {gt}.", "en": "Must be greater than {gt}."},
    "greater_than_equal": {"vi": "Phải từ {ge} trở lên.", "en": "Must be {ge} or more."},
    "less_than": {"vi": "Phải nhỏ hơn {lt}.", "en": "Must be less than {lt}."},
    "less_than_equal": {"vi": "Phải từ {le} trở xuống.", "en": "Must be {le} or less."},
    "enum": {"vi": "Phải là một trong: {expected}.", "en": "Must be one of: {expected}."},
    "literal_error": {"vi": "Phải là một trong: {expected}.", "en": "Must be one of: {expected}."},
    "date_parsing": {"vi": "Phải là ngày dạng YYYY-MM-DD.", "en": "Must be a date YYYY-MM-DD."},
    "date_from_datetime_parsing": {
        "vi": "Phải là ngày dạng YYYY-MM-DD.",
        "en": "Must be a date YYYY-MM-DD.",
    },
    "datetime_parsing": {
        "vi": "Phải là thời điểm ISO 8601 có múi giờ.",
        "en": "Must be an ISO 8601 moment with an offset.",
    },
    "datetime_from_date_parsing": {
        "vi": "Phải là thời điểm ISO 8601 có múi giờ.",
        "en": "Must be an ISO 8601 moment with an offset.",
    },
    "date_out_of_range": {
        "vi": "Ngày phải trong các năm 2000–2099.",
        "en": "Must be a day of the years 2000 to 2099.",
    },
    "moment_out_of_range": {
        "vi": "Thời điểm phải trong các năm 2000–2099.",
        "en": "Must be a moment of the years 2000 to 2099.",
    },
    "clock_time": {
        "vi": "Giờ theo đồng hồ tại Việt Nam dạng HH:MM, không kèm giây hay múi giờ.",
        "en": "Must be HH:MM as clocks show it in Vietnam, without seconds or offset.",
    },
    "spans_in_order": {
        "vi": "Các khoảng giờ phải theo thứ tự và không chồng nhau.",
        "en": "The spans must be in order, none overlapping.",
    },
    "spans_too_short": {
        "vi": "Một ngày phải có ít nhất một giờ làm việc.",
        "en": "A day has at least one hour of work.",
    },
    "paper_number": {
        "vi": "Số giấy tờ không đúng dạng của loại giấy tờ này.",
        "en": "Not a number of this kind of paper.",
    },
    "timezone_aware": {"vi": "Thiếu múi giờ.", "en": "The offset is missing."},
    "uuid_parsing": {"vi": "Không phải mã định danh hợp lệ.", "en": "Not a valid identifier."},
    "url_parsing": {"vi": "Không phải địa chỉ hợp lệ.", "en": "Not a valid address."},
    "list_type": {"vi": "Phải là danh sách.", "en": "Must be a list."},
    "dict_type": {"vi": "Phải là đối tượng.", "en": "Must be an object."},
    "model_type": {"vi": "Phải là đối tượng.", "en": "Must be an object."},
    "model_attributes_type": {"vi": "Phải là đối tượng JSON.", "en": "Must be a JSON object."},
    "too_long": {"vi": "Nhiều nhất {max_length} mục.", "en": "At most {max_length} items."},
    "too_short": {"vi": "Ít nhất {min_length} mục.", "en": "At least {min_length} items."},
    "repeated": {"vi": "Mục này đã có ở trên.", "en": "This is in the list above already."},
    "value_error": {
        "vi": "Giá trị có ký tự hoặc nội dung không dùng được.",
        "en": "The value holds characters or content that cannot be used.",
    },
    "other": {"vi": "Giá trị không hợp lệ.", "en": "The value is not valid."},
}
