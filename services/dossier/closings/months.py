"""What a month counts of a fact: nothing that came after it, so that life that goes on is no change of the
month."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from services.dossier.closings.models import FACT
from services.dossier.figures.period import Span
from services.dossier.figures.queries import finished_within

#: What no report of a closed month counts.
_GOES_ON = frozenset({"refused", "result_file", "points"})
#: By what two states of a fact are told apart.
COMPARED = tuple(name for name in FACT if name not in _GOES_ON | {"id", "counts"})


def touches(fact: Any, span: Span) -> ColumnElement[bool]:
    """Its life does: submitted, received or ended in the span, or open when it began."""
    open_then = and_(fact.counts, fact.origin != "count", fact.received_on < span.first)
    return or_(
        fact.submitted_on.between(span.first, span.last),
        fact.received_on.between(span.first, span.last),
        finished_within(fact, span),
        and_(open_then, fact.finished_at.is_(None)),
        and_(open_then, fact.finished_at >= span.end()),
    )


def as_counted(fact: Any, span: Span) -> dict[str, ColumnElement[Any]]:
    """The fact's columns. What is received or ended after the span is not yet; a promise beyond it is none
    that could have been missed; supplements and fees count with the month of the reception."""
    end = span.end()
    received = fact.received_on <= span.last
    received_now = and_(received, fact.received_on >= span.first)
    ended = fact.finished_at < end
    masked: dict[str, ColumnElement[Any]] = {
        "received_on": case((received, fact.received_on)),
        "counts": func.coalesce(and_(fact.counts, received), False),
        "scored_at": case((or_(ended, fact.scored_at < end), fact.scored_at)),
        **{name: case((ended, fact[name])) for name in ("finished_at", "outcome", "worked_minutes")},
        **{name: case((received_now, fact[name]), else_=0) for name in ("rounds", "fee_amount")},
        "fee_online": func.coalesce(and_(received_now, fact.fee_online), False),
    }
    return {name: masked.get(name, fact[name]).label(name) for name in FACT}
