"""Keyset pages: `limit`, an opaque `cursor`, a `Link` header. No count, the same cost on any page."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict

from kit.problem import FieldFault, InvalidInput

T = TypeVar("T")
_WORDS = {"vi": "Con trỏ trang không hợp lệ.", "en": "The page cursor is not valid."}

Limit = Annotated[int, Query(ge=1, le=200, description="items a page")]
CursorText = Annotated[str | None, Query(alias="cursor", max_length=1000, description="of the page before")]


class Asked(BaseModel):
    """How a list is asked for, as `Annotated[…, Query()]`; subclasses add what it is narrowed to. A parameter
    that is not known is refused, lest somebody takes the whole list for the narrowed one."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 50
    cursor: CursorText = None


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = None


def encode(key: Sequence[Any]) -> str:
    raw = json.dumps(list(key), ensure_ascii=False, default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key behind a cursor, its parts of these kinds. Raises InvalidInput for anything else."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(key, list) or len(key) != len(kinds):
            raise ValueError
        if not all(type(part) is kind for part, kind in zip(key, kinds, strict=True)):
            raise ValueError
        if any(isinstance(part, str) and "\0" in part for part in key):
            raise ValueError
    except ValueError:
        raise InvalidInput(errors=[FieldFault("cursor", _WORDS, parameter="cursor")]) from None
    return tuple(key)


def uuid_of(key: tuple[Any, ...] | None) -> UUID | None:
    """The identifier of a one-part key. Raises InvalidInput."""
    if key is None:
        return None
    try:
        return UUID(key[0])
    except ValueError:
        raise InvalidInput(errors=[FieldFault("cursor", _WORDS, parameter="cursor")]) from None


def day_of(text: str) -> date:
    """The day that a part of a key says. Raises InvalidInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(errors=[FieldFault("cursor", _WORDS, parameter="cursor")]) from None


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The header `Link: <…>; rel="next"` (RFC 8288), relative, so that it holds behind the gateway;
    nothing on the last page."""
    if cursor is None:
        return {}
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return {"Link": f'<?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}
