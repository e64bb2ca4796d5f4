"""Which counts of a group are too small to be shown beside their total. Pure.

A group is what one body received in one month, a cell what of it came for one procedure by one channel; its
total is public. Cells of fewer than `SMALL` are hidden (primary suppression). Alone that gives nothing away
but what it shall not: one hidden cell is the total less the others, and where all the hidden ones are equal
each is the same part of the rest. So hidden are all cells up to a threshold: the smallest, from `SMALL` - 1
on, under which two different counts are (complementary suppression). Where there is none, the cells are all
equal, and the total is withheld, too.

Nobody who knows this rule can tell a hidden count: exchange two different ones, and the threshold, the total
and all that is shown stay the same. So each hidden cell has two values at least that it may have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Counts below are of so few that somebody may be found in them.
SMALL = 5


@dataclass(frozen=True)
class Cover:
    """Hidden are the cells of `up_to` or fewer; `total`: whether their sum is shown."""

    up_to: int
    total: bool

    def hides(self, count: int) -> bool:
        return count <= self.up_to


def cover(counts: Iterable[int]) -> Cover:
    """Of a group's cells, each at least 1: what is nought has no cell."""
    different = sorted(set(counts))
    if not different or different[0] >= SMALL:
        return Cover(0, total=True)
    if len(different) == 1:
        return Cover(SMALL - 1, total=False)
    return Cover(max(SMALL - 1, different[1]), total=True)
