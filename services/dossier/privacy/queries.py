"""What retention has to look at, and what a citizen's export holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.audit.models import AccessLog
from services.dossier.models import Dossier
from services.dossier.notices.models import Notice
from services.dossier.privacy.models import RetentionRule
from services.dossier.queries import live
from services.dossier.ratings.models import Rating
from services.dossier.status import CLOSED


async def rules(session: AsyncSession) -> Sequence[RetentionRule]:
    return (await session.scalars(select(RetentionRule).order_by(col(RetentionRule.procedure)))).all()


def closed_at() -> ColumnElement[datetime]:
    """When nothing more was to be done about it."""
    return func.coalesce(col(Dossier.returned_at), col(Dossier.finished_at))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Dossier]:
    """Closed dossiers whose time is over by the rule of their procedure, or the general one; locked, in the
    order of their ids; one more than `limit`. What somebody works on now is passed over."""
    rule = select(col(RetentionRule.months))
    own = rule.where(col(RetentionRule.procedure) == col(Dossier.procedure_code))
    general = rule.where(col(RetentionRule.procedure) == "*")
    months = func.coalesce(own.scalar_subquery(), general.scalar_subquery())
    query = (
        select(Dossier)
        .where(
            col(Dossier.status).in_(CLOSED),
            col(Dossier.purged_at).is_(None),
            live(),
            closed_at() + months * literal_column("interval '1 month'") < now,
        )
        .order_by(col(Dossier.id))
        .limit(limit + 1)
        .with_for_update(of=Dossier, skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def own(session: AsyncSession, owner: str, after: UUID | None, limit: int) -> Sequence[Dossier]:
    """A page of somebody's dossiers, oldest first."""
    query = select(Dossier).where(col(Dossier.owner) == owner)
    if after is not None:
        query = query.where(col(Dossier.id) > after)
    return (await session.scalars(query.order_by(col(Dossier.id)).limit(limit))).all()


async def notices(session: AsyncSession, dossier_id: UUID) -> Sequence[Notice]:
    query = select(Notice).where(col(Notice.dossier_id) == dossier_id).order_by(col(Notice.id))
    return (await session.scalars(query)).all()


async def readers(session: AsyncSession, dossier_id: UUID) -> Sequence[AccessLog]:
    query = select(AccessLog).where(col(AccessLog.dossier_id) == dossier_id).order_by(col(AccessLog.id))
    return (await session.scalars(query)).all()


async def rating(session: AsyncSession, dossier_id: UUID) -> Rating | None:
    return await session.get(Rating, dossier_id)
