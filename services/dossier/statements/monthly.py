"""The monthly report: the five indicators of a month side by side, by child body. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from services.dossier.figures.definitions import (
    INDICATORS,
    ON_TIME,
    ONLINE_SHARE,
    PAID_ONLINE,
    PROCESSING_TIME,
    SUPPLEMENT_ROUNDS,
)
from services.dossier.figures.schemas import Report, Row
from services.dossier.statements.one_stop import Values, any_of, flow, said
from services.dossier.statements.schemas import Hours, Monthly, MonthlyRow, Online, Paid, Supplements


def monthly(
    reports: Mapping[str, Report],
    counted: Mapping[str, int],
    targets: Mapping[str, float | None],
    period: str,
    *,
    provisional: bool,
) -> Monthly:
    """`reports`: all five, by child. `counted`: by the resolving child, dossiers told as counts alone.
    `targets`: of the online share, by body."""
    rows = {id_: {row.key: row for row in report.rows} for id_, report in reports.items()}
    keys = sorted({key for found in rows.values() for key in found})
    first = reports[ON_TIME.id]

    def row(key: str) -> MonthlyRow:
        found = {id_: of[key] for id_, of in rows.items() if key in of}
        return _row(found, counted.get(key, 0), targets.get(key))

    total = _row(
        {id_: of.total for id_, of in reports.items()}, sum(counted.values()), targets.get(first.agency)
    )
    return Monthly.model_validate(
        {
            **said(first, period, provisional=provisional),
            "synthetic": any(report.synthetic for report in reports.values()),
            "definitions": {id_: reports[id_].definition for id_ in INDICATORS},
            "total": total,
            "rows": [each for each in map(row, keys) if any_of(each) or each.online.received],
        }
    )


def _row(found: Mapping[str, Row], counted: int, target: float | None) -> MonthlyRow:
    """`found`: the same body's row of each report that has one."""
    some = next(iter(found.values()))

    def values(id_: str) -> Values:
        return found[id_].values if id_ in found else {}

    on_time, online, paid = values(ON_TIME.id), values(ONLINE_SHARE.id), values(PAID_ONLINE.id)
    rounds, hours = values(SUPPLEMENT_ROUNDS.id), values(PROCESSING_TIME.id)
    share = online.get("share_all")
    return MonthlyRow(
        agency=some.key,
        name=some.name,
        **flow(on_time, counted),
        share_on_time=on_time.get("share_on_time"),
        hours=Hours(decided=_count(hours, "decided"), median=hours.get("median"), p90=hours.get("p90")),
        online=Online(
            received=_count(online, "received"),
            eligible=_count(online, "eligible"),
            online=_count(online, "online"),
            share_all=share,
            share_eligible=online.get("share_eligible"),
            target=target,
            reached=None if share is None or target is None else share >= target,
        ),
        paid_online=Paid(
            fee_dossiers=_count(paid, "fee_dossiers"),
            fee_online=_count(paid, "fee_online"),
            share=paid.get("share_paid_online"),
        ),
        supplements=Supplements(
            supplemented=_count(rounds, "supplemented"),
            rounds=_count(rounds, "rounds"),
            share=rounds.get("share_supplemented"),
            per_dossier=rounds.get("rounds_per_dossier"),
        ),
    )


def _count(values: Values, name: str) -> int:
    return int(values.get(name) or 0)
