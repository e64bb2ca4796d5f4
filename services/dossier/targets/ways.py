"""The shortest way to a target, as a report."""

from __future__ import annotations

from collections.abc import Sequence

from services.dossier.figures import queries as figures
from services.dossier.figures.book import LIVE
from services.dossier.figures.definitions import ONLINE_SHARE
from services.dossier.figures.queries import Asked
from services.dossier.targets import queries, standing, words
from services.dossier.targets.answers import StepView, Way, WayAsked
from services.dossier.targets.attainment import attained, summed
from services.dossier.targets.scene import Scene
from services.dossier.targets.shortest import Step, way


async def shortest_way(scene: Scene, asked: WayAsked) -> Way:
    year = standing.year_of(scene.span).last.year
    targets = await standing.targets(scene.session, scene.settings, year)
    counts = summed(list((await scene.counts(ONLINE_SHARE)).values()))
    stands, target = attained(ONLINE_SHARE, counts), targets.of(scene.body, ONLINE_SHARE)
    assert target is not None
    lacking = stands.lacking(target.value)
    pairs = []
    if lacking:
        of_pairs = Asked(scene.agency, "below", scene.span, ONLINE_SHARE.by, "procedure")
        pairs = await queries.pairs(scene.session, of_pairs)
    steps, alternative = way(pairs, lacking, "persuade", "raise"), way(pairs, lacking, "raise")
    needed = _needed(steps, lacking)
    listed = [*steps[: asked.limit], *alternative[: asked.limit]]
    codes = {step.pair.procedure for step in listed}
    called = await figures.names(scene.session, LIVE, "procedure", sorted(codes)) if codes else {}
    bodies = {body.code: body.name for body in scene.bodies}

    def view(step: Step) -> StepView:
        pair = step.pair
        return StepView(
            agency=pair.agency,
            name=bodies.get(pair.agency, pair.agency),
            procedure=pair.procedure,
            procedure_name=called.get(pair.procedure, pair.procedure),
            online_level=pair.level,
            kind=pair.kind,
            dossiers=pair.dossiers,
            used=step.used,
            cumulative=step.cumulative,
            closes=step.closes,
        )

    return Way(
        **await scene.frame(ONLINE_SHARE, steps=words.STEPS[scene.language]),
        name=scene.body.name,
        received=stands.below,
        online=stands.above,
        target=float(target.value),
        lacking=lacking,
        reached_by_steps=needed is not None,
        needed=needed,
        steps=[view(step) for step in steps[: asked.limit]],
        alternative_needed=_needed(alternative, lacking),
        alternative=[view(step) for step in alternative[: asked.limit]],
    )


def _needed(steps: Sequence[Step], lacking: int) -> int | None:
    return len(steps) if not lacking or (steps and steps[-1].closes) else None
