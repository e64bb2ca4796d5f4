"""A report of an indicator: its counts, grouped, with their definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.problem import Language
from services.dossier.figures import queries
from services.dossier.figures.definitions import INDICATORS, Indicator, figures
from services.dossier.figures.queries import Asked, Counts
from services.dossier.figures.schemas import ColumnView, Report, Row

_TOTAL = {"vi": "Tổng", "en": "Total"}


async def report(
    session: AsyncSession, indicator: Indicator, asked: Asked, as_of: datetime, language: Language
) -> Report:
    """Rows in the order of their keys, and their total."""
    counts = await _counts(session, indicator, asked, as_of)
    whole = counts.pop("", None) or _sum(counts)
    names = await queries.names(session, asked.book, asked.group_by, list(counts))
    own = await queries.names(session, asked.book, "agency", [asked.agency])
    name = own.get(asked.agency, _TOTAL[language])
    return Report(
        indicator=indicator.id,
        version=indicator.version,
        definition=indicator.words(language),
        first=asked.span.first,
        last=asked.span.last,
        as_of=as_of,
        agency=asked.agency,
        scope=asked.scope,
        group_by=asked.group_by,
        synthetic=await queries.synthetic(session, asked),
        main=indicator.main,
        columns=[ColumnView(name=c.name, label=c.label(language), kind=c.kind) for c in indicator.columns],
        total=Row(key=asked.agency, name=name, values=figures(indicator, whole)),
        rows=[
            Row(key=key, name=names.get(key, key), values=figures(indicator, counts[key]))
            for key in sorted(counts)
        ],
    )


async def _counts(
    session: AsyncSession, indicator: Indicator, asked: Asked, as_of: datetime
) -> dict[str, Counts]:
    """By the group's key; under "" the whole, where it is no sum of its parts."""
    if indicator is INDICATORS["processing-time"]:
        return await queries.worked(session, asked)
    came = await queries.received(session, asked)
    if indicator is not INDICATORS["on-time"]:
        return came
    return _merged(
        came,
        await queries.finished(session, asked),
        await queries.carried_over(session, asked),
        await queries.pending(session, asked, as_of),
    )


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
