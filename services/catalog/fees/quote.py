"""What a procedure costs in a given case (rule 10). Pure; amounts in đồng.

Of the exemptions that somebody claims, the largest that a line knows counts: percentages are not added up.
Each decree names one share per group of people and line (Law 97/2015/QH13 on fees and charges, article 10),
and none says what two of them would be together; added, they would soon pass the whole.

Reductions leave whole đồng, rounded down: nobody pays more than the share that the decree leaves. It is the
line that is reduced, not each copy, so that the remainders do not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from kit.problem import FieldFault
from services.catalog.fees import words
from services.catalog.fees.errors import FactsUnknown

FACTS = ("case", "copies", "channel")
CHANNELS = ("counter", "online", "post")
DUE_AT = ("submission", "acceptance", "return")
KINDS = ("fee", "charge")

_NO_CASE = {
    "vi": "Thủ tục không có trường hợp {given}. Có: {known}.",
    "en": "The procedure has no case {given}. It has: {known}.",
}
_NO_EXEMPTION = {
    "vi": "Thủ tục không có diện miễn, giảm {given}. Có: {known}.",
    "en": "The procedure has no exemption {given}. It has: {known}.",
}


@dataclass(frozen=True)
class Facts:
    """What is known of a request; None where it was not said. `exemptions`: codes that are claimed."""

    case: str | None = None
    copies: int | None = None
    exemptions: tuple[str, ...] = ()
    channel: str | None = None


@dataclass(frozen=True)
class Line:
    """A fee (phí) or charge (lệ phí). `amount` only of a line that is `due`, zero where it is waived; of the
    others it is None: `unknown` (the catalogue has no amount), `depends` (facts are missing, named in
    `depends_on`), `not-applicable`. `at_least`: what it costs whatever is not said."""

    fee: Mapping[str, Any]
    status: Literal["due", "not-applicable", "depends", "unknown"]
    explanation: words.Words
    amount: int | None = None
    at_least: int = 0
    depends_on: tuple[str, ...] = ()
    exemption: str | None = None


@dataclass(frozen=True)
class Sum:
    """`total` is None unless everything in it is known."""

    known: bool
    at_least: int

    @property
    def total(self) -> int | None:
        return self.at_least if self.known else None


@dataclass(frozen=True)
class Quote:
    facts: Facts
    lines: tuple[Line, ...] = field(default=())

    @property
    def missing(self) -> list[str]:
        """The facts on which the total still depends."""
        named = {fact for line in self.lines for fact in line.depends_on}
        return [fact for fact in FACTS if fact in named]

    def sum(self, *, due_at: str | None = None, kind: str | None = None) -> Sum:
        """Of all lines, or those of one moment, one kind."""
        lines = [
            line
            for line in self.lines
            if due_at in (None, line.fee["due_at"]) and kind in (None, line.fee["kind"])
        ]
        known = all(line.status in ("due", "not-applicable") for line in lines)
        return Sum(known, sum(line.at_least for line in lines))


class Uncomputable(NamedTuple):
    """A line of the fees whose amount nobody knows."""

    code: str
    name: str


def computable(content: Mapping[str, Any]) -> list[Uncomputable]:
    """The lines of a stored content that can NOT be computed: their amount is not known. Empty where all can,
    and where there is nothing to pay."""
    return [Uncomputable(fee["code"], fee["name"]) for fee in content["fees"] if fee["amount"] is None]


def usual(fees: Sequence[Mapping[str, Any]]) -> int | None:
    """What one copy costs, for a list; None where that is not known, or depends on case or channel."""
    if any(fee["amount"] is None or fee.get("cases") or fee.get("channels") for fee in fees):
        return None
    return sum(_computed(fee, 1, ()).at_least for fee in fees)


def quote(content: Mapping[str, Any], facts: Facts) -> Quote:
    """`content`: of a version, as stored. Raises FactsUnknown."""
    refuse_unknown(content, facts)
    return Quote(facts, tuple(_line(content, fee, facts) for fee in content["fees"]))


def cases_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Names by code."""
    return {case["code"]: case["name"] for case in content.get("cases") or []}


def exemptions_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Names by code, of all lines."""
    return {e["code"]: e["name"] for fee in content["fees"] for e in fee.get("exemptions") or []}


def applies(said: str | None, named: Sequence[str] | None, possible: Iterable[str]) -> bool | None:
    """Whether something that hangs on these `named` values (none: on nothing) is there; None where that
    depends on what was not `said`."""
    if not named:
        return True
    if said is not None:
        return said in named
    return True if set(named) >= set(possible) else None


def refuse_unknown(content: Mapping[str, Any], facts: Facts) -> None:
    """Raises FactsUnknown for a case and for exemptions that the content does not have."""
    cases, exemptions, faults = cases_of(content), exemptions_of(content), []
    if facts.case is not None and facts.case not in cases:
        faults.append(
            FieldFault("case-unknown", _NO_CASE, pointer="/case", given=facts.case, known=_listed(cases))
        )
    faults += [
        FieldFault(
            "exemption-unknown",
            _NO_EXEMPTION,
            pointer=f"/exemptions/{place}",
            given=code,
            known=_listed(exemptions),
        )
        for place, code in enumerate(facts.exemptions)
        if code not in exemptions
    ]
    if faults:
        raise FactsUnknown(errors=faults, cases=named(cases), exemptions=named(exemptions))


def named(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in names.items()]


def _listed(names: Mapping[str, str]) -> str:
    return ", ".join(f"{code} ({name})" for code, name in names.items()) or "–"


def _line(content: Mapping[str, Any], fee: Mapping[str, Any], facts: Facts) -> Line:
    cases = cases_of(content)
    in_case = applies(facts.case, fee.get("cases"), cases)
    by_channel = applies(facts.channel, fee.get("channels"), content.get("channels") or CHANNELS)
    if in_case is False:
        return Line(fee, "not-applicable", words.only_in([cases.get(code, code) for code in fee["cases"]]))
    if by_channel is False:
        return Line(fee, "not-applicable", words.only_by(fee["channels"]))
    said = {
        "case": in_case is not None,
        "copies": fee.get("per") != "copy" or facts.copies is not None,
        "channel": by_channel is not None,
    }
    if missing := tuple(fact for fact in FACTS if not said[fact]):
        # Whoever asks for anything asks for one copy; whether a line applies at all may not be supposed.
        least = _computed(fee, 1, facts.exemptions).at_least if missing == ("copies",) else 0
        return Line(fee, "depends", words.depends(missing), at_least=least, depends_on=missing)
    return _computed(fee, facts.copies or 1, facts.exemptions)


def _computed(fee: Mapping[str, Any], copies: int, claimed: Sequence[str]) -> Line:
    """A line that applies, with everything said."""
    each: int | None = fee["amount"]
    if each is None:
        return Line(fee, "unknown", words.UNKNOWN)
    if fee.get("per") == "copy":
        included = fee.get("included") or 0
        amount, why = each * max(0, copies - included), words.by_copy(each, copies, included)
    else:
        amount, why = each, words.flat(each)
    own = [exemption for exemption in fee.get("exemptions") or [] if exemption["code"] in claimed]
    if not own or not amount:
        return Line(fee, "due", why, amount, amount)
    largest = max(own, key=lambda exemption: int(exemption["percent"]))
    left = amount * (100 - largest["percent"]) // 100
    return Line(fee, "due", words.reduced(why, largest, left), left, left, exemption=largest["code"])
