"""Where bodies stand: who has a row, what is counted in it, and the target that applies to it. A handful of
statements, however many bodies there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from services.dossier.figures.definitions import INDICATORS, ON_TIME, ONLINE_SHARE
from services.dossier.figures.indicator import Indicator
from services.dossier.figures.period import Span, begin, last_day
from services.dossier.figures.queries import Asked, Counts
from services.dossier.figures.report import counted
from services.dossier.models import Body
from services.dossier.settings import Settings
from services.dossier.targets import queries
from services.dossier.targets.answers import Of
from services.dossier.targets.attainment import NOTHING, Assigned, Attained, assigned, attained, summed
from services.dossier.targets.forecast import Months
from services.dossier.targets.models import Target
from services.dossier.targets.sheets import TARGETED

_LEVEL = {"department": "province", "district": "district", "commune": "commune"}
#: So many years are looked back for one that is whole.
_HISTORY = 6


def is_of(body: Body, of: Of) -> bool:
    """Departments: all of the province but its committee, the one-stop centre too."""
    committee = body.kind == "peoples_committee"
    return body.government_level == _LEVEL[of] and committee == (of != "department")


@dataclass(frozen=True)
class Rows:
    """`bodies`: those that have one. `places`: of each body that is counted, the row that it is in."""

    bodies: Sequence[Body]
    places: Mapping[str, str]

    def of(self, counts: Mapping[str, Counts]) -> dict[str, Counts]:
        """By row, of counts by body."""
        parts: dict[str, list[Counts]] = {body.code: [] for body in self.bodies}
        for agency, count in counts.items():
            if agency in self.places:
                parts[self.places[agency]].append(count)
        return {code: summed(part) for code, part in parts.items()}


def rows_of(bodies: Sequence[Body], of: Of | None) -> Rows:
    """A body is in the row of the nearest above it, itself first."""
    wanted: tuple[Of, ...] = ("department", "district") if of is None else (of,)
    own = [body for body in bodies if any(is_of(body, each) for each in wanted)]
    if not own and of is None:
        own = [body for body in bodies if is_of(body, "commune")]
    codes = {body.code for body in own}
    nearest = {body.code: next((code for code in body.ancestors if code in codes), None) for body in bodies}
    return Rows(own, {code: row for code, row in nearest.items() if row is not None})


def shown(rows: Rows, counts: Iterable[Mapping[str, Counts]]) -> list[Body]:
    """Bodies that another has succeeded are left out where they have nothing."""
    some = {code for each in counts for code, count in each.items() if any(count.values())}
    return [body for body in rows.bodies if body.code in some or not body.successors]


async def counts(
    session: AsyncSession, indicator: Indicator, agency: str, span: Span, as_of: datetime
) -> dict[str, Counts]:
    """Of each body at or below `agency`."""
    asked = Asked(agency, "below", span, indicator.by, "agency")
    return (await counted(session, indicator, asked, as_of))[0]


@dataclass(frozen=True)
class Targets:
    """Those of a year, by indicator and body, and the default for the online share."""

    recorded: Mapping[str, Mapping[str, Target]]
    default: Assigned

    def of(self, body: Body, indicator: Indicator) -> Assigned | None:
        default = self.default if indicator is ONLINE_SHARE else None
        return assigned(body.ancestors, self.recorded.get(indicator.id, {}), default)

    def row(self, body: Body, indicator: Indicator) -> Target | None:
        return self.recorded.get(indicator.id, {}).get(body.code)

    def indicators(self) -> list[Indicator]:
        """Of which somebody may have a target."""
        return [INDICATORS[id_] for id_ in TARGETED if id_ == ONLINE_SHARE.id or id_ in self.recorded]


def default(settings: Settings) -> Assigned:
    decided_on = settings.default_target_decided_on
    return Assigned(
        Fraction(settings.default_target),
        settings.default_target_decision,
        decided_on,
        effective_from=decided_on,
        inherited=True,
    )


async def targets(session: AsyncSession, settings: Settings, year: int) -> Targets:
    return Targets(await queries.of_year(session, year), default(settings))


def last_whole_month(as_of: datetime) -> date:
    """Its first day: of the last month that was over by then."""
    day = timedelta(days=1)
    return begin(begin(last_day(as_of) + day) - day)


async def histories(
    session: AsyncSession, indicator: Indicator, agency: str, year: int, rows: Rows
) -> tuple[Months, Mapping[str, Months]]:
    """What each month of this year and some before brought: to the body and all below it, and by row."""
    span = Span(date(year - _HISTORY, 1, 1), date(year, 12, 31))
    whole: dict[date, Attained] = {}
    by_row: dict[str, dict[date, Attained]] = {body.code: {} for body in rows.bodies}
    asked = Asked(agency, "below", span, indicator.by, "agency")
    for month, body, count in await queries.months(session, asked):
        brought, row = attained(indicator, count), rows.places.get(body)
        for months in (whole, *([by_row[row]] if row else [])):
            months[month] = months.get(month, NOTHING) + brought
    return whole, by_row


def has_forecast(indicator: Indicator, span: Span, as_of: datetime) -> bool:
    """To the end of a year that it began and that is running as of then."""
    in_year = span.first == date(span.first.year, 1, 1) and last_day(as_of).year == span.first.year
    return indicator is not ON_TIME and in_year and last_whole_month(as_of) < date(span.first.year, 12, 1)


def year_of(span: Span) -> Span:
    """The calendar year whose targets apply: that of its last day."""
    year = span.last.year
    return replace(span, first=date(year, 1, 1), last=date(year, 12, 31))
