"""From counts to points. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from kit.problem import Language
from services.dossier.clients.catalog import Provision
from services.dossier.score.definition import NO_SUCH, Group, Indicator
from services.dossier.score.queries import Decided, Fees, Service
from services.dossier.score.schemas import GroupView, IndicatorView, Total


class Share(NamedTuple):
    numerator: float
    denominator: int


def points(share: Share, full_at: float, weight: float) -> float:
    """In proportion up to `full_at`, then all of them; to two places."""
    return round(weight * min(1.0, share.numerator / share.denominator / full_at), 2)


def shares(
    decided: Decided, overdue: int, fees: Fees, used: Collection[Service], provision: Provision | None
) -> dict[str, Share]:
    """By the indicators' ids; of those that hang on the catalogue only if it has answered."""
    scored = decided.scored + overdue
    late = scored - decided.in_time
    found = {
        "2.1": Share(decided.in_time, scored),
        "2.2": Share(decided.minutes / 60, decided.timed),
        "3.3": Share(decided.online, decided.decided),
        "3.6": Share(fees.online, fees.dossiers),
        "4.1": Share(decided.with_file, decided.granted),
        "5.4": Share(max(0, scored - late - decided.displeased), scored),
    }
    if provision is None:
        return found
    services = {(code, agency) for agency, codes in provision.services.items() for code in codes}
    return found | {
        "1.3": Share(provision.complete, provision.procedures),
        "3.1": Share(provision.online, provision.procedures),
        "3.2": Share(len(services.intersection(used)), len(services)),
        "3.5": Share(provision.payable, provision.with_fee),
    }


def groups(
    table: Sequence[Group], found: Mapping[str, Share], language: Language
) -> tuple[list[GroupView], Total]:
    """The table with its points, and what they come to."""
    views = [_group(group, found, language) for group in table]
    indicators = [indicator for view in views for indicator in view.indicators]
    left_out = [indicator.id for indicator in indicators if not indicator.computable]
    reached, possible = _sum(indicators)
    return views, Total(points=reached, possible=possible, not_computable=left_out)


def _group(group: Group, found: Mapping[str, Share], language: Language) -> GroupView:
    indicators = [
        _indicator(indicator, group.weight_of(indicator), found.get(indicator.id), language)
        for indicator in group.indicators
    ]
    reached, possible = _sum(indicators)
    return GroupView(
        id=group.id,
        title=group.title[language],
        weight=group.weight,
        points=reached,
        possible=possible,
        indicators=indicators,
    )


def _sum(indicators: Sequence[IndicatorView]) -> tuple[float | None, float]:
    """Points, null where nothing has any, and the weights that could have been reached."""
    scored = [(each.points, each.weight) for each in indicators if each.points is not None]
    reached = round(sum(got for got, _ in scored), 2) if scored else None
    return reached, round(sum(weight for _, weight in scored), 2)


def _indicator(indicator: Indicator, weight: float, share: Share | None, language: Language) -> IndicatorView:
    known = share if share and share.denominator else None
    why_not = None if known else NO_SUCH if share else indicator.why_not or NO_SUCH
    value = round(known.numerator / known.denominator, 6) if known else None
    full_at = indicator.full_at
    return IndicatorView(
        id=indicator.id,
        title=indicator.title[language],
        formula=indicator.formula[language],
        numerator=round(known.numerator) if known else None,
        denominator=known.denominator if known else None,
        value=value,
        full_at=full_at,
        weight=weight,
        points=points(known, full_at, weight) if known and full_at and weight else None,
        computable=known is not None,
        why_not=why_not[language] if why_not else None,
    )
