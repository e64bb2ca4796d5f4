"""What a report is counted from: the facts as they stand, or as a closing has frozen them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, func, select
from sqlmodel import SQLModel

from services.dossier.figures.models import IntakeFact, Label
from services.dossier.models import Body
from services.dossier.places.models import Unit


@dataclass(frozen=True)
class Book:
    """`facts`, `bodies`, `labels`, `units` have the columns of `IntakeFact`, `Body`, `Label` and `Unit`.
    `monthly`: whole months are read from their sums instead of the facts. `closing`: which one has frozen
    them."""

    facts: FromClause
    bodies: FromClause
    labels: FromClause
    units: FromClause
    monthly: bool
    closing: UUID | None = None

    def below(self, agency: str) -> Any:
        """The codes of a body and of all below it."""
        known = self.bodies.c
        return select(known.code).where(func.array_position(known.ancestors, agency).is_not(None))


def _table(model: type[SQLModel]) -> FromClause:
    table: FromClause = model.__table__  # type: ignore[attr-defined]
    return table


LIVE = Book(_table(IntakeFact), _table(Body), _table(Label), _table(Unit), monthly=True)
