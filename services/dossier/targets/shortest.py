"""The shortest way to a target: which procedures of which bodies would close the gap, if what came over the
counter or by post came online. Pure.

A pair is a procedure at a body. Those that are online already come first: people need persuading, and nobody
has to decide anything. Where all of them together are not enough, pairs that are not online yet follow: they
have to be raised to level 3 or 4 first. Within one kind the biggest come first, and no smaller number of
pairs of that kind could do it: any n pairs hold at most what the n biggest hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["persuade", "raise"]


@dataclass(frozen=True)
class Pair:
    """`level`: at which the body last offered it in the period; `dossiers`: what came over the counter or by
    post in the period."""

    agency: str
    procedure: str
    level: int
    dossiers: int

    @property
    def kind(self) -> Kind:
        return "persuade" if self.level >= 3 else "raise"


@dataclass(frozen=True)
class Step:
    """`used`: of its dossiers, those that are needed; `cumulative`: with those of the steps before."""

    pair: Pair
    used: int
    cumulative: int
    closes: bool


def way(pairs: Sequence[Pair], lacking: int, *kinds: Kind) -> list[Step]:
    """By these kinds, one after the other, until nothing is lacking or no pair is left."""
    steps, taken = list[Step](), 0
    for pair in _in_order(pairs, kinds):
        if taken >= lacking:
            break
        used = min(pair.dossiers, lacking - taken)
        taken += used
        steps.append(Step(pair, used, taken, closes=taken == lacking))
    return steps


def _in_order(pairs: Sequence[Pair], kinds: Sequence[Kind]) -> Iterator[Pair]:
    for kind in kinds:
        of_kind = (pair for pair in pairs if pair.kind == kind and pair.dossiers > 0)
        yield from sorted(of_kind, key=lambda pair: (-pair.dossiers, pair.agency, pair.procedure))
