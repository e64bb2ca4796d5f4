"""Attainment and league table, put together of what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kit.problem import Language
from kit.text import sort_key
from services.dossier.figures.definitions import INDICATORS, ONLINE_SHARE
from services.dossier.figures.indicator import Indicator
from services.dossier.figures.period import Span, after
from services.dossier.figures.queries import Counts
from services.dossier.models import Body
from services.dossier.targets import league, standing, words
from services.dossier.targets.answers import (
    Attainment,
    AttainmentAsked,
    AttainmentRow,
    ForecastError,
    ForecastOfRow,
    ForecastView,
    League,
    LeagueAsked,
    LeagueRow,
)
from services.dossier.targets.attainment import attained, places, summed
from services.dossier.targets.forecast import METHODS, Chosen, Expected, choose
from services.dossier.targets.scene import Scene
from services.dossier.targets.schemas import MeasureView


async def attainment(scene: Scene, asked: AttainmentAsked) -> Attainment:
    indicator, language = INDICATORS[asked.indicator], scene.language
    year = standing.year_of(scene.span).last.year
    targets = await standing.targets(scene.session, scene.settings, year)
    counts = await scene.counts(indicator)
    rows = standing.rows_of(scene.bodies, asked.of)
    by_row = rows.of(counts)
    outlook = await _outlook(scene, indicator, rows)

    def row(body: Body, count: Counts, expected: Expected | None) -> AttainmentRow:
        return _row(body, indicator, count, targets, expected)

    return Attainment(
        **await scene.frame(indicator, lacking=words.LACKING[language], forecast=words.FORECAST[language]),
        default_target=places(targets.default.value) if indicator is ONLINE_SHARE else None,
        total=row(scene.body, summed(list(counts.values())), outlook.whole),
        rows=[
            row(body, by_row[body.code], outlook.rows.get(body.code))
            for body in standing.shown(rows, [by_row])
        ],
        forecast=outlook.view,
    )


@dataclass(frozen=True)
class _Outlook:
    view: ForecastView | None
    whole: Expected | None
    rows: Mapping[str, Expected | None]


async def _outlook(scene: Scene, indicator: Indicator, rows: standing.Rows) -> _Outlook:
    year = scene.span.first.year
    if not standing.has_forecast(indicator, scene.span, scene.as_of):
        return _Outlook(None, None, {})
    last = standing.last_whole_month(scene.as_of)
    months, of_rows = await standing.histories(scene.session, indicator, scene.agency, year, rows)
    chosen = choose(months)
    method = METHODS[chosen.method]
    whole = method(months, year, last)
    if whole is None:
        return _Outlook(None, None, {})
    expected = {code: method(known, year, last) for code, known in of_rows.items()}
    return _Outlook(_told(chosen, whole, last, scene.language), whole, expected)


def _told(chosen: Chosen, whole: Expected, last: date, language: Language) -> ForecastView:
    error = chosen.error
    return ForecastView(
        method=chosen.method,
        text=words.forecast(chosen.method, whole.since, last, error, language),
        basis_from=whole.since,
        basis_to=after(last) - timedelta(days=1),
        error=error
        and ForecastError(points=round(float(error.points), 4), of=str(error.of), samples=error.samples),
    )


def _row(
    body: Body,
    indicator: Indicator,
    counts: Counts,
    targets: standing.Targets,
    expected: Expected | None,
) -> AttainmentRow:
    reached, target = attained(indicator, counts), targets.of(body, indicator)
    value = None if target is None else target.value
    recorded = targets.row(body, indicator)
    return AttainmentRow(
        agency=body.code,
        name=body.name,
        kind=body.kind,
        government_level=body.government_level,
        **_parts(indicator, counts),
        numerator=reached.above,
        denominator=reached.below,
        value=places(reached.share),
        target=places(value),
        decision=target and target.decision,
        effective_from=target and target.effective_from,
        inherited=target is not None and target.inherited,
        reached=value is not None and reached.reaches(value),
        lacking=None if value is None else reached.lacking(value),
        lacking_if_new=None if value is None else reached.lacking_if_new(value),
        gap=None if value is None else places(reached.gap(value)),
        forecast=expected and _expected(expected, value),
        measures=[MeasureView(**measure) for measure in recorded.measures] if recorded else [],
    )


def _expected(expected: Expected, target: Fraction | None) -> ForecastOfRow:
    value = places(expected.share)
    assert value is not None
    return ForecastOfRow(value=value, reached=None if target is None else expected.share >= target)


def _parts(indicator: Indicator, counts: Counts) -> dict[str, int | None]:
    """What the online share is made of, or null."""
    names = ("received", "eligible", "online")
    return {name: int(counts.get(name) or 0) if indicator is ONLINE_SHARE else None for name in names}


async def league_table(scene: Scene, asked: LeagueAsked) -> League:
    indicator, language, before = INDICATORS[asked.indicator], scene.language, scene.span.shifted()
    year = standing.year_of(scene.span)
    targets = await standing.targets(scene.session, scene.settings, year.last.year)
    rows = standing.rows_of(scene.bodies, asked.of)
    now, then = rows.of(await scene.counts(indicator)), rows.of(await scene.counts(indicator, before))
    known = {indicator.id: now} if year == scene.span else {}
    scores = await _scores(scene, rows, targets, year, known)
    stands = {code: attained(indicator, count) for code, count in now.items()}
    ranks = league.ranks(stands, asked.minimum)
    earlier = league.ranks({code: attained(indicator, c) for code, c in then.items()}, asked.minimum)

    def row(body: Body) -> LeagueRow:
        code, rank = body.code, ranks.get(body.code)
        target = targets.of(body, indicator)
        parts = _parts(indicator, now[code])
        return LeagueRow(
            rank=rank,
            agency=code,
            name=body.name,
            received=parts["received"],
            online=parts["online"],
            numerator=stands[code].above,
            denominator=stands[code].below,
            value=places(stands[code].share),
            target=None if target is None else places(target.value),
            score=scores[code],
            change=None if rank is None or code not in earlier else earlier[code] - rank,
            reason="few" if rank is None else None,
        )

    listed = sorted(
        map(row, standing.shown(rows, [now, then])),
        key=lambda row: (row.rank or len(rows.bodies) + 1, sort_key(row.name), row.agency),
    )
    said = {
        "rank": words.RANK[language].format(minimum=asked.minimum),
        "change": words.CHANGE[language].format(first=before.first, last=before.last),
        "score": words.SCORE[language].format(year=year.last.year),
    }
    frame = await scene.frame(indicator, **said)
    return League(**frame, of=asked.of, minimum=asked.minimum, rows=listed)


async def _scores(
    scene: Scene,
    rows: standing.Rows,
    targets: standing.Targets,
    year: Span,
    known: Mapping[str, Mapping[str, Counts]],
) -> dict[str, float | None]:
    """By row, of the year, in two decimals. `known`: what was counted of it already, by indicator."""
    figures_ = {
        indicator.id: known.get(indicator.id) or rows.of(await scene.counts(indicator, year))
        for indicator in targets.indicators()
    }
    scores: dict[str, float | None] = {}
    for body in rows.bodies:
        parts = [
            (attained(INDICATORS[id_], counts[body.code]), target.value)
            for id_, counts in figures_.items()
            if (target := targets.of(body, INDICATORS[id_])) is not None
        ]
        score = league.score(parts)
        scores[body.code] = None if score is None else round(float(score), 2)
    return scores
