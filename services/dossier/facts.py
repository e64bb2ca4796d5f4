"""The facts of a request on which its papers and fees hang (rule 10): case, copies, exemptions. Pure.

Which exemption somebody claims is personal (a disability, for one), and so is the explanation of a fee that
names it: both are kept sealed, apart from what the catalogue said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from kit.problem import FieldFault
from kit.text import Incoming, Line

FactCode = Annotated[Line, StringConstraints(min_length=1, max_length=60)]

_MISSING = {
    "vi": "Cần cho biết trường hợp. Có: {known}.",
    "en": "The case has to be said. There are: {known}.",
}


class Facts(Incoming):
    """`case`: a code of the procedure's cases; `copies` of the result; `exemptions`: codes that the applicant
    claims, which the officer checks."""

    case: FactCode | None = None
    copies: int = Field(default=1, ge=1, le=1000)
    exemptions: list[FactCode] = Field(default_factory=list, max_length=20)


#: One copy, and nothing claimed.
NOTHING_SAID = Facts()


def asked(facts: Facts | None, channel: str) -> dict[str, Any]:
    """As the catalogue is asked: the channel is never said by the caller (rule 2)."""
    return {**(facts or NOTHING_SAID).model_dump(exclude_none=True), "channel": channel}


def kept(
    facts: Facts | None,
    cases: Sequence[Mapping[str, Any]],
    exemptions: Sequence[Mapping[str, Any]],
    fees: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What is sealed: the facts with the names of the day, and by the line's code how each fee came about."""
    said = facts or NOTHING_SAID
    return {
        "case": next(({**case} for case in cases if case["code"] == said.case), None),
        "copies": said.copies,
        "exemptions": [{**known} for known in exemptions if known["code"] in said.exemptions],
        "explanations": {
            line["code"]: line["explanation"] for line in fees if line.get("explanation") is not None
        },
    }


def said(stored: Mapping[str, Any]) -> Facts:
    """The facts of what `kept` made."""
    case = stored["case"]
    return Facts(
        case=case["code"] if case else None,
        copies=stored["copies"],
        exemptions=[exemption["code"] for exemption in stored["exemptions"]],
    )


def missing(procedure: Mapping[str, Any]) -> list[FieldFault]:
    """The fault of a case that was not said although papers or fees hang on it. `procedure`: as frozen."""
    if "case" not in (procedure.get("facts_missing") or []):
        return []
    known = ", ".join(f"{case['code']} ({case['name']})" for case in procedure["cases"])
    return [FieldFault("case-missing", _MISSING, pointer="/facts/case", known=known)]


def asked_for(procedure: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The required papers; while the case is not said, those that every case has."""
    open_ = "case" in (procedure.get("facts_missing") or [])
    return [
        paper for paper in procedure["papers"] if paper.get("required") and not (open_ and paper.get("cases"))
    ]


def stands_in(paper: Mapping[str, Any], procedure: str, result: str | None) -> bool:
    """Whether a result of that procedure may be given as this paper: it names the result's code, alone or
    with the procedure's before a stroke, where other procedures call theirs the same."""
    named = paper.get("from_results") or []
    return result is not None and (result in named or f"{procedure}/{result}" in named)
