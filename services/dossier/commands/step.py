"""The one gate through which a dossier changes: the table, the lock's version, the event last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, versions
from kit.auth import Caller, Forbidden
from services.dossier import guards, queries
from services.dossier.errors import ActionNotPossible
from services.dossier.models import Dossier, Step
from services.dossier.notices import commands as notices
from services.dossier.office import Office
from services.dossier.status import INWARD, LABEL, TRANSITIONS, WAITING, Action, Status, Target, Who


@dataclass
class Move:
    """What a command adds to its step while the gate is open; `owed`: đồng that the owner now has to pay;
    `told_at`: when we were told, if the step was taken elsewhere."""

    at: datetime
    told_at: datetime | None = None
    note: str = ""
    due_at: datetime | None = None
    owed: int = 0
    data: dict[str, Any] = field(default_factory=dict)


def check(dossier: Dossier, who: frozenset[Who], action: Action, now: datetime) -> None:
    """Raises Forbidden, ActionNotPossible (409, says what is possible) or what guards name."""
    transition = TRANSITIONS[action]
    if not transition.who & who:
        raise Forbidden(roles=", ".join(sorted(transition.who)))
    if dossier.status not in transition.sources:
        raise ActionNotPossible(
            dossier_status=dossier.status,
            status_label=LABEL[Status(dossier.status)]["vi"],
            possible=", ".join(guards.open_to(dossier, who, now)) or "–",
        )
    if hindrance := guards.hindrance(action, dossier, who, now):
        raise hindrance


@asynccontextmanager
async def step(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, action: Action
) -> AsyncIterator[Move]:
    """Move a locked dossier by `action`. The block does what the action needs; on leaving it, state,
    version, history row and, as the last write, the event are written."""
    transition = TRANSITIONS[action]
    move = Move(at=office.clock.now(), told_at=office.told_at)
    check(dossier, await queries.standing(session, caller, dossier), action, move.at)
    before = Status(dossier.status)
    yield move
    if transition.to is Target.BACK:
        dossier.status, dossier.came_from = Status(str(dossier.came_from)), None
    elif transition.to is not Target.SAME:
        dossier.status = Status(transition.to)
        dossier.came_from = before if dossier.status in WAITING else None
    if dossier.status not in WAITING:
        dossier.waiting_until = dossier.reminded_at = None
    audience: events.Audience = "internal" if action in INWARD else "public"
    await record(session, office, caller, dossier, transition.event, move, action=action, audience=audience)


async def record(
    session: AsyncSession,
    office: Office,
    caller: Caller,
    dossier: Dossier,
    event: str,
    move: Move,
    *,
    action: Action | None = None,
    audience: events.Audience = "public",
) -> None:
    """The next version: its history row, if a person took a step, what its owner is told, its event."""
    dossier.version += 1
    if action is not None:
        staff = caller.kind in ("staff", "system")
        session.add(
            Step(
                dossier_id=dossier.id,
                seq=dossier.version,
                action=action,
                status=dossier.status,
                at=move.at,
                actor=caller.actor,
                actor_name=caller.name if staff else "",
                agency=caller.agency if staff else None,
                note=move.note,
                due_at=move.due_at,
            )
        )
    session.add(dossier)
    await notices.queue(session, office.vault, dossier, event, move.at, move.owed)
    await append(session, caller, dossier, event, move, audience)


async def append(
    session: AsyncSession,
    caller: Caller,
    dossier: Dossier,
    event: str,
    move: Move,
    audience: events.Audience,
) -> None:
    data = {
        "dossier_id": str(dossier.id),
        "code": dossier.code,
        "status": dossier.status,
        "procedure": dossier.procedure_code,
        "receiving": dossier.receiving_agency,
        "resolving": dossier.resolving_agency,
        **({"occurred_at": move.at.isoformat()} if move.told_at else {}),
        **move.data,
    }
    await events.append(
        session,
        events.Event(
            subject=str(dossier.id),
            seq=dossier.version,
            type=event,
            time=move.told_at or move.at,
            actor=caller.actor,
            agency=dossier.receiving_agency,
            audience=audience,
            data=data,
        ),
    )


def seen(dossier: Dossier, version: int) -> None:
    """Raises VersionChanged when the caller has seen another version."""
    versions.check(version, dossier.version)
