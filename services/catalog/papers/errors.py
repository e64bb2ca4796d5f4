"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class TemplateMissing(NotFound):
    code = "template-not-found"
    title = {"vi": "Không có mẫu này", "en": "No such template"}


class TemplateTooLarge(Problem):
    status, code = 413, "template-too-large"
    title = {"vi": "Tệp mẫu quá lớn", "en": "The template is too large"}
    detail = {"vi": "Tối đa {limit} byte.", "en": "At most {limit} bytes."}


class TemplateTypeRefused(Problem):
    """By content, whatever the name says."""

    status, code = 415, "template-type-refused"
    title = {"vi": "Loại tệp không dùng làm mẫu được", "en": "Not a type of file for templates"}
    detail = {
        "vi": "Nội dung tệp là {found}; nhận: {accepted}.",
        "en": "The content is {found}; accepted: {accepted}.",
    }
