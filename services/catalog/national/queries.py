"""Reads of national texts, proposals and mappings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, cast, exists, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.catalog.models import Procedure, Version
from services.catalog.national.errors import MappingMissing, ProposalMissing
from services.catalog.national.models import CodeMapping, NationalText, Proposal
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.status import Source, VersionState

SUGGESTIONS = 5
#: Below this likeness of names a suggestion would only mislead.
_LIKE_ENOUGH = 0.25


async def newest(session: AsyncSession, codes: Sequence[str]) -> dict[str, Version]:
    """Of each, the published version that comes into force last."""
    rows = await session.scalars(
        select(Version)
        .ext(distinct_on(col(Version.procedure_code)))
        .where(col(Version.procedure_code).in_(codes), col(Version.state) == VersionState.PUBLISHED)
        .order_by(
            col(Version.procedure_code),
            func.isempty(col(Version.valid)),
            col(Version.valid_from).desc(),
            col(Version.number).desc(),
        )
    )
    return {row.procedure_code: row for row in rows}


async def drafts(session: AsyncSession, codes: Sequence[str]) -> dict[str, Version]:
    rows = await session.scalars(
        select(Version).where(
            col(Version.procedure_code).in_(codes), col(Version.state) == VersionState.DRAFT
        )
    )
    return {row.procedure_code: row for row in rows}


async def texts(session: AsyncSession, codes: Sequence[str]) -> dict[str, NationalText]:
    rows = await session.scalars(select(NationalText).where(col(NationalText.procedure_code).in_(codes)))
    return {row.procedure_code: row for row in rows}


async def open_proposals(session: AsyncSession, codes: Sequence[str]) -> dict[str, Proposal]:
    rows = await session.scalars(
        select(Proposal).where(
            col(Proposal.procedure_code).in_(codes), col(Proposal.state) == ProposalState.OPEN
        )
    )
    return {row.procedure_code: row for row in rows}


#: Code, kind, digest of the base, digest of the national text.
Rejected = tuple[str, str, bytes | None, bytes | None]


async def rejected(session: AsyncSession, codes: Sequence[str]) -> set[Rejected]:
    """What was rejected once, and from which text it started."""
    rows = await session.execute(
        select(
            col(Proposal.procedure_code),
            col(Proposal.kind),
            col(Proposal.base_digest),
            col(Proposal.theirs_digest),
        ).where(col(Proposal.procedure_code).in_(codes), col(Proposal.state) == ProposalState.REJECTED)
    )
    return {(code, kind, base, theirs) for code, kind, base, theirs in rows}


async def proposal(session: AsyncSession, proposal_id: UUID) -> Proposal:
    """As it stands now, whatever the session has read of it. Raises ProposalMissing."""
    found = await session.get(Proposal, proposal_id, populate_existing=True)
    if found is None:
        raise ProposalMissing
    return found


async def earlier(session: AsyncSession, proposal: Proposal) -> list[Proposal]:
    """Those of the same procedure that came before, newest first."""
    rows = await session.scalars(
        select(Proposal)
        .where(col(Proposal.procedure_code) == proposal.procedure_code, col(Proposal.id) < proposal.id)
        .order_by(col(Proposal.id).desc())
        .limit(50)
    )
    return list(rows)


async def proposals(
    session: AsyncSession,
    state: ProposalState | None,
    kind: ProposalKind | None,
    field: str | None,
    after: UUID | None,
    limit: int,
) -> list[tuple[Proposal, Procedure]]:
    """Newest first. `field`: code of the field in the national text."""
    query = select(Proposal, Procedure).join(Procedure, col(Procedure.code) == col(Proposal.procedure_code))
    if state is not None:
        query = query.where(col(Proposal.state) == state)
    if kind is not None:
        query = query.where(col(Proposal.kind) == kind)
    if field is not None:
        said = func.coalesce(col(Proposal.theirs), col(Proposal.base))
        query = query.where(said["field"]["code"].astext == field)
    if after is not None:
        query = query.where(col(Proposal.id) < after)
    rows = await session.execute(query.order_by(col(Proposal.id).desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def national_code(session: AsyncSession, code: str) -> str | None:
    """Under which code the national database knows a procedure of ours; None where it does not."""
    mapped = await session.get(CodeMapping, code)
    if mapped is not None:
        return mapped.national_code
    return code if await session.get(NationalText, code) else None


async def mapping(session: AsyncSession, local_code: str) -> CodeMapping:
    """Raises MappingMissing."""
    found = await session.get(CodeMapping, local_code)
    if found is None:
        raise MappingMissing
    return found


@dataclass(frozen=True)
class Suggestion:
    """`score`: likeness of the names, 0 to 1."""

    code: str
    name: str
    score: float
    same_field: bool
    same_level: bool


async def mapped(
    session: AsyncSession, after: str | None, limit: int
) -> list[tuple[Version, CodeMapping, str]]:
    """Our newest version, the mapping, the national name; by our code."""
    theirs = aliased(NationalText)
    query = (
        select(Version, CodeMapping, theirs.content["name"].astext)
        .join(CodeMapping, col(CodeMapping.local_code) == col(Version.procedure_code))
        .join(theirs, col(theirs.procedure_code) == col(CodeMapping.national_code))
        .where(col(Version.number) == _last_number(), *_after(after))
        .order_by(col(Version.procedure_code))
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query.limit(limit))]


async def unmapped(session: AsyncSession, after: str | None, limit: int) -> list[Version]:
    """The newest versions of the province's own procedures to which no national code belongs, by code."""
    query = (
        select(Version)
        .join(Procedure, col(Procedure.code) == col(Version.procedure_code))
        .where(
            col(Version.number) == _last_number(),
            col(Procedure.source) == Source.LOCAL,
            ~exists().where(col(CodeMapping.local_code) == col(Version.procedure_code)),
            ~exists().where(col(NationalText.procedure_code) == col(Version.procedure_code)),
            *_after(after),
        )
        .order_by(col(Version.procedure_code))
    )
    return list(await session.scalars(query.limit(limit)))


async def suggestions(session: AsyncSession, ours: Version, on: date) -> list[Suggestion]:
    """National procedures in force with a name like ours, likest first; of names equally alike, one of the
    same field and level of government."""
    score = func.similarity(col(Version.name_folded), ours.name_folded)
    same_field = col(Version.field_code) == ours.field_code
    levels = type_coerce(col(Version.government_levels), ARRAY(Text))
    same_level = levels.overlap(ours.government_levels)
    preferred = score + cast(same_field, Integer) * 0.1 + cast(same_level, Integer) * 0.05
    rows = await session.execute(
        select(col(Version.procedure_code), col(Version.name), score, same_field, same_level)
        .join(NationalText, col(NationalText.procedure_code) == col(Version.procedure_code))
        .where(col(Version.valid).contains(on), score >= _LIKE_ENOUGH)
        .order_by(preferred.desc(), col(Version.procedure_code))
        .limit(SUGGESTIONS)
    )
    return [Suggestion(code, name, round(like, 3), field, level) for code, name, like, field, level in rows]


def _last_number() -> ColumnElement[int]:
    of_it = aliased(Version)
    return (
        select(func.max(of_it.number))
        .where(col(of_it.procedure_code) == col(Version.procedure_code))
        .correlate(Version)
        .scalar_subquery()
    )


def _after(code: str | None) -> list[ColumnElement[bool]]:
    return [] if code is None else [col(Version.procedure_code) > code]
