"""A notice is queued in the transaction of the step that it tells of, and sent afterwards."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.clock import VIETNAM
from kit.jobs import backoff
from kit.vault import Vault
from services.dossier import sentence
from services.dossier.models import Dossier, FeeDue
from services.dossier.notices.models import Delivery, Notice
from services.dossier.notices.texts import TEMPLATES, words
from services.dossier.status import Status

#: Nobody is woken by a text message (rule 13): from, until, in Vietnam.
QUIET = (time(21), time(7))
MOST_ATTEMPTS = 12
LEASE = timedelta(seconds=60)


async def queue(
    session: AsyncSession, vault: Vault, dossier: Dossier, event: str, at: datetime, owed: int
) -> None:
    """Tell the owner of `event`, if it is one that is told: in the list, and where they can be reached.
    `owed`: what the step itself makes due; what is due before a result is known from its fees."""
    if event not in TEMPLATES:
        return
    if dossier.status == Status.COMPLETED:
        dues = await session.scalars(select(FeeDue).where(col(FeeDue.dossier_id) == dossier.id))
        owed = sentence.owed(dossier, dues)
    said = words(event, dossier, owed)
    notice = Notice(
        dossier_id=dossier.id,
        owner=dossier.owner,
        event=event,
        code=dossier.code,
        title=said.title,
        text=said.text,
        at=at,
    )
    session.add(notice)
    await session.flush()
    applicant = vault.open(dossier.applicant)
    for channel, address, text in (
        ("sms", applicant.get("phone"), said.sms),
        ("email", applicant.get("email"), said.mail),
    ):
        if address:
            session.add(
                Delivery(
                    notice_id=notice.id,
                    channel=channel,
                    address=vault.seal(address),
                    words=text,
                    next_try=not_quiet(channel, at),
                )
            )


def not_quiet(channel: str, at: datetime) -> datetime:
    """The moment itself, or for a text message the end of the quiet hours."""
    begins, ends = QUIET
    local = at.astimezone(VIETNAM)
    if channel != "sms" or ends <= local.time() < begins:
        return at
    day = local.date() + timedelta(days=1 if local.time() >= begins else 0)
    return datetime.combine(day, ends, VIETNAM)


def leased(delivery: Delivery, now: datetime) -> None:
    """Somebody sends it now; if they fall, another tries after the lease."""
    delivery.attempts += 1
    delivery.next_try = now + LEASE


def sent(delivery: Delivery, now: datetime) -> None:
    delivery.state, delivery.sent_at, delivery.address, delivery.last_error = "sent", now, None, None


def not_sent(delivery: Delivery, now: datetime, error: str, *, unknown: bool) -> None:
    """Tried again later, with growing pauses; given up after MOST_ATTEMPTS."""
    delivery.last_error = error[:300]
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state, delivery.address = "failed", None
        return
    delivery.state = "unknown" if unknown else "waiting"
    pause = timedelta(seconds=60 * backoff(delivery.attempts))
    delivery.next_try = not_quiet(delivery.channel, now + pause)


async def read(session: AsyncSession, notice: Notice, now: datetime) -> UUID:
    """Its owner has read it; the first time counts."""
    notice.read_at = notice.read_at or now
    session.add(notice)
    return notice.id
