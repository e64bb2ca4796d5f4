"""Every read of imports and exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog import queries
from services.catalog.models import Version
from services.catalog.transfer.errors import TransferMissing
from services.catalog.transfer.models import Chunk, Piece, Transfer
from services.catalog.transfer.status import Kind, Part


async def transfer(session: AsyncSession, kind: Kind, actor: str, id_: UUID) -> Transfer:
    """The caller's own. Raises TransferMissing."""
    found = await session.get(Transfer, id_)
    if found is None or found.kind != kind or found.actor != actor:
        raise TransferMissing
    return found


async def locked(session: AsyncSession, kind: Kind, actor: str, id_: UUID) -> Transfer:
    """The caller's own, until the transaction ends. Raises TransferMissing."""
    found: Transfer | None = await session.scalar(
        select(Transfer)
        .where(col(Transfer.id) == id_, col(Transfer.kind) == kind, col(Transfer.actor) == actor)
        .with_for_update()
    )
    if found is None:
        raise TransferMissing
    return found


async def transfers(
    session: AsyncSession, kind: Kind, actor: str, before: UUID | None, limit: int
) -> list[Transfer]:
    """The caller's own, newest first; one more than `limit`."""
    query = select(Transfer).where(col(Transfer.actor) == actor, col(Transfer.kind) == kind)
    if before is not None:
        query = query.where(col(Transfer.id) < before)
    return list(await session.scalars(query.order_by(col(Transfer.id).desc()).limit(limit + 1)))


async def size(session: AsyncSession, id_: UUID, part: Part) -> int:
    """In bytes."""
    length = await session.scalar(
        select(func.sum(func.octet_length(col(Chunk.content)))).where(
            col(Chunk.transfer_id) == id_, col(Chunk.part) == part
        )
    )
    return int(length or 0)


async def chunk(session: AsyncSession, id_: UUID, part: Part, number: int) -> bytes | None:
    found: bytes | None = await session.scalar(
        select(col(Chunk.content)).where(
            col(Chunk.transfer_id) == id_, col(Chunk.part) == part, col(Chunk.number) == number
        )
    )
    return found


async def pieces_done(session: AsyncSession, id_: UUID) -> int:
    done = await session.scalar(select(func.count()).where(col(Piece.transfer_id) == id_))
    return int(done or 0)


async def piece(session: AsyncSession, id_: UUID, number: int) -> list[dict[str, Any]]:
    """The outcomes of its rows."""
    rows = await session.scalar(
        select(col(Piece.rows)).where(col(Piece.transfer_id) == id_, col(Piece.number) == number)
    )
    return list(rows or [])


async def newest(session: AsyncSession, codes: Sequence[str]) -> dict[str, Version]:
    """The draft, or the newest version, of each."""
    rows = await session.scalars(
        select(Version)
        .where(col(Version.procedure_code).in_(codes))
        .ext(distinct_on(col(Version.procedure_code)))
        .order_by(col(Version.procedure_code), col(Version.number).desc())
    )
    return {row.procedure_code: row for row in rows}


async def in_force(session: AsyncSession, codes: Sequence[str], on: date) -> dict[str, Version]:
    return {row.procedure_code: row for row in await queries.in_force_of(session, codes, on)}


async def field_names(session: AsyncSession) -> dict[str, str]:
    """Names of the fields by code, as some version has them."""
    rows = await session.execute(
        select(col(Version.field_code), func.max(col(Version.field_name)))
        .group_by(col(Version.field_code))
        .order_by(col(Version.field_code))
    )
    return dict(rows.all())


async def contents(session: AsyncSession, wanted: Sequence[tuple[str, int]]) -> list[Version]:
    """These versions, in this order."""
    rows = await session.scalars(
        select(Version).where(tuple_(col(Version.procedure_code), col(Version.number)).in_(wanted))
    )
    found = {(row.procedure_code, row.number): row for row in rows}
    return [found[key] for key in wanted if key in found]
