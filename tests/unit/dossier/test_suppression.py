"""Small counts are hidden so that nobody can tell them, and no more than that."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.dossier.statements.suppression import SMALL, cover

Cells = tuple[int, ...]


def published(cells: Cells) -> tuple[tuple[int | None, ...], int | None]:
    """What the world sees of a group: each cell or its gap, and the total."""
    hidden = cover(cells)
    return tuple(None if hidden.hides(n) else n for n in cells), sum(cells) if hidden.total else None


def test_no_hidden_count_can_be_told_even_by_who_knows_the_rule() -> None:
    """All groups of up to four cells: whatever is published, each gap has two values at least that it may
    have."""
    for size in range(1, 5):
        worlds: dict[Any, list[Cells]] = defaultdict(list)
        for cells in itertools.product(range(1, 9), repeat=size):
            worlds[published(cells)].append(cells)
        for (shown, _), possible in worlds.items():
            for place, value in enumerate(shown):
                if value is None:
                    assert len({cells[place] for cells in possible}) > 1, (shown, possible)


@given(st.lists(st.one_of(st.integers(1, 8), st.integers(1, 10**6)), min_size=1, max_size=60))
def test_a_total_never_gives_its_hidden_counts_away(cells: list[int]) -> None:
    shown, total = published(tuple(cells))
    hidden = [count for count, value in zip(cells, shown, strict=True) if value is None]
    assert all(value is None for count, value in zip(cells, shown, strict=True) if count < SMALL)
    assert total in (None, sum(cells))
    if hidden and total is not None:
        assert len(hidden) > 1
        assert len(set(hidden)) > 1
        rest = total - sum(value for value in shown if value is not None)
        assert rest > len(hidden)  # not all of them are 1
        # Two of them exchanged: the same is published, so neither is known.
        low, high = cells.index(min(hidden)), cells.index(max(hidden))
        other = list(cells)
        other[low], other[high] = other[high], other[low]
        assert published(tuple(other)) == (shown, total)
    if total is None:
        assert len(set(cells)) == 1
        assert hidden == cells


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_no_more_is_hidden_than_must_be(cells: list[int]) -> None:
    hidden = [count for count in cells if cover(cells).hides(count)]
    if min(cells) >= SMALL:
        assert hidden == []
    small = {count for count in cells if count < SMALL}
    if len(small) > 1:
        assert set(hidden) == small
