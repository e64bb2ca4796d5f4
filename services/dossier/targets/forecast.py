"""Where a share will stand at the year's end, by the months that are over. Pure.

Three methods that can be done by hand, so that whoever is told can do them again:

- run-rate: each month to come brings what the last three whole months brought on average. It follows a
  change, such as a service that went online in summer, within a quarter.
- year-to-date: the rest of the year is like its months so far. Steadier, and slow to see a change.
- seasonal: each month to come brings what it brought a year before, times the growth of this year's months
  over the same ones of last year. It knows Tết and harvests, and needs a whole earlier year.

None is best everywhere, so the one that was is taken: each is replayed at the end of every month of the
latest whole year, against what that year became; the smallest mean error wins, and a method that could
not be replayed as often as another is no candidate. That error is told with the forecast. Without such a year
the run rate is taken, which needs one month, and no error is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from services.dossier.figures.period import begin
from services.dossier.targets.attainment import NOTHING, Attained

#: What each month brought, by its first day; months without anything may be left out.
Months = Mapping[date, Attained]
Name = Literal["run-rate", "year-to-date", "seasonal"]
_BASIS = 3


@dataclass(frozen=True)
class Expected:
    """A year's numerator and denominator as they are expected, and the first month that they rest on."""

    above: Fraction
    below: Fraction
    since: date

    @property
    def share(self) -> Fraction:
        return self.above / self.below


@dataclass(frozen=True)
class Error:
    """`points`: the mean distance from what the year became, in percentage points, of `samples` forecasts."""

    points: Fraction
    of: int
    samples: int


@dataclass(frozen=True)
class Chosen:
    method: Name
    error: Error | None


#: Of a year, by the months up to `last`, the first day of the last whole one; None where it cannot be said.
Method = Callable[[Months, int, date], Expected | None]


def _of(year: int) -> list[date]:
    return [date(year, month, 1) for month in range(1, 13)]


def _sum(months: Months, which: list[date]) -> Attained:
    return sum((months.get(month, NOTHING) for month in which), NOTHING)


def _expected(done: Attained, above: Fraction, below: Fraction, since: date) -> Expected | None:
    """`above`, `below`: what is added to what is done."""
    return Expected(done.above + above, done.below + below, since) if done.below + below else None


def run_rate(months: Months, year: int, last: date) -> Expected | None:
    basis, month = list[date](), last
    first = min(months, default=last)
    while len(basis) < _BASIS and month >= first:
        basis.append(month)
        month = begin(month - timedelta(days=1))
    if not basis:
        return None
    done = [month for month in _of(year) if month <= last]
    rate, left = _sum(months, basis), Fraction(12 - len(done), len(basis))
    return _expected(_sum(months, done), rate.above * left, rate.below * left, basis[-1])


def year_to_date(months: Months, year: int, last: date) -> Expected | None:
    done = [month for month in _of(year) if month <= last]
    if not done:
        return None
    so_far, left = _sum(months, done), Fraction(12 - len(done), len(done))
    return _expected(so_far, so_far.above * left, so_far.below * left, done[0])


def seasonal(months: Months, year: int, last: date) -> Expected | None:
    earlier = _of(year - 1)
    done = [month for month in _of(year) if month <= last]
    if min(months, default=last) > earlier[0]:
        return None
    now, then, rest = (
        _sum(months, done),
        _sum(months, earlier[: len(done)]),
        _sum(months, earlier[len(done) :]),
    )
    if not done:
        return _expected(NOTHING, Fraction(rest.above), Fraction(rest.below), earlier[0])
    if not then.above or not then.below:
        return None
    above, below = Fraction(now.above, then.above) * rest.above, Fraction(now.below, then.below) * rest.below
    # Two growths could carry the part beyond the whole.
    return _expected(now, min(above, below), below, earlier[0])


METHODS: Mapping[Name, Method] = {"run-rate": run_rate, "year-to-date": year_to_date, "seasonal": seasonal}


def choose(months: Months) -> Chosen:
    """The method for forecasts, with its error on the latest whole year."""
    year = whole_year(months)
    if year is None:
        return Chosen("run-rate", None)
    tried = {name: replayed(method, months, year) for name, method in METHODS.items()}
    most = max(error.samples for error in tried.values() if error)
    best = min(
        (name for name, error in tried.items() if error and error.samples == most),
        key=lambda name: tried[name].points,  # type: ignore[union-attr]
    )
    return Chosen(best, tried[best])


def whole_year(months: Months) -> int | None:
    """The latest year of which every month has brought something; a December that is still running counts as
    far as it has come. It may be the year of the forecast, if somebody asks as of an earlier day, or it was
    generated."""
    known = {month for month, brought in months.items() if brought.below}
    return max(
        (year for year in {month.year for month in known} if known.issuperset(_of(year))), default=None
    )


def replayed(method: Method, months: Months, year: int) -> Error | None:
    """At the end of each month but the last; None where it could not be done once."""
    real = _sum(months, _of(year)).share
    assert real is not None
    misses = []
    for last in _of(year)[:-1]:
        then = {month: brought for month, brought in months.items() if month <= last}
        said = method(then, year, last)
        if said is not None:
            misses.append(abs(said.share - real) * 100)
    return Error(sum(misses, Fraction(0)) / len(misses), year, len(misses)) if misses else None
