"""A report of an indicator: its counts, grouped, with their definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.problem import Language
from services.dossier.figures import backlog, queries, words
from services.dossier.figures.definitions import ON_TIME, PROCESSING_TIME
from services.dossier.figures.indicator import Indicator, figures
from services.dossier.figures.queries import Asked, Counts
from services.dossier.figures.schemas import ColumnView, Report, Row

_TOTAL = {"vi": "Tổng", "en": "Total"}


async def report(
    session: AsyncSession, indicator: Indicator, asked: Asked, as_of: datetime, language: Language
) -> Report:
    """Rows in the order of their keys, and their total."""
    counts, whole = await counted(session, indicator, asked, as_of)
    names = await queries.names(session, asked.book, asked.group_by, list(counts))
    own = await queries.names(session, asked.book, "agency", [asked.agency])
    name = own.get(asked.agency, _TOTAL[language])
    return Report(
        **Report.by(indicator, asked, as_of, language),
        synthetic=await queries.synthetic(session, asked),
        main=indicator.main,
        columns=[ColumnView.of(column, language) for column in indicator.columns],
        total=Row(key=asked.agency, name=name, values=figures(indicator, whole)),
        rows=[
            Row(
                key=key,
                name=names.get(key) or words.name(asked.group_by, key, language),
                values=figures(indicator, counts[key]),
            )
            for key in sorted(counts)
        ],
    )


async def counted(
    session: AsyncSession, indicator: Indicator, asked: Asked, as_of: datetime
) -> tuple[dict[str, Counts], Counts]:
    """By the group's key; and of all, which is not always the sum of its parts."""
    if indicator is PROCESSING_TIME:
        return await queries.worked(session, asked)
    if indicator is not ON_TIME:
        came = await queries.received(session, asked)
        return came, _sum(came)
    known = replace(asked, span=asked.span.until(as_of))
    rows = _merged(
        await queries.received(session, known),
        await queries.finished(session, known, as_of),
        await backlog.carried_over(session, asked),
        await backlog.pending(session, known, as_of),
    )
    return rows, _sum(rows)


def _merged(*parts: Mapping[str, Counts]) -> dict[str, Counts]:
    merged: dict[str, Counts] = {}
    for part in parts:
        for key, counts in part.items():
            merged.setdefault(key, {}).update(counts)
    zero = {name: 0 for counts in merged.values() for name in counts}
    return {key: {**zero, **counts} for key, counts in merged.items()}


def _sum(counts: Mapping[str, Counts]) -> Counts:
    total: Counts = {}
    for row in counts.values():
        for name, value in row.items():
            total[name] = (total.get(name) or 0) + (value or 0)
    return total
