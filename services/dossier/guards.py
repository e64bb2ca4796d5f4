"""What the table cannot say: conditions of an action that depend on the dossier itself. Pure.

The checks of the commands and the `actions` of each answer both come from here, so that a button is
shown exactly where it would work.
"""

from __future__ import annotations

from datetime import datetime

from kit.problem import Problem
from services.dossier.errors import (
    DossierPurged,
    DossierVoided,
    ExtendedAlready,
    LeaderNeeded,
    OwnerNeeded,
    PromisePast,
    SignatureNeeded,
    StageOfLeader,
    StopTooEarly,
)
from services.dossier.models import Dossier
from services.dossier.status import Action, Status, Who, possible


def hindrance(action: Action, dossier: Dossier, who: frozenset[Who], now: datetime) -> Problem | None:
    """Why somebody who has the role still may not, now; None when they may."""
    leader = Who.LEADER in who
    match action:
        case Action.REQUEST_SUPPLEMENT if dossier.rounds and not leader:
            return LeaderNeeded(rounds=dossier.rounds)
        case Action.REOPEN if dossier.voided_at is not None:
            return DossierVoided()
        case _ if dossier.purged_at is not None:
            return DossierPurged()
        case Action.STOP if not leader and not overdue(dossier, now):
            return StopTooEarly()
        case Action.SUPPLEMENT if Who.OWNER not in who and dossier.channel == "online":
            return OwnerNeeded()
        case Action.EXTEND if dossier.extended_at is not None:
            return ExtendedAlready()
        case Action.EXTEND if dossier.promised_at is None or dossier.promised_at <= now:
            return PromisePast()
        case Action.PASS_ON if not leader and _of_leader(dossier):
            return StageOfLeader(stage=str(stage(dossier)["name"]))
        case Action.COMPLETE if not leader and (_of_leader(dossier) or not stage(dossier).get("signs")):
            return SignatureNeeded()
    return None


def open_to(dossier: Dossier, who: frozenset[Who], now: datetime) -> list[Action]:
    """What these callers may do now, in the order of the table."""
    return [
        action
        for action in possible(Status(dossier.status), who)
        if hindrance(action, dossier, who, now) is None
    ]


def overdue(dossier: Dossier, now: datetime) -> bool:
    """The citizen's turn ended without an answer or a payment."""
    return dossier.waiting_until is not None and dossier.waiting_until <= now


def stage(dossier: Dossier, ahead: int = 0) -> dict[str, object]:
    """The procedure's stage that the dossier is at, or one `ahead`; empty where there is none."""
    stages = dossier.procedure.get("stages") or []
    if dossier.stage is None:
        return {}
    found: list[dict[str, object]] = stages[dossier.stage + ahead :]
    return found[0] if found else {}


def _of_leader(dossier: Dossier) -> bool:
    """Whether the stage that it is at is a leader's."""
    return stage(dossier).get("role") == "leader"
