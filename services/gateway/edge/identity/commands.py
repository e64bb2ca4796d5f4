"""Logging in and out: what it does to the tables. Nothing here calls out or commits."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from kit import events
from kit.clock import Clock
from kit.vault import Vault
from services.gateway.edge.identity import queries
from services.gateway.edge.identity.claims import Identity
from services.gateway.edge.identity.models import Account, AccountNumber, BrowserSession, RefreshToken


async def open_session(
    session: AsyncSession, clock: Clock, vault: Vault, identity: Identity, lifetime: timedelta
) -> BrowserSession:
    """Log a browser in."""
    account, event = await _match(session, clock, vault, identity)
    now = clock.now()
    opened = BrowserSession(account_id=account.id, created_at=now, expires_at=now + lifetime)
    session.add(opened)
    await _record(session, event)
    return opened


async def close_session(session: AsyncSession, clock: Clock, session_id: UUID) -> Account | None:
    """Log a browser out; whose session it was, if it was open."""
    found = await queries.open_session(session, session_id, clock.now())
    if found is None:
        return None
    opened, account = found
    opened.revoked_at = clock.now()
    return account


@dataclass(frozen=True)
class Granted:
    account: Account
    refresh_token: str


async def open_family(
    session: AsyncSession, clock: Clock, vault: Vault, identity: Identity, lifetime: timedelta
) -> Granted:
    """Log an app in: its first refresh token."""
    account, event = await _match(session, clock, vault, identity)
    secret = _add_token(session, account.id, uuid7(), clock, lifetime)
    await _record(session, event)
    return Granted(account, secret)


async def rotate(session: AsyncSession, clock: Clock, secret: str, lifetime: timedelta) -> Granted | None:
    """The next refresh token for this one. None when it is unknown, too old, ended or used before; in
    the last case its whole family ends, so the caller must commit even then."""
    token = await queries.refresh_token(session, _digest(secret))
    if token is None or token.revoked_at is not None or token.expires_at <= clock.now():
        return None
    if token.used_at is not None:
        await _end_family(session, clock, token.family)
        return None
    account = await queries.account(session, token.account_id)
    assert account is not None
    token.used_at = clock.now()
    return Granted(account, _add_token(session, account.id, token.family, clock, lifetime))


async def end_family(session: AsyncSession, clock: Clock, secret: str) -> None:
    """Log an app out; an unknown token is no fault (RFC 7009 §2.2)."""
    token = await queries.refresh_token(session, _digest(secret))
    if token is not None:
        await _end_family(session, clock, token.family)


async def _end_family(session: AsyncSession, clock: Clock, family: UUID) -> None:
    await session.execute(
        update(RefreshToken)
        .where(col(RefreshToken.family) == family, col(RefreshToken.revoked_at).is_(None))
        .values(revoked_at=clock.now())
    )


def _add_token(
    session: AsyncSession, account_id: UUID, family: UUID, clock: Clock, lifetime: timedelta
) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            hash=_digest(secret),
            family=family,
            account_id=account_id,
            expires_at=clock.now() + lifetime,
        )
    )
    return secret


def _digest(secret: str) -> bytes:
    """The secret has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


async def _match(
    session: AsyncSession, clock: Clock, vault: Vault, identity: Identity
) -> tuple[Account, events.Event | None]:
    """The account of this identity (national-portal §6.2): by TechID, then by number, else a new one;
    and the event that the caller writes last."""
    # By hash: the keys of advisory locks can be seen in pg_locks.
    hashes = [vault.index(number) for number in identity.numbers]
    subject_key = vault.index(f"{identity.issuer}:{identity.subject}").hex()
    await queries.lock_identities(session, [subject_key, *(number.hex() for number in hashes)])
    account = await queries.of_subject(session, identity.issuer, identity.subject)
    account = account or await queries.of_numbers(session, hashes)
    event = _update(account, identity, vault) if account else None
    if account is None:
        account, event = _create(identity, vault, clock), "account.created"
        session.add(account)
    account.logged_in_at = clock.now()
    await session.flush()
    # A number that another account has stays there: who may use an account is never guessed anew.
    known = await queries.known_numbers(session, hashes)
    session.add_all(AccountNumber(hash=h, account_id=account.id) for h in hashes if h not in known)
    return account, _event(account, event, clock) if event else None


def _create(identity: Identity, vault: Vault, clock: Clock) -> Account:
    return Account(
        version=1,
        kind=identity.kind,
        issuer=identity.issuer,
        subject=identity.subject,
        profile=vault.seal(identity.profile),
        roles=list(identity.roles),
        agency=identity.agency,
        created_at=clock.now(),
        logged_in_at=clock.now(),
    )


def _update(account: Account, identity: Identity, vault: Vault) -> str | None:
    """What the issuer says now replaces what it said last time."""
    said = (identity.subject, identity.kind, list(identity.roles), identity.agency, identity.profile)
    kept = (account.subject, account.kind, account.roles, account.agency, vault.open(account.profile))
    if said == kept:
        return None
    account.subject, account.kind = identity.subject, identity.kind
    account.roles, account.agency = list(identity.roles), identity.agency
    account.profile = vault.seal(identity.profile)
    account.version += 1
    return "account.changed"


def _event(account: Account, type_: str, clock: Clock) -> events.Event:
    return events.Event(
        subject=f"account:{account.id}",
        seq=account.version,
        type=type_,
        time=clock.now(),
        actor=f"{account.kind}:{account.id}",
        agency=account.agency,
        audience="internal",
        data={"kind": account.kind, "roles": account.roles},
    )


async def _record(session: AsyncSession, event: events.Event | None) -> None:
    if event is not None:
        await events.append(session, event)
