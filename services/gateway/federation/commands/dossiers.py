"""Changes of the rows that say which dossier the portal is to know, and how far we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock
from services.gateway.federation import queries
from services.gateway.federation.errors import DossierNotFederated
from services.gateway.federation.models import FederatedDossier

Decision = Literal["resend", "park", "settle"]

_WANT = text("""
    INSERT INTO federated_dossier AS known
      (dossier_id, code, wanted_version, sent_version, steps_offered, steps_sent, state, attempts,
       wanted_since, next_try, last_error)
    VALUES (:dossier_id, :code, :version, 0, 0, 0, 'waiting', 0, :now, :now, '')
    ON CONFLICT (dossier_id) DO UPDATE SET
      wanted_version = excluded.wanted_version,
      wanted_since = CASE WHEN known.state = 'sent' THEN excluded.wanted_since ELSE known.wanted_since END,
      state = CASE WHEN known.state IN ('parked', 'unknown') THEN known.state ELSE 'waiting' END,
      attempts = CASE WHEN known.state = 'unknown' THEN known.attempts ELSE 0 END,
      next_try = CASE WHEN known.state = 'unknown' THEN known.next_try ELSE excluded.next_try END
    WHERE known.wanted_version < excluded.wanted_version
""")


async def want(session: AsyncSession, clock: Clock, dossier_id: UUID, code: str, version: int) -> None:
    """The portal is to know this version, or a later one. Rings the bell for the sender."""
    await session.execute(
        _WANT, {"dossier_id": dossier_id, "code": code, "version": version, "now": clock.now()}
    )
    await session.execute(text("SELECT pg_notify('event', '')"))


@dataclass(frozen=True)
class Claim:
    """The right to send one dossier, until the lease runs out."""

    dossier_id: UUID
    code: str
    lease: UUID
    state: str
    wanted_version: int
    attempts: int
    steps_offered: int
    steps_sent: int


_CLAIM = text("""
    UPDATE federated_dossier SET lease = :lease, leased_until = :until, attempts = attempts + 1
    WHERE dossier_id = (
      SELECT dossier_id FROM federated_dossier
      WHERE state IN ('waiting', 'unknown', 'refused') AND next_try <= :now
        AND (leased_until IS NULL OR leased_until <= :now)
      ORDER BY next_try LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING dossier_id, code, lease, state, wanted_version, attempts, steps_offered, steps_sent
""")


async def claim(session: AsyncSession, clock: Clock, seconds: float) -> Claim | None:
    """The dossier that has been due longest, if any is; nobody else gets it for so many seconds."""
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    found = await session.execute(_CLAIM, {"lease": uuid4(), "until": until, "now": now})
    row = found.mappings().first()
    return Claim(**row) if row else None


_HOLD = text("""
    UPDATE federated_dossier SET leased_until = :until,
      steps_sent = coalesce(CAST(:sent AS integer), steps_sent),
      steps_offered = coalesce(CAST(:offered AS integer), steps_offered)
    WHERE dossier_id = :dossier_id AND lease = :lease AND leased_until > :now
    RETURNING dossier_id
""")


async def hold(
    session: AsyncSession, clock: Clock, claim: Claim, seconds: float, steps: tuple[int, int] | None = None
) -> bool:
    """Renew the lease before a call goes out; False when it was lost, and nothing may be sent.
    `steps`: how many the portal has, and how many it will have if the coming call arrives."""
    sent, offered = steps or (None, None)
    now = clock.now()
    values = {"dossier_id": claim.dossier_id, "lease": claim.lease, "now": now, "sent": sent}
    values |= {"until": now + timedelta(seconds=seconds), "offered": offered}
    return await session.scalar(_HOLD, values) is not None


_SENT = text("""
    UPDATE federated_dossier SET
      sent_version = greatest(sent_version, :version),
      steps_sent = :steps, steps_offered = :steps,
      state = CASE WHEN state = 'parked' THEN state
                   WHEN wanted_version > :version THEN 'waiting' ELSE 'sent' END,
      attempts = CASE WHEN wanted_version > :version THEN attempts ELSE 0 END,
      next_try = :next_try, lease = NULL, leased_until = NULL, last_error = '',
      created_at_portal = coalesce(created_at_portal, :now), updated_at_portal = :now
    WHERE dossier_id = :dossier_id AND lease = :lease
""")


async def record_sent(
    session: AsyncSession, clock: Clock, claim: Claim, version: int, steps: int, *, pause: float
) -> None:
    """The portal has this version whole. `pause`: seconds until the next, if a later one is wanted."""
    now = clock.now()
    values = {"dossier_id": claim.dossier_id, "lease": claim.lease, "version": version, "steps": steps}
    await session.execute(_SENT, values | {"now": now, "next_try": now + timedelta(seconds=pause)})


_NOT_SENT = text("""
    UPDATE federated_dossier SET
      state = CASE WHEN state = 'parked' THEN state
                   WHEN :state = 'refused' AND wanted_version > :version THEN 'waiting' ELSE :state END,
      next_try = :next_try, lease = NULL, leased_until = NULL, last_error = :error
    WHERE dossier_id = :dossier_id AND lease = :lease
""")


@dataclass(frozen=True)
class Failure:
    """`state` waiting, refused or unknown; `version` that was tried; `pause` in seconds."""

    state: str
    error: str
    version: int
    pause: float


async def record_failure(session: AsyncSession, clock: Clock, claim: Claim, failure: Failure) -> None:
    values = {"dossier_id": claim.dossier_id, "lease": claim.lease, "state": failure.state}
    values |= {"error": failure.error[:1000], "version": failure.version}
    next_try = clock.now() + timedelta(seconds=failure.pause)
    await session.execute(_NOT_SENT, values | {"next_try": next_try})


async def decide(
    session: AsyncSession, clock: Clock, caller: Caller, code: str, decision: Decision
) -> FederatedDossier:
    """A person decides. resend: ask and send again, steps of unknown fate too; park: leave it alone;
    settle: it was looked up at the portal, which has everything. Raises DossierNotFederated."""
    row = await queries.dossier(session, code)
    if row is None:
        raise DossierNotFederated(dossier=code)
    if decision == "resend":
        row.state, row.attempts, row.next_try = "waiting", 0, clock.now()
        row.steps_offered, row.last_error = row.steps_sent, ""
    elif decision == "park":
        row.state = "parked"
    else:
        row.state, row.last_error = "sent", ""
        row.sent_version, row.steps_sent = row.wanted_version, row.steps_offered
    row.decided_by = caller.actor
    await session.flush()
    await session.execute(text("SELECT pg_notify('event', '')"))
    return row
