"""Contents as the gateway sends them: those that hold, and those that do not, each with its faults. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from kit.problem import validation_faults
from services.catalog.commands.edit import checked
from services.catalog.content import Content
from services.catalog.errors import FormUnusable
from services.catalog.national.schemas import ImportRow

_TWICE = [{"code": "code-twice", "detail": "Mã thủ tục có hai lần trong cùng một lô."}]


def read(items: Sequence[Any]) -> tuple[list[Content], list[ImportRow]]:
    contents: dict[str, Content] = {}
    refused = []
    for item in items:
        try:
            content = Content.model_validate(item)
            checked(content)
        except ValidationError as error:
            code = str(item.get("code", ""))[:60] if isinstance(item, dict) else ""
            refused.append(ImportRow(code=code, outcome="refused", errors=_in_words(error)))
        except FormUnusable as error:
            words = {name: error.body("vi")[name] for name in ("code", "detail")}
            refused.append(ImportRow(code=content.code, outcome="refused", errors=[words]))
        else:
            if content.code in contents:
                refused.append(ImportRow(code=content.code, outcome="refused", errors=_TWICE))
            else:
                contents[content.code] = content
    return list(contents.values()), refused


def _in_words(error: ValidationError) -> list[dict[str, Any]]:
    faults = validation_faults([{**e, "loc": ("body", *e["loc"])} for e in error.errors()])
    return [fault.in_words("vi").model_dump(exclude_none=True) for fault in faults]
