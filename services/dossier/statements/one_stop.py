"""The one-stop form "Tình hình, kết quả giải quyết thủ tục hành chính" (form II.06 of Circular
01/2020/TT-VPCP), of the report on-time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.text import sort_key
from services.dossier.figures.schemas import Report
from services.dossier.statements.schemas import (
    Flow,
    OneStop,
    OneStopRow,
    Otherwise,
    Pending,
    Received,
    Solved,
)

Values = Mapping[str, float | int | None]


def flow(values: Values, counted: int) -> dict[str, Any]:
    """The members of a `Flow`. `values`: of a row of on-time; none where nothing came."""
    carried, online, otherwise, early, on_time, late, unscored, ended, pending, overdue = (
        int(values.get(name) or 0)
        for name in (
            "carried_over",
            "received_online",
            "received_otherwise",
            "early",
            "on_time",
            "late",
            "unscored",
            "ended",
            "pending",
            "overdue",
        )
    )
    solved = early + on_time + late
    return {
        "received": Received(
            total=online + otherwise + carried, online=online, otherwise=otherwise, carried_over=carried
        ),
        "solved": Solved(total=solved, early=early, on_time=on_time, late=late),
        "pending": Pending(total=pending + overdue, in_time=pending, late=overdue),
        "other": Otherwise(total=ended - solved, undecided=ended - solved - unscored, unscored=unscored),
        "counted": counted,
    }


def any_of(row: Flow) -> bool:
    """Whether there is anything in it."""
    return any((row.received.total, row.solved.total, row.pending.total, row.other.total, row.counted))


def closes(row: Flow) -> bool:
    return row.received.total == row.solved.total + row.pending.total + row.other.total


def one_stop(report: Report, counted: Mapping[str, int], period: str, *, provisional: bool) -> OneStop:
    """`report`: on-time by field or by child; `counted`: of its rows, the dossiers told as counts alone."""
    rows = [
        OneStopRow(key=row.key, name=row.name, **flow(row.values, counted.get(row.key, 0)))
        for row in report.rows
    ]
    if report.group_by == "field":
        rows.sort(key=lambda row: (sort_key(row.name), row.key))
    total = flow(report.total.values, sum(counted.values()))
    return OneStop.model_validate(
        {
            **said(report, period, provisional=provisional),
            "group_by": report.group_by,
            "definition": report.definition,
            "total": OneStopRow(key=report.total.key, name=report.total.name, **total),
            "rows": [row for row in rows if any_of(row)],
        }
    )


def said(report: Report, period: str, *, provisional: bool) -> dict[str, Any]:
    """The members of a `Statement`."""
    return {
        "period": period,
        "first": report.first,
        "last": report.last,
        "as_of": report.as_of,
        "agency": report.agency,
        "name": report.total.name,
        "closing": report.closing,
        "provisional": provisional,
        "synthetic": report.synthetic,
    }
