"""What statements say on paper, without any dossier."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kit.problem import Language
from services.dossier.figures.sheets import escaped
from services.dossier.statements import heads
from services.dossier.statements.one_stop import closes, flow
from services.dossier.statements.paper import Section, shown
from services.dossier.statements.schemas import Flow, MonthlyAsked, OneStopAsked


@given(st.fixed_dictionaries({name: st.integers(0, 10**6) for name in (
    "carried_over", "received_online", "received_otherwise", "early", "on_time", "late", "unscored",
    "undecided", "pending", "overdue",
)}))  # fmt: skip
def test_whatever_the_report_says_each_dossier_is_in_one_column(values: dict[str, int]) -> None:
    ended = sum(values[name] for name in ("early", "on_time", "late", "unscored", "undecided"))
    row = Flow(**flow({**values, "ended": ended}, 0))
    came = row.received.total
    left = row.solved.total + row.pending.total + row.other.total
    assert left == ended + values["pending"] + values["overdue"]
    assert closes(row) == (came == left)
    assert row.other.undecided == values["undecided"]


def test_numbers_as_people_write_them() -> None:
    assert shown(365_040, "count", "vi") == "365.040"
    assert shown(0.032467, "share", "vi") == "3,25 %"
    assert shown(1123.5, "decimal", "en") == "1,123.50"
    assert shown(None, "share", "vi") == "–"
    assert shown(date(2020, 10, 1), "day", "vi") == "01/10/2020"


def test_headings_cover_the_table_once() -> None:
    languages: tuple[Language, ...] = ("vi", "en")
    for say in map(heads.say, languages):
        for found in (heads.flow(say), (*heads.flow(say), *heads.pace(say)), heads.shares(say)):
            section = Section("x", None, (*heads.first("x", say), *found), [], [])
            seen = [
                (each.row + r, each.column + c)
                for each in section.merged()
                for r in range(each.rows)
                for c in range(each.columns)
            ]
            assert sorted(seen) == [
                (r, c) for r in range(section.depth()) for c in range(len(section.columns()))
            ]


def test_the_default_is_the_last_period_that_is_over() -> None:
    day = date(2020, 1, 1)
    while day < date(2022, 1, 1):
        month = MonthlyAsked().wanted(day).period
        assert month == f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
        quarter = OneStopAsked().wanted(day).span(day)
        assert (quarter.last < day, (day - quarter.last).days <= 92) == (True, True)
        day += timedelta(days=17)


@given(st.text("&aộ", max_size=400))
def test_a_page_head_is_never_too_long_for_excel(text: str) -> None:
    assert len(escaped(text)) <= 240
    assert escaped(text).count("&") % 2 == 0
