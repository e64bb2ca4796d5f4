"""The figures once more, by hand: section 5 of the domain rules in plain Python, over facts one by one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from kit.clock import VIETNAM

Fact = Mapping[str, Any]
Counts = dict[str, dict[str, float | None]]


@dataclass(frozen=True)
class Question:
    """Days `first` to `last`; `bodies`: all that there are, by code."""

    first: date
    last: date
    as_of: datetime
    agency: str
    scope: str
    group_by: str
    bodies: Mapping[str, Mapping[str, Any]]


def counting(fact: Fact) -> bool:
    """Received, not voided, and not a count that dossiers have replaced."""
    return fact["received_on"] is not None and fact["voided_at"] is None and not fact["replaced"]


def day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def begun(question: Question) -> date:
    """The last day of the period that had begun just before `as_of`."""
    return min(question.last, day(question.as_of - timedelta(microseconds=1)))


def received(facts: Iterable[Fact], q: Question) -> dict[str, Counts]:
    """Online-share, paid-online, supplement-rounds: by the day of reception and the receiving body."""
    rows: Counts = _rows()
    for fact in facts:
        if not counting(fact) or not q.first <= fact["received_on"] <= q.last:
            continue
        key = _key(q, fact, "receiving_agency", fact["received_on"])
        if key is None:
            continue
        eligible, paid = fact["online_level"] >= 3, fact["fee_amount"] > 0
        _add(
            rows[key],
            received=fact["quantity"],
            eligible=fact["quantity"] * eligible,
            online=fact["quantity"] * (eligible and fact["channel"] == "online"),
            fee_dossiers=paid,
            fee_online=paid and fact["fee_online"],
            supplemented=fact["rounds"] > 0,
            rounds=fact["rounds"],
        )
    return {
        "online-share": _figures(
            rows, ("received", "eligible", "online"),
            share_all=("online", "received"), share_eligible=("online", "eligible"),
        ),
        "paid-online": _figures(
            rows, ("received", "fee_dossiers", "fee_online"), share_paid_online=("fee_online", "fee_dossiers")
        ),
        "supplement-rounds": _figures(
            rows, ("received", "supplemented", "rounds"),
            share_supplemented=("supplemented", "received"), rounds_per_dossier=("rounds", "received"),
        ),
    }  # fmt: skip


def on_time(facts: Iterable[Fact], q: Question) -> Counts:
    """By the resolving body: what came, what ended, what was open when the period began, and what was at
    `as_of`. Count lines say nothing of it."""
    rows: Counts = _rows()
    start = datetime.combine(q.first, time(), VIETNAM)
    end = min(q.as_of, datetime.combine(q.last + timedelta(days=1), time(), VIETNAM))
    for fact in facts:
        if not counting(fact) or fact["origin"] == "count":
            continue
        came, finished, promise = fact["received_on"], fact["finished_at"], fact["scored_at"]
        if q.first <= came <= begun(q):
            way = "received_online" if fact["channel"] == "online" else "received_otherwise"
            _tally(rows, q, fact, came, way)
        if came < q.first and (finished is None or finished >= start):
            _tally(rows, q, fact, q.first, "carried_over")
        if finished is not None and start <= finished < end:
            _tally(rows, q, fact, day(finished), "ended")
            if fact["outcome"] in ("granted", "rejected"):
                _tally(rows, q, fact, day(finished), _by_the_promise(finished, promise))
        if came <= day(q.as_of - timedelta(microseconds=1)) and (finished is None or finished >= q.as_of):
            late = promise is not None and promise < q.as_of
            _tally(rows, q, fact, max(q.first, begun(q)), "overdue" if late else "pending")
    names = ("carried_over", "received_online", "received_otherwise", "early", "on_time", "late", "unscored",
             "ended", "pending", "overdue")  # fmt: skip
    for row in rows.values():
        good = (row["early"] or 0) + (row["on_time"] or 0)
        row["good"], row["due"] = good, good + (row["late"] or 0) + (row["overdue"] or 0)
    return _figures(rows, names, share_on_time=("good", "due"))


def _by_the_promise(finished: datetime, promise: datetime | None) -> str:
    if promise is None:
        return "unscored"
    if day(finished) < day(promise):
        return "early"
    return "on_time" if finished <= promise else "late"


def processing_time(facts: Iterable[Fact], q: Question) -> Counts:
    hours: dict[str, list[float]] = defaultdict(list)
    for fact in facts:
        finished = fact["finished_at"]
        if not counting(fact) or finished is None or not q.first <= day(finished) <= q.last:
            continue
        if fact["outcome"] in ("granted", "rejected"):
            for key in (_key(q, fact, "resolving_agency", day(finished)), ""):
                if key is not None and _key(q, fact, "resolving_agency", day(finished)) is not None:
                    hours[key].append(fact["worked_minutes"] / 60)
    return {
        key: {"decided": len(found), "median": _percentile(found, 0.5), "p90": _percentile(found, 0.9)}
        for key, found in hours.items()
    }


def _percentile(found: list[float], part: float) -> float:
    """Between two values, in proportion."""
    ordered, place = sorted(found), (len(found) - 1) * part
    low, high = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
    return round(low + (high - low) * (place - int(place)), 2)


def _rows() -> Counts:
    return defaultdict(lambda: defaultdict(int))


def _add(row: dict[str, float | None], **counts: int) -> None:
    for name, count in counts.items():
        row[name] = (row[name] or 0) + int(count)


def _tally(rows: Counts, q: Question, fact: Fact, when: date, name: str) -> None:
    key = _key(q, fact, "resolving_agency", when)
    if key is not None:
        _add(rows[key], **{name: 1})


def _key(q: Question, fact: Fact, by: str, when: date) -> str | None:
    """The row that the fact is in; None where its body is not asked for."""
    code = fact[by]
    body = q.bodies.get(code)
    if code != q.agency and (q.scope == "own" or body is None or q.agency not in body["ancestors"]):
        return None
    keys: dict[str, Callable[[], Any]] = {
        "agency": lambda: code,
        "child": lambda: _child(q, code),
        "government_level": lambda: q.bodies[code]["government_level"],
        "unit": lambda: q.bodies[code]["unit"],
        "field": lambda: fact["field_code"],
        "procedure": lambda: fact["procedure_code"],
        "channel": lambda: fact["channel"],
        "month": lambda: when.replace(day=1),
    }
    return str(keys[q.group_by]())


def _child(q: Question, code: str) -> str:
    """The body right below the asked one: ancestors are nearest first."""
    if code == q.agency:
        return code
    above = q.bodies[code]["ancestors"]
    return str(above[above.index(q.agency) - 1])


def _figures(rows: Counts, names: tuple[str, ...], **shares: tuple[str, str]) -> Counts:
    """Of each row, and under "" of all."""
    whole: dict[str, float | None] = defaultdict(int)
    for row in rows.values():
        _add(whole, **{name: int(count or 0) for name, count in row.items()})
    found: Counts = {}
    for key, row in ({**rows, "": whole}).items():
        counts: dict[str, float | None] = {name: row[name] for name in names}
        for share, (above, below) in shares.items():
            counts[share] = round((row[above] or 0) / row[below], 6) if row[below] else None  # type: ignore[operator]
        found[key] = counts
    return found


def shown(report: Mapping[str, Any]) -> Counts:
    """What a report says, in the same shape."""
    return {row["key"]: row["values"] for row in report["rows"]} | {"": report["total"]["values"]}


def compared(said: Counts, counted: Counts) -> str | None:
    """None where they are equal but for rows in which nothing is."""
    left, right = ({key: row for key, row in found.items() if any(row.values())} for found in (said, counted))
    if left == right:
        return None
    return json.dumps({"said": left, "counted": right}, indent=1, default=str, sort_keys=True)
