"""What a figure is made of: columns of counts, of which each is explained by reasons. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.dossier.figures.reasons import Reason

Words = Mapping[str, str]
Kind = Literal["count", "share", "hours", "mean"]
By = Literal["receiving_agency", "resolving_agency"]
Part = Literal["numerator", "denominator", "excluded"]
Names = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A figure of a row. `of`: numerator and denominator, each a sum of counts, of a share or a mean; null
    where the denominator is zero. Hours are of the facts of these counts. A count stands for itself.
    `meaning`: where the label does not say it all."""

    name: str
    vi: str
    en: str
    kind: Kind = "count"
    of: tuple[Names, Names] | None = None
    meaning: Words | None = None

    def label(self, language: str) -> str:
        return self.vi if language == "vi" else self.en

    def counts(self) -> tuple[Names, Names]:
        """The counts above the line, and below it."""
        return self.of or ((self.name,), (self.name,))

    def part(self, reason: Reason) -> Part:
        """Of the facts with this reason. "denominator": in it and not in the numerator."""
        above, below = self.counts()
        if not set(above).isdisjoint(reason.columns):
            return "numerator"
        return "excluded" if set(below).isdisjoint(reason.columns) else "denominator"


@dataclass(frozen=True)
class Indicator:
    """`by`: the body whose figure it is. `main`: the column that stands for it. `sortings`: the reasons by
    which its facts are sorted, for some columns in another way than for the others."""

    id: str
    version: int
    title: Words
    numerator: Words
    denominator: Words
    basis: Words
    by: By
    main: str
    columns: tuple[Column, ...]
    sortings: tuple[tuple[Reason, ...], ...]

    def column(self, name: str | None = None) -> Column:
        """By default the main one. Raises KeyError."""
        return {column.name: column for column in self.columns}[name or self.main]

    def sorting(self, column: Column) -> tuple[Reason, ...]:
        """The one that knows the column's counts."""
        names = {*column.counts()[0], *column.counts()[1]}
        return next(
            sorting
            for sorting in self.sortings
            if names <= {name for reason in sorting for name in reason.columns}
        )

    @property
    def exclusions(self) -> Words:
        """What the main column leaves out: drafts, which are no facts yet, and what its reasons say."""
        main = self.column()
        left_out = [reason for reason in self.sorting(main) if main.part(reason) == "excluded"]
        return {
            language: "; ".join([draft, *(_inside(reason.text(language)) for reason in left_out)])
            for language, draft in _DRAFTS.items()
        }

    def words(self, language: str) -> dict[str, str]:
        names = ("title", "numerator", "denominator", "exclusions", "basis")
        return {name: getattr(self, name)[language] for name in names}


_DRAFTS = {"vi": "Bản nháp", "en": "Drafts"}


def _inside(text: str) -> str:
    """As it reads within a sentence."""
    return text[0].lower() + text[1:]


def figures(indicator: Indicator, counts: Mapping[str, float | None]) -> dict[str, float | None]:
    """The columns of a row by its counts; shares to six places."""
    return {column.name: _figure(column, counts) for column in indicator.columns}


def _figure(column: Column, counts: Mapping[str, float | None]) -> float | None:
    if column.kind in ("count", "hours"):
        value = counts.get(column.name, 0 if column.kind == "count" else None)
        return round(value, 2) if isinstance(value, float) else value
    above, below = (sum(counts.get(name) or 0 for name in names) for names in column.counts())
    return round(above / below, 6) if below else None
