"""Every select of the identity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.edge.identity.models import Account, AccountNumber, BrowserSession, RefreshToken
from services.gateway.edge.successors.models import Successor


async def account(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def staff_of(session: AsyncSession, agency: str) -> Sequence[Account]:
    """Those whose login says this body, or one that it has succeeded."""
    before = select(col(Successor.old)).where(col(Successor.new) == agency)
    theirs = or_(col(Account.agency) == agency, col(Account.agency).in_(before))
    query = select(Account).where(col(Account.kind) == "staff", theirs)
    return (await session.scalars(query.order_by(col(Account.id)))).all()


async def account_of(session: AsyncSession, sub: str) -> Account | None:
    """Of a caller; services and systems have none."""
    try:
        return await account(session, UUID(sub))
    except ValueError:
        return None


async def of_subject(session: AsyncSession, issuer: str, subject: str) -> Account | None:
    query = select(Account).where(col(Account.issuer) == issuer, col(Account.subject) == subject)
    return await session.scalar(query.with_for_update())


async def of_numbers(session: AsyncSession, hashes: Sequence[bytes]) -> Account | None:
    """By the first of the numbers that anybody has."""
    for number in hashes:
        query = select(Account).join(AccountNumber).where(col(AccountNumber.hash) == number)
        if found := await session.scalar(query.with_for_update(of=Account)):
            return found
    return None


async def known_numbers(session: AsyncSession, hashes: Sequence[bytes]) -> set[bytes]:
    query = select(col(AccountNumber.hash)).where(col(AccountNumber.hash).in_(hashes))
    return {bytes(number) for number in await session.scalars(query)}


async def lock_identities(session: AsyncSession, keys: Sequence[str]) -> None:
    """One login of the same person at a time. Sorted, so that two never wait for each other."""
    for key in sorted(keys):
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7305002))")
        await session.execute(statement, {"key": key})


async def open_session(
    session: AsyncSession, session_id: UUID, now: datetime
) -> tuple[BrowserSession, Account] | None:
    """The session, if it has neither ended nor been ended, and whose it is."""
    query = (
        select(BrowserSession, Account)
        .join(Account)
        .where(
            col(BrowserSession.id) == session_id,
            col(BrowserSession.revoked_at).is_(None),
            col(BrowserSession.expires_at) > now,
        )
    )
    row = (await session.execute(query)).first()
    return (row[0], row[1]) if row else None


async def refresh_token(session: AsyncSession, digest: bytes) -> RefreshToken | None:
    """Locked, so that of two uses at once one is the second."""
    query = select(RefreshToken).where(col(RefreshToken.hash) == digest)
    return await session.scalar(query.with_for_update())
