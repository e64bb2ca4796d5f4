"""What an item of a batch becomes: the dossier, and what lies around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from services.dossier.commands import intake
from services.dossier.dates import first_promise
from services.dossier.district.checking import Sound
from services.dossier.models import Dossier, PaperReceived, Step
from services.dossier.office import Office
from services.dossier.owners import queries as owners
from services.dossier.status import Action, Status


def content(office: Office, accounts: Mapping[str, str], s: Sound) -> dict[str, Any]:
    """What the item says of the dossier, and what the catalogue said that day. `accounts`: whose the
    identity numbers are that somebody has logged in with."""
    applicant: dict[str, Any] = {"tech_id": None, **s.item.applicant.model_dump()}
    frozen = intake.frozen(s.procedure, s.item.agency, mandated=False)
    key = owners.paper_owner(office.vault, applicant)
    return {
        **{name: frozen[name] for name in ("procedure_code", "procedure", "online_level")},
        "channel": s.item.channel,
        "external_code": s.item.external_code,
        "owner": accounts.get(key, key),
        "form": office.vault.seal(s.item.form),
        "facts": intake.sealed_facts(office, s.procedure, s.item.facts),
        "applicant": office.vault.seal(applicant),
        "found_by": intake.found_by(office, applicant),
    }


def bodies(s: Sound) -> dict[str, str]:
    return {"receiving_agency": s.receiving, "resolving_agency": s.item.agency}


async def promised(session: AsyncSession, office: Office, s: Sound, dossier: Dossier) -> None:
    """As it was printed, else by the procedure; none where the catalogue has no time."""
    dossier.given_promise = s.item.promised_at
    calendar = await office.calendar(session, s.item.agency)
    dossier.promised_at = dossier.scored_at = first_promise(dossier, calendar)


def history(caller: Caller, s: Sound, dossier: Dossier) -> list[Step]:
    """It was handed in, and received at once."""
    told = (
        (Action.SUBMIT, Status.SUBMITTED, None),
        (Action.ACCEPT, Status.ACCEPTED, dossier.promised_at),
    )
    return [
        Step(
            dossier_id=dossier.id,
            seq=seq,
            action=action,
            status=status,
            at=s.item.received_at,
            actor=caller.actor,
            actor_name="",
            agency=dossier.receiving_agency,
            due_at=due_at,
        )
        for seq, (action, status, due_at) in enumerate(told, start=1)
    ]


def papers(s: Sound, dossier: Dossier) -> list[PaperReceived]:
    return [
        PaperReceived(dossier_id=dossier.id, paper_code=p.paper, originals=p.originals, copies=p.copies)
        for p in {p.paper: p for p in s.item.papers}.values()
    ]
