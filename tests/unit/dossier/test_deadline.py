"""The thirteen examples of the domain rules, section 4, to the minute; and what holds for all days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.clock import VIETNAM
from services.dossier.calendar import Calendar, Hours, Override
from services.dossier.deadline import Term, Wait, add_minutes, after_each, promise, resume, working_minutes

CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


EXAMPLES = [
    ("2020-10-26 15:00", Term(5, "working_days"), "2020-11-02 17:00"),
    ("2020-10-23 16:59", Term(1, "working_days"), "2020-10-26 17:00"),
    ("2020-10-23 17:01", Term(1, "working_days"), "2020-10-27 17:00"),
    ("2020-10-24 09:00", Term(1, "working_days"), "2020-10-27 17:00"),
    ("2020-01-21 10:00", Term(3, "working_days"), "2020-01-31 17:00"),
    ("2025-04-25 09:00", Term(3, "working_days"), "2025-04-29 17:00"),
    ("2025-04-29 09:00", Term(1, "working_days"), "2025-05-05 17:00"),
    ("2020-12-30 14:00", Term(2, "working_days"), "2021-01-04 17:00"),
    ("2020-10-26 10:30", Term(3, "hours"), "2020-10-26 15:00"),
    ("2020-10-23 16:00", Term(4, "hours"), "2020-10-26 10:30"),
    ("2020-10-29 09:00", Term(10, "days"), "2020-11-09 17:00"),
    ("2020-01-31 09:00", Term(1, "months"), "2020-03-02 17:00"),
]


@pytest.mark.parametrize(("accepted", "term", "promised"), EXAMPLES)
def test_examples_of_the_rules(accepted: str, term: Term, promised: str) -> None:
    assert promise(at(accepted), term, CALENDAR).promised_at == at(promised)


def test_thirteenth_example_with_a_pause() -> None:
    term = Term(5, "working_days")
    old = promise(at("2020-04-20 09:00"), term, CALENDAR).promised_at
    asked, arrived = at("2020-04-23 14:00"), at("2020-05-04 10:00")
    assert old == at("2020-04-27 17:00")
    assert working_minutes(asked, arrived, CALENDAR) == 37.5 * 60
    assert resume(old, asked, arrived, term, CALENDAR) == at("2020-05-06 17:00")


def test_tet_is_skipped_day_by_day_with_its_names() -> None:
    found = promise(at("2020-01-21 10:00"), Term(3, "working_days"), CALENDAR)
    assert [day.isoformat() for day in found.counted] == ["2020-01-22", "2020-01-30", "2020-01-31"]
    assert [day.date.day for day in found.skipped] == [23, 24, 25, 26, 27, 28, 29]
    assert {day.cause for day in found.skipped} == {"holiday"}
    assert "Tết" in found.skipped[0].name


def test_a_worked_saturday_counts() -> None:
    found = promise(at("2025-04-25 09:00"), Term(3, "working_days"), CALENDAR)
    assert date(2025, 4, 26) in found.counted
    assert CALENDAR.day(date(2025, 4, 26)).cause == "swap"
    assert not CALENDAR.worked(date(2024, 4, 26 + 1))


def test_a_decision_overrides_the_library() -> None:
    storm = Calendar(overrides={date(2020, 10, 27): Override(worked=False, name="Nghỉ bão")})
    found = promise(at("2020-10-26 15:00"), Term(5, "working_days"), storm)
    assert found.promised_at == at("2020-11-03 17:00")
    assert found.skipped[0].name == "Nghỉ bão"


def test_hours_of_a_body_change_on_a_day() -> None:
    later = Hours(
        date(2020, 11, 1),
        ((Hours().spans[0]), (at("2020-01-01 13:30").time(), at("2020-01-01 17:30").time())),
    )
    calendar = Calendar(hours=(Hours(), later))
    assert promise(at("2020-10-26 15:00"), Term(5, "working_days"), calendar).promised_at == at(
        "2020-11-02 17:30"
    )


def test_beyond_the_announced_years_a_promise_is_provisional() -> None:
    assert promise(at("2026-12-30 09:00"), Term(10, "working_days"), CALENDAR).provisional
    assert not promise(at("2020-12-30 09:00"), Term(10, "working_days"), CALENDAR).provisional


moments = st.datetimes(
    at("2019-01-02").replace(tzinfo=None), at("2026-06-30").replace(tzinfo=None), timezones=st.just(VIETNAM)
)
terms = st.one_of(
    st.builds(Term, st.integers(1, 60), st.sampled_from(["working_days", "hours", "days"])),
    st.builds(Term, st.integers(1, 6), st.just("months")),
)
bounded = settings(max_examples=150, deadline=None)


@bounded
@given(moments, moments, terms)
def test_later_acceptance_never_promises_earlier(one: datetime, other: datetime, term: Term) -> None:
    early, late = sorted((one, other))
    assert promise(early, term, CALENDAR).promised_at <= promise(late, term, CALENDAR).promised_at


@bounded
@given(moments, terms)
def test_never_ends_on_a_day_off_or_out_of_hours(moment: datetime, term: Term) -> None:
    end = promise(moment, term, CALENDAR).promised_at
    assert any(begin <= end <= finish for begin, finish in CALENDAR.spans(end.date()))
    assert end > moment


@bounded
@given(moments, st.integers(1, 40), st.integers(0, 200))
def test_a_pause_moves_the_promise_by_as_much(moment: datetime, amount: int, hours: int) -> None:
    term = Term(amount, "hours")
    old = promise(moment, term, CALENDAR).promised_at
    start = promise(moment, Term(1, "hours"), CALENDAR).promised_at
    end = add_minutes(start, hours * 60, CALENDAR)
    new = resume(old, start, end, term, CALENDAR)
    assert working_minutes(old, new, CALENDAR) == hours * 60
    days = resume(old, start, end, Term(1, "working_days"), CALENDAR)
    assert days == (CALENDAR.closing(new.date()) if hours else old)


@bounded
@given(moments, terms, st.sampled_from(["UTC", "America/New_York", "Pacific/Auckland"]))
def test_the_same_in_any_time_zone(moment: datetime, term: Term, zone: str) -> None:
    there = moment.astimezone(UTC).astimezone(ZoneInfo(zone))
    assert promise(there, term, CALENDAR).promised_at == promise(moment, term, CALENDAR).promised_at


@bounded
@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_minutes_added_are_the_minutes_between(moment: datetime, span: timedelta) -> None:
    minutes = working_minutes(moment, moment + span, CALENDAR)
    assert working_minutes(moment, add_minutes(moment, minutes, CALENDAR), CALENDAR) == pytest.approx(minutes)


@bounded
@given(moments, terms, st.lists(st.integers(0, 4_000), min_size=2, max_size=6))
def test_no_pause_ends_on_a_day_off_or_out_of_hours(moment: datetime, term: Term, minutes: list[int]) -> None:
    first = promise(moment, term, CALENDAR).promised_at
    marks = [moment + timedelta(minutes=sum(minutes[: n + 1])) for n in range(len(minutes))]
    waits = [Wait(begin, end) for begin, end in pairwise(marks)]
    for end in after_each(first, waits, term, CALENDAR):
        assert any(begin <= end <= finish for begin, finish in CALENDAR.spans(end.date()))
        assert end >= first


@bounded
@given(moments, terms, st.lists(st.integers(0, 4_000), min_size=1, max_size=5))
def test_pauses_that_go_on_are_one(moment: datetime, term: Term, minutes: list[int]) -> None:
    first = promise(moment, term, CALENDAR).promised_at
    marks = [moment + timedelta(minutes=sum(minutes[:n])) for n in range(len(minutes) + 1)]
    whole = resume(first, marks[0], marks[-1], term, CALENDAR)
    waits = [Wait(begin, end, goes_on=True) for begin, end in pairwise(marks[:-1])]
    waits.append(Wait(marks[-2], marks[-1]))
    found = after_each(first, waits, term, CALENDAR)
    assert found[-1] == whole
    assert set(found[:-1]) <= {first}


def test_two_pauses_are_two() -> None:
    term = Term(5, "working_days")
    first = at("2020-11-02 17:00")
    waits = [
        Wait(at("2020-10-27 08:00"), at("2020-10-27 09:00")),
        Wait(at("2020-10-27 09:00"), at("2020-10-27 10:00")),
    ]
    assert after_each(first, waits, term, CALENDAR) == [at("2020-11-03 17:00"), at("2020-11-04 17:00")]
    joined = [Wait(waits[0].begin, waits[0].end, goes_on=True), waits[1]]
    assert after_each(first, joined, term, CALENDAR) == [first, at("2020-11-03 17:00")]
