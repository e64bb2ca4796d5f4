"""From rows to answers. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kit.problem import Language
from services.catalog.clients.volumes import Volume
from services.catalog.content import GAPS, gaps_for
from services.catalog.schemas import Ref
from services.catalog.usage.queries import CandidateRow, UnusedRow
from services.catalog.usage.schemas import (
    Candidate,
    ExplainedCandidate,
    ExplainedUnused,
    Gap,
    Received,
    Unused,
)


def unused(row: UnusedRow) -> Unused:
    return Unused(
        procedure=Ref(code=row.code, name=row.name),
        agency=Ref(code=row.agency, name=row.agency_name),
        online_level=row.online_level,
        offered_since=row.since,
        received=row.received,
        received_online=row.online,
    )


def candidate(row: CandidateRow, language: Language) -> Candidate:
    def missing(level: int) -> list[Gap]:
        return [Gap(code=gap, label=GAPS[gap][language]) for gap in gaps_for(level, row.gaps)]

    return Candidate(
        procedure=Ref(code=row.code, name=row.name),
        agency=Ref(code=row.agency, name=row.agency_name),
        received=row.received,
        online_level=row.online_level,
        missing_for_3=missing(3),
        missing_for_4=missing(4),
    )


def explained_unused(rows: Sequence[UnusedRow], volumes: Sequence[Volume]) -> list[ExplainedUnused]:
    of = _channels(volumes)
    return [ExplainedUnused(**dict(unused(row)), channels=of.get((row.code, row.agency), [])) for row in rows]


def explained_candidates(
    rows: Sequence[CandidateRow], volumes: Sequence[Volume], language: Language
) -> list[ExplainedCandidate]:
    of = _channels(volumes)
    return [
        ExplainedCandidate(**dict(candidate(row, language)), channels=of.get((row.code, row.agency), []))
        for row in rows
    ]


def _channels(volumes: Sequence[Volume]) -> Mapping[tuple[str, str], list[Received]]:
    """By procedure and body."""
    found: dict[tuple[str, str], list[Received]] = defaultdict(list)
    for one in sorted(volumes, key=lambda one: one.channel):
        found[one.procedure, one.agency].append(Received(channel=one.channel, received=one.count))
    return found
