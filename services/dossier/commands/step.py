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
from services.dossier.auth import who
from services.dossier.errors import ActionNotPossible
from services.dossier.models import Dossier, Step
from services.dossier.office import Office
from services.dossier.status import LABEL, TRANSITIONS, Action, Status, possible


@dataclass
class Move:
    """What a command adds to its step while the gate is open."""

    at: datetime
    note: str = ""
    due_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)


def check(dossier: Dossier, caller: Caller, action: Action) -> None:
    """Raises ActionNotPossible (409, says what is possible) or Forbidden."""
    transition, roles = TRANSITIONS[action], who(caller, dossier.owner)
    if not transition.who & roles:
        raise Forbidden(roles=", ".join(sorted(transition.who)))
    if dossier.status not in transition.sources:
        now_possible = possible(Status(dossier.status), roles)
        raise ActionNotPossible(
            dossier_status=dossier.status,
            status_label=LABEL[Status(dossier.status)]["vi"],
            possible=", ".join(now_possible) or "–",
        )


@asynccontextmanager
async def step(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, action: Action
) -> AsyncIterator[Move]:
    """Move a locked dossier by `action`. The block does what the action needs; on leaving it, state,
    version, history row and, as the last write, the event are written."""
    check(dossier, caller, action)
    transition = TRANSITIONS[action]
    move = Move(at=office.clock.now())
    yield move
    before = Status(dossier.status)
    dossier.status = transition.to or Status(str(dossier.came_from))
    dossier.came_from = before if transition.to is Status.SUPPLEMENT_REQUESTED else None
    await record(session, caller, dossier, transition.event, move, action=action)


async def record(
    session: AsyncSession,
    caller: Caller,
    dossier: Dossier,
    event: str,
    move: Move,
    *,
    action: Action | None = None,
    audience: events.Audience = "public",
) -> None:
    """The next version: its history row, if a person took a step, and its event."""
    dossier.version += 1
    if action is not None:
        staff = caller.kind == "staff"
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
        **move.data,
    }
    await events.append(
        session,
        events.Event(
            subject=str(dossier.id),
            seq=dossier.version,
            type=event,
            time=move.at,
            actor=caller.actor,
            agency=dossier.receiving_agency,
            audience=audience,
            data=data,
        ),
    )


def seen(dossier: Dossier, version: int) -> None:
    """Raises VersionChanged when the caller has seen another version."""
    versions.check(version, dossier.version)
