"""What a new version changes, field by field; papers, fees and the like item by item. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from kit.problem import pointer


class Change(BaseModel):
    """`at`: a JSON pointer into the content, where items of a list that have codes are named by their code
    (`/fees/LP-01/amount`). `before` or `after` is null where there was, or will be, nothing."""

    at: str
    before: Any
    after: Any

    @property
    def member(self) -> str:
        """The content's own member that changes."""
        return self.at.split("/")[1]


def difference(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Change]:
    """In the order of the content's members."""
    return _of((), dict(old or {}), dict(new))


def _of(path: tuple[str, ...], old: Any, new: Any) -> list[Change]:
    if old == new:
        return []
    before, after = _parts(old), _parts(new)
    if before is None or after is None or path[:1] == ("form",):
        return [Change(at=pointer(list(path)), before=old, after=new)]
    names = [*after, *(name for name in before if name not in after)]
    return [
        change
        for name in names
        for change in _of((*path, name), before.get(name), after.get(name))
        if not (change.before is None and change.after == [])  # members that older versions do not have
    ]


def _parts(value: Any) -> dict[str, Any] | None:
    """The named parts of an object, or of a list whose items have codes of their own."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and all(isinstance(item, dict) and item.get("code") for item in value):
        named = {str(item["code"]): item for item in value}
        return named if len(named) == len(value) else None
    return None
