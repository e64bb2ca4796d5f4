"""Registering systems, changing their secrets, ending them."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.gateway.edge.clients import queries
from services.gateway.edge.clients.errors import ClientTaken
from services.gateway.edge.clients.models import Client
from services.gateway.edge.clients.schemas import ClientSecret, NewClient


async def register(session: AsyncSession, clock: Clock, caller: Caller, new: NewClient) -> ClientSecret:
    """Raises ClientTaken."""
    if await queries.client(session, new.id) is not None:
        raise ClientTaken
    secret = _secret()
    client = Client(
        id=new.id,
        name=new.name,
        agency=new.agency,
        secret=_digest(secret),
        registered_by=caller.actor,
        registered_at=clock.now(),
    )
    session.add(client)
    await _record(session, clock, caller, client, "client.registered")
    return ClientSecret(client_id=client.id, client_secret=secret)


async def change_secret(session: AsyncSession, clock: Clock, caller: Caller, client: Client) -> ClientSecret:
    """The one until now stays good until the next change, so that the system can follow."""
    secret = _secret()
    client.former_secret, client.secret = client.secret, _digest(secret)
    client.version += 1
    await _record(session, clock, caller, client, "client.secret-changed")
    return ClientSecret(client_id=client.id, client_secret=secret)


async def revoke(session: AsyncSession, clock: Clock, caller: Caller, client: Client) -> Client:
    """No new token from now; those that it has end within their quarter of an hour."""
    if client.revoked_at is None:
        client.revoked_at = clock.now()
        client.version += 1
        await _record(session, clock, caller, client, "client.revoked")
    return client


def knows(client: Client | None, secret: str) -> bool:
    """Whether it is that client's secret, in the same time whoever asks."""
    given = _digest(secret)
    known = [client.secret, client.former_secret or b""] if client is not None else [b"", b""]
    found = [secrets.compare_digest(given, bytes(digest)) for digest in known]
    return any(found) and client is not None and client.revoked_at is None


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def _record(session: AsyncSession, clock: Clock, caller: Caller, client: Client, type_: str) -> None:
    await events.append(
        session,
        events.Event(
            subject=f"client:{client.id}",
            seq=client.version,
            type=type_,
            time=clock.now(),
            actor=caller.actor,
            agency=client.agency,
            audience="internal",
            data={"client": client.id, "agency": client.agency},
        ),
    )
