"""Browser sessions and refresh tokens: secrets that only their holder knows; we keep their hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from kit.clock import Clock
from services.gateway.models import Account, BrowserSession, RefreshToken


def key_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def open_session(session: AsyncSession, clock: Clock, account: Account, hours: float) -> str:
    """The secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    expires = clock.now() + timedelta(hours=hours)
    session.add(BrowserSession(key=key_of(secret), account_id=account.id, expires_at=expires))
    return secret


async def session_account(session: AsyncSession, clock: Clock, secret: str) -> Account | None:
    """Whose session it is, None when it has ended."""
    found: Account | None = await session.scalar(
        select(Account)
        .join(BrowserSession, col(BrowserSession.account_id) == col(Account.id))
        .where(
            col(BrowserSession.key) == key_of(secret),
            col(BrowserSession.ended_at).is_(None),
            col(BrowserSession.expires_at) > clock.now(),
        )
    )
    return found


async def close_session(session: AsyncSession, clock: Clock, secret: str) -> None:
    await session.execute(
        update(BrowserSession)
        .where(col(BrowserSession.key) == key_of(secret), col(BrowserSession.ended_at).is_(None))
        .values(ended_at=clock.now())
    )


async def open_refresh(
    session: AsyncSession, clock: Clock, account_id: UUID, days: float, family: UUID | None = None
) -> str:
    """A new refresh token, the first of a family or the next of one."""
    secret = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            key=key_of(secret),
            family=family or uuid7(),
            account_id=account_id,
            expires_at=clock.now() + timedelta(days=days),
        )
    )
    return secret


async def use_refresh(session: AsyncSession, clock: Clock, secret: str) -> RefreshToken | None:
    """The token, marked as used; None when it is unknown, expired, or was used before, and in that
    last case the whole family ends: somebody else has it too."""
    token = await session.scalar(
        select(RefreshToken).where(col(RefreshToken.key) == key_of(secret)).with_for_update()
    )
    if token is None:
        return None
    if token.used_at is not None:
        await session.execute(
            update(RefreshToken).where(col(RefreshToken.family) == token.family).values(ended_at=clock.now())
        )
        return None
    if token.ended_at is not None or token.expires_at <= clock.now():
        return None
    token.used_at = clock.now()
    session.add(token)
    await session.flush()
    return token
