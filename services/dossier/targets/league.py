"""Ranks and scores. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from services.dossier.targets.attainment import Attained


def ranks(attained: Mapping[str, Attained], minimum: int) -> dict[str, int]:
    """From 1, by the exact share, the greatest first; equals share a rank and the next follows after all of
    them (1, 2, 2, 4). Bodies with fewer than `minimum` dossiers, or none, have no rank."""
    shares = {
        key: each.share for key, each in attained.items() if each.share is not None and each.below >= minimum
    }
    ordered = sorted(shares.values(), reverse=True)
    first = {share: place for place, share in reversed(list(enumerate(ordered, 1)))}
    return {key: first[share] for key, share in shares.items()}


def score(figures: Iterable[tuple[Attained, Fraction]]) -> Fraction | None:
    """Of each targeted indicator: what was attained and the target. The mean of the attained parts of the
    targets, at most all of each, times 100; what has no denominator is left out, and without any there is no
    score."""
    parts = [min(Fraction(1), each.share / target) for each, target in figures if each.share is not None]
    return sum(parts, Fraction(0)) / len(parts) * 100 if parts else None
