"""Versions over HTTP: the ETag of an answer, the `If-Match` of an update. A published answer that is made of
more than the row has a digest behind the version: `"7-3f0c"`."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from kit.problem import FieldFault, InvalidInput, Problem, VersionChanged, VersionRequired

_WORDS = {"vi": "Phải là ETag của lần đọc gần nhất.", "en": "Must be the ETag of your last read."}


async def _if_match(if_match: Annotated[str | None, Header(alias="If-Match")] = None) -> int:
    if if_match is None:
        raise VersionRequired()
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})(?:-[0-9a-f]{1,64})?"?', if_match.strip())
    if match is None:
        raise InvalidInput(errors=[FieldFault("if-match", _WORDS, parameter="If-Match")])
    return int(match[1])


async def _if_sent(if_match: Annotated[str | None, Header(alias="If-Match")] = None) -> int | None:
    return None if if_match is None else await _if_match(if_match)


#: The version that the caller has seen. 428 when absent, 422 when unreadable.
SeenVersion = Annotated[int, Depends(_if_match)]
#: The same where it may be left out: None when absent.
SeenIfSent = Annotated[int | None, Depends(_if_sent)]


def check(seen: int, current: int) -> None:
    """Raises VersionChanged (412)."""
    if seen != current:
        raise VersionChanged(current=current, headers={"ETag": etag(current)})


def etag(version: int) -> str:
    return f'"{version}"'


def show(response: Response, version: int) -> None:
    """Personal answers carry their version and are never stored by anyone between."""
    response.headers["ETag"] = etag(version)
    response.headers["Cache-Control"] = "no-store"


class NotModified(Problem):
    """Not a failure: the version that the caller has is still the one. 304 has no body."""

    status, code = 304, "not-modified"
    title = {"vi": "Chưa thay đổi", "en": "Not modified"}
