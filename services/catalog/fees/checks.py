"""What a content says of cases, papers, fees and results must hold together, or nobody can compute by it.
Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from kit.problem import FieldFault, pointer
from services.catalog.fees.quote import cases_of

_NO_CASE = {"vi": "Không có trường hợp {given} trong cases.", "en": "There is no case {given} in cases."}
_TWICE = {"vi": "Mã {given} đã có ở trên.", "en": "The code {given} is taken above."}
_NO_RESULT = {
    "vi": "Không có kết quả {given} trong results; kết quả của thủ tục khác ghi <mã thủ tục>/<mã kết quả>.",
    "en": "There is no result {given} in results; write that of another procedure as <procedure>/<result>.",
}
#: A result of a procedure, this or another: that it exists is no condition, as either may be written first.
_ELSEWHERE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{2,59}/\S.*")


def incoherent(content: Mapping[str, Any]) -> list[FieldFault]:
    """Cases and results that papers and fees name and that do not exist, and codes that stand twice in a
    list. `content`: of a version, as stored; pointers lead into it."""
    cases, faults = cases_of(content), []
    for member in ("papers", "fees"):
        for place, item in enumerate(content[member]):
            for number, code in enumerate(item.get("cases") or []):
                if code not in cases:
                    where = pointer((member, place, "cases", number))
                    faults.append(FieldFault("case-unknown", _NO_CASE, pointer=where, given=code))
            faults += _twice(item.get("exemptions") or [], member, place, "exemptions")
        faults += _twice(content[member], member)
    results = content.get("results") or []
    faults += _unknown_results(content["papers"], {result["code"] for result in results})
    return [*faults, *_twice(results, "results"), *_twice(content.get("cases") or [], "cases")]


def _unknown_results(papers: Iterable[Mapping[str, Any]], known: Collection[str]) -> Iterator[FieldFault]:
    for place, paper in enumerate(papers):
        for number, named in enumerate(paper.get("from_results") or []):
            if named not in known and not _ELSEWHERE.fullmatch(named):
                where = pointer(("papers", place, "from_results", number))
                yield FieldFault("result-unknown", _NO_RESULT, pointer=where, given=named)


def _twice(items: Iterable[Mapping[str, Any]], *path: str | int) -> list[FieldFault]:
    seen, faults = set[str](), []
    for place, item in enumerate(items):
        if item["code"] in seen:
            where = pointer((*path, place, "code"))
            faults.append(FieldFault("code-twice", _TWICE, pointer=where, given=item["code"]))
        seen.add(item["code"])
    return faults
