"""What an amendment did to the figures."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier.closings.models import Closing
from services.dossier.closings.queries import book
from services.dossier.figures import queries
from services.dossier.figures.definitions import INDICATORS
from services.dossier.figures.queries import Asked
from services.dossier.figures.report import report
from services.dossier.figures.schemas import Report


async def figures(session: AsyncSession, closing: Closing, number: int) -> list[dict[str, Any]]:
    """Of each indicator the province's figures before and after amendment `number`, and those of the bodies
    right below it that changed. Without a province, of none."""
    await queries.plan_each(session)
    root = await queries.root(session, book(closing.id, number))
    found = []
    for indicator in INDICATORS.values() if root else ():
        before, after = [
            await report(
                session,
                indicator,
                Asked(str(root), "below", closing.span, indicator.by, "child", book(closing.id, each)),
                closing.span.end(),
                "vi",
            )
            for each in (number - 1, number)
        ]
        found.append(_changed(before, after))
    return found


def _changed(before: Report, after: Report) -> dict[str, Any]:
    old, new = ({row.key: row for row in each.rows} for each in (before, after))
    none = dict.fromkeys((column.name for column in after.columns), 0)
    rows = []
    for key in sorted(old.keys() | new.keys()):
        was, now = (rows[key].values if key in rows else none for rows in (old, new))
        if was != now:
            name = (new.get(key) or old[key]).name
            rows.append({"key": key, "name": name, "before": was, "after": now})
    return {
        "indicator": after.indicator,
        "version": after.version,
        "main": after.main,
        "before": before.total.values,
        "after": after.total.values,
        "rows": rows,
    }
