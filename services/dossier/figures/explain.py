"""Why a figure is what it is: the facts that a cell of a report counts and those that it leaves out, each
with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from kit import page
from kit.auth import Caller
from kit.problem import FieldFault, InvalidInput, Language
from services.dossier.figures import cells, queries
from services.dossier.figures.cells import Cell, Sum
from services.dossier.figures.explained import Counted, Excluded, Explained, FactView, ToExplain
from services.dossier.figures.indicator import Column, Indicator
from services.dossier.figures.queries import Asked
from services.dossier.figures.reasons import Reason
from services.dossier.figures.schemas import ColumnView

_UNKNOWN = {"vi": "Không có cột này. Có: {known}.", "en": "There is no such column. Known: {known}."}


@dataclass(frozen=True)
class Question:
    """Who asks about which cell."""

    indicator: Indicator
    asked: Asked
    as_of: datetime
    wanted: ToExplain
    caller: Caller | None

    def column(self) -> Column:
        """Raises InvalidInput."""
        try:
            return self.indicator.column(self.wanted.column)
        except KeyError:
            known = ", ".join(column.name for column in self.indicator.columns)
            fault = FieldFault("column-unknown", _UNKNOWN, parameter="column", known=known)
            raise InvalidInput(errors=[fault]) from None

    def after(self) -> tuple[date, UUID] | None:
        """Raises InvalidInput."""
        key = page.decode(self.wanted.cursor, str, str)
        found = page.uuid_of(key and key[1:])
        return (page.day_of(key[0]), found) if key and found else None


async def explain(session: AsyncSession, question: Question, language: Language) -> Explained:
    """Raises InvalidInput."""
    indicator, asked, wanted = question.indicator, question.asked, question.wanted
    column, after = question.column(), question.after()
    reasons = indicator.sorting(column)
    cell = Cell(asked, question.as_of, wanted.key, reasons)
    found = await cells.sums(session, cell, question.caller)
    sums = {reason: found[reason.code] for reason in reasons if reason.code in found}
    parts = [
        Counted(reason=reason.code, text=reason.text(language), part=column.part(reason), count=of.quantity)
        for reason, of in sums.items()
    ]
    counts = _counts(reasons, sums)
    numerator, denominator = (sum(counts[name] for name in names) for names in column.counts())
    listed = {reason.code: reason for reason in reasons if wanted.part in (None, column.part(reason))}
    facts = await cells.listed(session, cell, question.caller, list(listed), after, wanted.limit)
    items = facts[: wanted.limit]
    names = await queries.names(
        session, asked.book, "procedure", sorted({fact["procedure_code"] for fact in items})
    )
    return Explained(
        **Explained.by(indicator, asked, question.as_of, language),
        key=wanted.key,
        column=ColumnView.of(column, language),
        numerator=numerator,
        denominator=denominator,
        counts=counts,
        excluded=[
            Excluded(reason=part.reason, text=part.text, count=part.count)
            for part in parts
            if part.part == "excluded"
        ],
        parts=parts,
        items=[_item(fact, names, column, listed[fact["reason"]], language) for fact in items],
        hidden=sum(of.facts - of.shown for reason, of in sums.items() if reason.code in listed),
        next=page.encode([items[-1]["day"], items[-1]["id"]]) if len(facts) > wanted.limit else None,
    )


def _counts(reasons: Iterable[Reason], sums: Mapping[Reason, Sum]) -> dict[str, int]:
    """Of the columns that these reasons are about: dossiers, but in `rounds` the requests."""
    counts = {name: 0 for reason in reasons for name in reason.columns}
    for reason, of in sums.items():
        for name in reason.columns:
            counts[name] += of.rounds if name == "rounds" else of.quantity
    return counts


def _item(
    fact: RowMapping, names: Mapping[str, str], column: Column, reason: Reason, language: Language
) -> FactView:
    code = fact["procedure_code"]
    more = {
        "procedure": code,
        "procedure_name": names.get(code, code),
        "value": _value(fact, column, reason),
        "part": column.part(reason),
        "text": reason.text(language),
    }
    return FactView.model_validate({**fact, **more})


def _value(fact: RowMapping, column: Column, reason: Reason) -> float | None:
    if "rounds" in column.counts()[0] and "rounds" in reason.columns:
        return int(fact["rounds"])
    return round(int(fact["worked_minutes"]) / 60, 2) if "decided" in reason.columns else None
