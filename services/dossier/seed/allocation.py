"""Whole numbers that add up to what they are a part of. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def spread(total: int, weights: Sequence[float], most: Sequence[int], offset: float) -> list[int]:
    """In proportion to the weights, each at most `most`, and evenly: what is less than one a place falls on
    every so-manieth, not on the heaviest. `offset`, between 0 and 1, moves where. Raises ValueError where
    there is no room."""
    counts, before, added = [], 0, 0.0
    for share in _shares(total, weights, most)[:-1]:
        added += share
        until = math.floor(added + offset)
        counts.append(until - before)
        before = until
    return [*counts, total - before]


def _shares(total: int, weights: Sequence[float], most: Sequence[int]) -> list[float]:
    """As far as there is room in proportion; what does not fit goes to the others."""
    shares = [0.0] * len(weights)
    open_ = [place for place, weight in enumerate(weights) if weight and most[place]]
    left = float(total)
    while left:
        if not open_:
            raise ValueError("no room")
        factor = left / sum(weights[place] for place in open_)
        full = [place for place in open_ if factor * weights[place] > most[place]]
        for place in full or open_:
            shares[place] = float(most[place]) if full else factor * weights[place]
        left = left - sum(shares[place] for place in full) if full else 0.0
        open_ = [place for place in open_ if not shares[place]]
    return shares
