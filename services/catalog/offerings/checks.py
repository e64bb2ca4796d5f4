"""Whether a body may offer a procedure on given terms. Pure: everything that stands against it, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kit.problem import FieldFault, Words
from services.catalog.content import gap_faults, gaps_for
from services.catalog.errors import DayPassed
from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.errors import (
    NO_SUCH_BODY,
    OTHER_LEVEL,
    OTHER_LEVEL_ASKED,
    PAST_STANDS,
    PAYS_NOTHING,
    PAYS_TOO_EARLY,
    PAYS_TOO_LOW,
    REASON_MISSING,
)
from services.catalog.offerings.schemas import OfferingTerms
from services.catalog.offerings.words import Levels

ONLINE = 3
PAYABLE = 4


@dataclass(frozen=True)
class Ground:
    """What an offering is judged by. `versions`: those in force on its first day or, where that has passed,
    today, and later; `offerings`: this body's, of this procedure, of all days."""

    today: date
    body: Agency
    versions: Sequence[Version]
    offerings: Sequence[Offering]


def gaps_against(terms: OfferingTerms, versions: Sequence[Version]) -> list[str]:
    """What is missing in some version that is or will be in force. Where it is paid online its fees must be
    known, at whatever level."""
    level = PAYABLE if terms.pay_online_from and terms.online_level >= ONLINE else terms.online_level
    found = [gap for version in versions for gap in gaps_for(level, version.gaps)]
    return list(dict.fromkeys(found))


def faults(terms: OfferingTerms, start: date, ground: Ground, *, asked: bool = False) -> list[FieldFault]:
    """In words, gaps first. `asked`: by somebody who may answer with `other_level`."""
    gaps = gap_faults(gaps_against(terms, ground.versions))
    for gap in gaps:
        gap.pointer = "/online_level"
    return [
        *gaps,
        *_of_the_past(terms, start, ground),
        *_of_the_body(terms, start, ground, OTHER_LEVEL_ASKED if asked else OTHER_LEVEL),
        *_of_payment(terms, start, ground),
        *_of_the_reason(terms),
    ]


def says(offering: Offering, terms: OfferingTerms) -> bool:
    return all(getattr(offering, name) == value for name, value in terms.kept().items())


def offered_on(offerings: Sequence[Offering], day: date) -> Offering | None:
    return next((row for row in offerings if row.valid.contains(day)), None)


def _of_the_past(terms: OfferingTerms, start: date, ground: Ground) -> list[FieldFault]:
    """Days before today are not rewritten; what was so without being recorded may be recorded late."""
    stood = offered_on(ground.offerings, start)
    if start >= ground.today or stood is None or says(stood, terms):
        return []
    return [FieldFault(DayPassed.code, PAST_STANDS, pointer="/valid_from", day=start)]


def _of_the_reason(terms: OfferingTerms) -> list[FieldFault]:
    if terms.decision or terms.reason:
        return []
    return [FieldFault("reason-missing", REASON_MISSING, pointer="/reason")]


def _of_the_body(terms: OfferingTerms, start: date, ground: Ground, other: Words) -> list[FieldFault]:
    body, found = ground.body, []
    if start < body.valid_from or (body.valid_to is not None and start > body.valid_to):
        found.append(
            FieldFault("agency-not-there", NO_SUCH_BODY, pointer="/valid_from", agency=body.code, day=start)
        )
    levels = {level for version in ground.versions for level in version.government_levels}
    if body.government_level not in levels and not terms.other_level:
        found.append(
            FieldFault(
                "other-government-level",
                other,
                pointer="/other_level",
                level=Levels([body.government_level]),
                levels=Levels(sorted(levels)),
            )
        )
    return found


def _of_payment(terms: OfferingTerms, start: date, ground: Ground) -> list[FieldFault]:
    day = terms.pay_online_from
    if day is None:
        return []
    found = []
    if terms.online_level < ONLINE:
        found.append(FieldFault("not-payable", PAYS_TOO_LOW, pointer="/pay_online_from"))
    if not any(fee["amount"] != 0 for version in ground.versions for fee in version.content["fees"]):
        known = "no-fees" not in gaps_against(terms, ground.versions)
        if known:
            found.append(FieldFault("nothing-to-pay", PAYS_NOTHING, pointer="/pay_online_from"))
    if day < start and not _online_on(ground.offerings, day):
        found.append(FieldFault("payable-too-early", PAYS_TOO_EARLY, pointer="/pay_online_from", day=day))
    return found


def _online_on(offerings: Sequence[Offering], day: date) -> bool:
    """Terms that follow others online may have been payable under those already."""
    return any(row.valid.contains(day) and row.online_level >= ONLINE for row in offerings)
