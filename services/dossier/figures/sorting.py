"""The facts that a figure is of, and the reason of each (`reasons`): the first that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, true

from services.dossier.figures import reasons
from services.dossier.figures.backlog import last_month, open_at
from services.dossier.figures.period import begin, last_day
from services.dossier.figures.queries import Asked, day_of, finished_within, month_of
from services.dossier.figures.reasons import Reason

Conditions = Mapping[str, ColumnElement[bool]]


@dataclass(frozen=True)
class Sorted:
    """`within`: it is of the period, by `day`: that of the figure's basis or, if it has none, the one before
    in its life (a dossier without a decision by its reception, without a reception by its submission).
    `month`: the row in which it is, where rows are months."""

    within: ColumnElement[bool]
    day: ColumnElement[date]
    month: ColumnElement[date]
    conditions: Conditions

    def reason(self) -> ColumnElement[str]:
        return case(*((condition, code) for code, condition in self.conditions.items()))


Sort = Callable[[Any, Asked, datetime], Sorted]


def _left_out(fact: Any) -> Conditions:
    never = fact.received_on.is_(None)
    return {
        "voided": fact.voided_at.is_not(None),
        "replaced": fact.replaced,
        "refused": and_(never, fact.refused),
        "not-received": never,
    }


def _by_reception(fact: Any, asked: Asked, conditions: Conditions) -> Sorted:
    day = func.coalesce(fact.received_on, fact.submitted_on)
    return Sorted(_arrived(fact, asked), day, month_of(day), {**_left_out(fact), **conditions})


def _arrived(fact: Any, asked: Asked) -> ColumnElement[bool]:
    first, last = asked.span.first, asked.span.last
    return or_(
        fact.received_on.between(first, last),
        and_(fact.received_on.is_(None), fact.submitted_on.between(first, last)),
    )


def by_channel_and_level(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    online, post, eligible = fact.channel == "online", fact.channel == "post", fact.online_level >= 3
    return _by_reception(
        fact,
        asked,
        {
            "online": and_(eligible, online),
            "post": and_(eligible, post),
            "counter": eligible,
            "online-below-level-3": online,
            "post-below-level-3": post,
            "counter-below-level-3": true(),
        },
    )


def by_fee(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    due = fact.fee_amount > 0
    conditions = {
        "paid-online": and_(due, fact.fee_online),
        "not-paid-online": due,
        "count-line": fact.origin == "count",
        "no-fee": true(),
    }
    return _by_reception(fact, asked, conditions)


def by_supplement(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    conditions = {
        "supplemented": fact.rounds > 0,
        "count-line": fact.origin == "count",
        "not-supplemented": true(),
    }
    return _by_reception(fact, asked, conditions)


def by_arrival(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    first = asked.span.first
    carried = open_at(fact, asked.span.start())
    conditions = {
        "count-line": fact.origin == "count",
        "carried-over": carried,
        "after-as-of": fact.received_on > last_day(as_of),
        "received-online": fact.channel == "online",
        "received-otherwise": true(),
    }
    found = _by_reception(fact, asked, conditions)
    month = case((carried, begin(first)), else_=found.month)
    return replace(found, within=or_(found.within, carried), month=month)


def by_promise(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    """What ends later is open at `as_of`."""
    ended = fact.finished_at < as_of
    not_ended = or_(fact.finished_at.is_(None), fact.finished_at >= as_of)
    pending = open_at(fact, as_of)
    day = func.coalesce(case((ended, day_of(fact.finished_at))), fact.received_on, fact.submitted_on)
    within = or_(
        and_(ended, finished_within(fact, asked.span)), pending, and_(not_ended, _arrived(fact, asked))
    )
    conditions = {
        **_left_out(fact),
        "count-line": fact.origin == "count",
        "overdue": and_(pending, fact.scored_at < as_of),
        "pending": pending,
        "after-as-of": not_ended,
        **_undecided(fact),
        "unscored": fact.scored_at.is_(None),
        "late": fact.finished_at > fact.scored_at,
        "early": day_of(fact.finished_at) < day_of(fact.scored_at),
        "on-time": true(),
    }
    known = replace(asked, span=asked.span.until(as_of))
    month = case((pending, last_month(known)), else_=month_of(day))
    return Sorted(within, day, month, conditions)


def by_hours(fact: Any, asked: Asked, as_of: datetime) -> Sorted:
    not_ended = fact.finished_at.is_(None)
    day = func.coalesce(day_of(fact.finished_at), fact.received_on, fact.submitted_on)
    within = or_(finished_within(fact, asked.span), and_(not_ended, _arrived(fact, asked)))
    conditions = {
        **_left_out(fact),
        "count-line": fact.origin == "count",
        "not-ended": not_ended,
        **_undecided(fact),
        "unmeasured": fact.worked_minutes.is_(None),
        "decided": true(),
    }
    return Sorted(within, day, month_of(day), conditions)


def _undecided(fact: Any) -> Conditions:
    """Of what has ended."""
    return {
        "withdrawn": fact.outcome == "withdrawn",
        "stopped": fact.outcome == "stopped",
        "no-decision": or_(fact.outcome.is_(None), fact.outcome.not_in(("granted", "rejected"))),
    }


SORTS: Mapping[tuple[Reason, ...], Sort] = {
    reasons.BY_CHANNEL_AND_LEVEL: by_channel_and_level,
    reasons.BY_FEE: by_fee,
    reasons.BY_SUPPLEMENT: by_supplement,
    reasons.BY_PROMISE: by_promise,
    reasons.BY_ARRIVAL: by_arrival,
    reasons.BY_HOURS: by_hours,
}
