"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import InvalidInput


class FactsUnknown(InvalidInput):
    """A case or an exemption that the procedure does not have; `cases` and `exemptions` list those it has."""

    code = "facts-unknown"
    title = {"vi": "Không có trường hợp hoặc diện miễn giảm này", "en": "No such case or exemption"}
