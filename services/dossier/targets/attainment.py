"""How far a body is from its target. Whole numbers and exact fractions, so that no dossier is one too many or
too few. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from services.dossier.figures.indicator import Indicator
from services.dossier.figures.queries import Counts
from services.dossier.targets.models import Target


@dataclass(frozen=True)
class Assigned:
    """The target that applies. `inherited`: it is that of a body above, or the province's default."""

    value: Fraction
    decision: str
    decided_on: date
    effective_from: date
    inherited: bool

    @property
    def decimal(self) -> Decimal:
        """The value as it is recorded: six places."""
        return Decimal(self.value.numerator) / self.value.denominator


def assigned(
    ancestors: Sequence[str], targets: Mapping[str, Target], default: Assigned | None
) -> Assigned | None:
    """`ancestors`: the body and all above it, nearest first. `targets`: of one indicator and year,
    by body."""
    for code in ancestors:
        row = targets.get(code)
        if row is not None and row.value is not None:
            assert row.decision is not None
            assert row.decided_on is not None
            assert row.effective_from is not None
            inherited = code != ancestors[0]
            return Assigned(
                Fraction(row.value), row.decision, row.decided_on, row.effective_from, inherited=inherited
            )
    return default


@dataclass(frozen=True)
class Attained:
    """`above` of `below` is the share that was reached."""

    above: int
    below: int

    @property
    def share(self) -> Fraction | None:
        """None where there is nothing to have a share of."""
        return Fraction(self.above, self.below) if self.below else None

    def reaches(self, target: Fraction) -> bool:
        return self.share is not None and self.share >= target

    def lacking(self, target: Fraction) -> int:
        """How many more of the same dossiers would have had to count, for instance to have come online
        instead of over the counter: the smallest k with above + k ≥ target × below."""
        return max(0, ceil(target * self.below) - self.above)

    def lacking_if_new(self, target: Fraction) -> int | None:
        """How many would have to come in addition, all of them counting: the smallest k with
        above + k ≥ target × (below + k). None where no number is enough: all of them, and one did not."""
        short = target * self.below - self.above
        if short <= 0:
            return 0
        return ceil(short / (1 - target)) if target < 1 else None

    def gap(self, target: Fraction) -> Fraction | None:
        return None if self.share is None else max(Fraction(0), target - self.share)

    def __add__(self, other: Attained) -> Attained:
        return Attained(self.above + other.above, self.below + other.below)


NOTHING = Attained(0, 0)


def attained(indicator: Indicator, counts: Mapping[str, float | None]) -> Attained:
    """By the column that stands for the indicator, a share."""
    above, below = (
        sum(int(counts.get(name) or 0) for name in names) for names in indicator.column().counts()
    )
    return Attained(above, below)


def summed(parts: Sequence[Counts]) -> Counts:
    whole: Counts = {}
    for part in parts:
        for name, value in part.items():
            whole[name] = (whole.get(name) or 0) + (value or 0)
    return whole


def places(share: Fraction | None) -> float | None:
    """As answers show it: six places."""
    return None if share is None else round(float(share), 6)
