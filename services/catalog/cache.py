"""Published answers: a strong ETag, a short life, 304 for those who have it already."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, TypeAdapter


class Cached:
    """Bound to one request; `answer(model)` is the response."""

    def __init__(
        self,
        request: Request,
        if_none_match: Annotated[str | None, Header(alias="If-None-Match", max_length=2000)] = None,
    ) -> None:
        self._seen = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
        self._max_age: int = request.app.state.max_age

    def answer(
        self,
        model: BaseModel | list[BaseModel],
        headers: dict[str, str] | None = None,
        version: int | None = None,
    ) -> Response:
        """`version`: of what can be changed by this tag in `If-Match`."""
        content = TypeAdapter(type(model)).dump_json(model, by_alias=True)
        return self.body(content, "application/json", headers, version)

    def body(
        self,
        content: bytes,
        media_type: str,
        headers: dict[str, str] | None = None,
        version: int | None = None,
    ) -> Response:
        """What is written already."""
        prefix = "" if version is None else f"{version}-"
        tag = f'"{prefix}{hashlib.sha256(content).hexdigest()[:32]}"'
        common = {
            "ETag": tag,
            "Cache-Control": f"public, max-age={self._max_age}",
            "Vary": "Accept-Language",
            **(headers or {}),
        }
        if tag in self._seen or "*" in self._seen:
            return Response(status_code=304, headers=common)
        return Response(content, media_type=media_type, headers=common)


Caching = Annotated[Cached, Depends(scope="function")]
