"""Whether a body may offer a procedure on given terms. Pure: everything that stands against it, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kit.problem import FieldFault
from services.catalog.content import GAPS, gaps_for
from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.errors import (
    NO_SUCH_BODY,
    OTHER_LEVEL,
    PAYS_NOTHING,
    PAYS_TOO_EARLY,
    PAYS_TOO_LOW,
)
from services.catalog.offerings.schemas import OfferingTerms

ONLINE = 3
PAYABLE = 4


@dataclass(frozen=True)
class Ground:
    """What an offering is judged by. `versions`: those in force on its first day or, where that has passed,
    today, and later; `offerings`: this body's, of this procedure."""

    body: Agency
    versions: Sequence[Version]
    offerings: Sequence[Offering]


def gaps_against(terms: OfferingTerms, versions: Sequence[Version]) -> list[str]:
    """What is missing in some version that is or will be in force. Where it is paid online its fees must be
    known, at whatever level."""
    level = PAYABLE if terms.pay_online_from and terms.online_level >= ONLINE else terms.online_level
    found = [gap for version in versions for gap in gaps_for(level, version.gaps)]
    return list(dict.fromkeys(found))


def faults(terms: OfferingTerms, start: date, ground: Ground) -> list[FieldFault]:
    """In words, gaps first."""
    gaps = gaps_against(terms, ground.versions)
    return [
        *(FieldFault(gap, GAPS[gap], pointer="/online_level") for gap in gaps),
        *_of_the_body(terms, start, ground),
        *_of_payment(terms, start, ground),
    ]


def _of_the_body(terms: OfferingTerms, start: date, ground: Ground) -> list[FieldFault]:
    body, found = ground.body, []
    if start < body.valid_from or (body.valid_to is not None and start > body.valid_to):
        found.append(
            FieldFault(
                "agency-not-there",
                NO_SUCH_BODY,
                pointer="/valid_from",
                agency=body.code,
                day=start.isoformat(),
            )
        )
    levels = {level for version in ground.versions for level in version.government_levels}
    if body.government_level not in levels and not terms.other_level:
        found.append(
            FieldFault(
                "other-government-level",
                OTHER_LEVEL,
                pointer="/other_level",
                level=body.government_level,
                levels=", ".join(sorted(levels)),
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
        found.append(
            FieldFault("payable-too-early", PAYS_TOO_EARLY, pointer="/pay_online_from", day=day.isoformat())
        )
    return found


def _online_on(offerings: Sequence[Offering], day: date) -> bool:
    """Terms that follow others online may have been payable under those already."""
    return any(row.valid.contains(day) and row.online_level >= ONLINE for row in offerings)
