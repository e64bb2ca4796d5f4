"""Every select of the federation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.federation.models import (
    FederatedDossier,
    NationalProcedure,
    PortalLink,
    SyncRow,
    SyncRun,
)


async def link(session: AsyncSession, unit: str) -> PortalLink | None:
    return await session.get(PortalLink, unit)


async def dossier(session: AsyncSession, code: str) -> FederatedDossier | None:
    """The row of a dossier, locked until the transaction ends."""
    return await session.scalar(
        select(FederatedDossier).where(col(FederatedDossier.code) == code).with_for_update()
    )


async def dossiers(
    session: AsyncSession, state: str | None, after: str | None, limit: int
) -> Sequence[FederatedDossier]:
    """By code."""
    query = select(FederatedDossier).order_by(col(FederatedDossier.code)).limit(limit)
    if state is not None:
        query = query.where(col(FederatedDossier.state) == state)
    if after is not None:
        query = query.where(col(FederatedDossier.code) > after)
    return (await session.scalars(query)).all()


@dataclass(frozen=True)
class Standing:
    """`oldest`: since when the longest-waiting version has been wanted; `latest`: last success."""

    counts: dict[str, int]
    oldest: datetime | None
    latest: datetime | None


async def standing(session: AsyncSession) -> Standing:
    counted = await session.execute(
        select(col(FederatedDossier.state), func.count()).group_by(col(FederatedDossier.state))
    )
    oldest = await session.scalar(
        select(func.min(col(FederatedDossier.wanted_since))).where(
            col(FederatedDossier.state).not_in(("sent", "parked"))
        )
    )
    latest = await session.scalar(select(func.max(col(FederatedDossier.updated_at_portal))))
    return Standing({str(state): count for state, count in counted}, oldest, latest)


async def open_run(session: AsyncSession) -> SyncRun | None:
    return await session.scalar(select(SyncRun).where(col(SyncRun.state).in_(("waiting", "running"))))


async def run(session: AsyncSession, run_id: UUID) -> SyncRun | None:
    return await session.get(SyncRun, run_id)


async def tally(session: AsyncSession, run_id: UUID) -> tuple[dict[str, int], int]:
    """Rows by outcome, and how many of them were unchanged."""
    counted = await session.execute(
        select(col(SyncRow.outcome), func.count(), func.count().filter(col(SyncRow.unchanged)))
        .where(col(SyncRow.run_id) == run_id, col(SyncRow.outcome).is_not(None))
        .group_by(col(SyncRow.outcome))
    )
    counts, unchanged = {}, 0
    for outcome, count, same in counted:
        counts[str(outcome)] = count
        unchanged += same
    return counts, unchanged


async def rows(
    session: AsyncSession, run_id: UUID, outcome: str | None, after: int | None, limit: int
) -> Sequence[SyncRow]:
    """By position in the portal's list."""
    query = select(SyncRow).where(col(SyncRow.run_id) == run_id).order_by(col(SyncRow.position)).limit(limit)
    if outcome is not None:
        query = query.where(col(SyncRow.outcome) == outcome)
    if after is not None:
        query = query.where(col(SyncRow.position) > after)
    return (await session.scalars(query)).all()


async def open_rows(session: AsyncSession, run_id: UUID, limit: int) -> Sequence[SyncRow]:
    """What is still to be done, in the order of the list."""
    query = select(SyncRow).where(col(SyncRow.run_id) == run_id, col(SyncRow.outcome).is_(None))
    return (await session.scalars(query.order_by(col(SyncRow.position)).limit(limit))).all()


async def digests(session: AsyncSession, codes: Sequence[str]) -> dict[str, bytes]:
    """Of what the catalogue has and still offers, by code."""
    found = await session.execute(
        select(col(NationalProcedure.code), col(NationalProcedure.digest)).where(
            col(NationalProcedure.code).in_(codes), col(NationalProcedure.closed_at).is_(None)
        )
    )
    return {code: bytes(digest) for code, digest in found}


async def known(session: AsyncSession) -> int:
    """How many procedures the catalogue has from the national database."""
    query = (
        select(func.count()).select_from(NationalProcedure).where(col(NationalProcedure.closed_at).is_(None))
    )
    return await session.scalar(query) or 0


async def missing_from(session: AsyncSession, run_id: UUID) -> list[str]:
    """Known procedures that the list of this run does not name, by code."""
    listed = select(col(SyncRow.code)).where(col(SyncRow.run_id) == run_id)
    query = (
        select(col(NationalProcedure.code))
        .where(col(NationalProcedure.closed_at).is_(None), col(NationalProcedure.code).not_in(listed))
        .order_by(col(NationalProcedure.code))
    )
    return list((await session.scalars(query)).all())
