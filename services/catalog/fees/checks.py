"""What a content says of cases, papers and fees must hold together, or nobody can compute by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kit.problem import FieldFault, pointer
from services.catalog.fees.quote import cases_of

_NO_CASE = {"vi": "Không có trường hợp {given} trong cases.", "en": "There is no case {given} in cases."}
_TWICE = {"vi": "Mã {given} đã có ở trên.", "en": "The code {given} is taken above."}


def incoherent(content: Mapping[str, Any]) -> list[FieldFault]:
    """Cases that papers and fees name and that do not exist, and codes that stand twice in a list.
    `content`: of a version, as stored; pointers lead into it."""
    cases, faults = cases_of(content), []
    for member in ("papers", "fees"):
        for place, item in enumerate(content[member]):
            for number, code in enumerate(item.get("cases") or []):
                if code not in cases:
                    where = pointer((member, place, "cases", number))
                    faults.append(FieldFault("case-unknown", _NO_CASE, pointer=where, given=code))
            faults += _twice(item.get("exemptions") or [], member, place, "exemptions")
        faults += _twice(content[member], member)
    return faults + _twice(content.get("cases") or [], "cases")


def _twice(items: Iterable[Mapping[str, Any]], *path: str | int) -> list[FieldFault]:
    seen, faults = set[str](), []
    for place, item in enumerate(items):
        if item["code"] in seen:
            where = pointer((*path, place, "code"))
            faults.append(FieldFault("code-twice", _TWICE, pointer=where, given=item["code"]))
        seen.add(item["code"])
    return faults
