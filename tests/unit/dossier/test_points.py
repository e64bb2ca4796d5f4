"""The arithmetic of the score of QĐ 766, for whatever was counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossier.clients.catalog import Provision
from services.dossier.score import views
from services.dossier.score.indicators import GROUPS
from services.dossier.score.queries import Decided, Fees
from services.dossier.score.views import Share


def test_the_weights_are_those_of_the_decision() -> None:
    weights = {group.id: group.weight for group in GROUPS}
    assert weights == {"transparency": 18, "progress": 20, "online_service": 12, "online_payment": 10,
                       "satisfaction": 18, "digitisation": 22}  # fmt: skip
    for group in GROUPS:
        assert round(sum(map(group.weight_of, group.indicators)), 2) == group.weight


NUMBERS = st.integers(0, 10_000)
SHARES = st.tuples(NUMBERS, NUMBERS).map(lambda pair: Share(min(pair), max(pair)))
SOME = st.dictionaries(st.sampled_from([i.id for group in GROUPS for i in group.indicators]), SHARES)


@given(SHARES.filter(lambda share: share.denominator), st.floats(0.1, 1), st.floats(0, 30))
def test_points_grow_in_proportion_up_to_the_value_that_has_them_all(
    share: Share, full_at: float, weight: float
) -> None:
    got = views.points(share, full_at, weight)
    assert 0 <= got <= round(weight, 2)
    more = views.points(share._replace(numerator=share.numerator + 1), full_at, weight)
    assert more >= got
    value = share.numerator / share.denominator
    if value >= full_at:
        assert got == round(weight, 2)
    else:
        assert got == pytest.approx(weight * value / full_at, abs=0.006)


@given(SOME)
def test_the_total_is_what_stands_in_the_table(found: dict[str, Share]) -> None:
    groups, total = views.groups(GROUPS, found, "vi")
    rows = [each for group in groups for each in group.indicators]
    scored = [each for each in rows if each.points is not None]
    assert total.not_computable == [each.id for each in rows if not each.computable]
    assert total.possible == round(sum(each.weight for each in scored), 2) <= 100
    assert total.points == (round(sum(each.points or 0 for each in scored), 2) if scored else None)
    assert total.possible == round(sum(group.possible for group in groups), 2)
    for each in rows:
        known = each.id in found and found[each.id].denominator > 0
        assert each.computable == known == (each.why_not is None)
        assert (each.points is None) == (not known or each.weight == 0)


@given(st.lists(NUMBERS, min_size=9, max_size=9), NUMBERS, st.booleans())
def test_shares_are_never_below_zero(numbers: list[int], overdue: int, away: bool) -> None:
    a, b, c, *rest = numbers
    decided = Decided(a + b + c, a + b, a, *rest)
    provision = (
        None
        if away
        else Provision(procedures=4, online=3, complete=2, with_fee=1, payable=0, services={"H28": ["9.1"]})
    )
    found = views.shares(decided, overdue, Fees(0, 0), set(), provision)
    assert ("3.1" in found) == (not away)
    assert all(share.numerator >= 0 for share in found.values())
    assert found["5.4"].numerator <= found["2.1"].numerator <= found["2.1"].denominator
