"""What a system says now replaces what it said before of a dossier that is still open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.clock import VIETNAM, civil_date
from kit.problem import FieldFault
from services.dossier.commands import intake
from services.dossier.commands.clock import recount
from services.dossier.district import rows
from services.dossier.district.checking import Sound
from services.dossier.errors import DossierPurged
from services.dossier.facts import NOTHING_SAID
from services.dossier.models import Dossier, PaperReceived, Step
from services.dossier.office import Office
from services.dossier.status import CLOSED, Action

_BODY_FIXED = {
    "vi": "Cơ quan không đổi được; hãy hủy lô rồi gửi lại.",
    "en": "The body cannot change; void the batch and send again.",
}
_CLOSED = {
    "vi": "Hồ sơ đã kết thúc, không sửa được nữa.",
    "en": "The dossier is closed and cannot be corrected.",
}
_AFTER_STEP = {
    "vi": "Thời điểm tiếp nhận phải trước bước đã báo lúc {step}.",
    "en": "The reception must be before the step that was told at {step}.",
}
#: What stays as the catalogue said it first.
_FROZEN = ("procedure", "online_level", "facts")
#: The steps that the item itself stands for.
_RECEPTION = (Action.SUBMIT, Action.ACCEPT)


def refusal(s: Sound, dossier: Dossier, steps: list[Step]) -> FieldFault | None:
    """Why it stays as it is: it is a tombstone, which nothing may fill again, or closed; the bodies are
    fixed, as the code names one; what followed the reception was not before it."""
    if dossier.purged_at is not None:
        return s.fault(DossierPurged.code, dict(DossierPurged.title), "reference")
    if dossier.status in CLOSED:
        return s.fault("dossier-closed", _CLOSED, "reference")
    if any(getattr(dossier, name) != code for name, code in rows.bodies(s).items()):
        return s.fault("agency-fixed", _BODY_FIXED, "agency")
    later = next((step.at for step in steps if step.action not in _RECEPTION), None)
    if later is not None and s.item.received_at > later:
        at = f"{later.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        return s.fault("received-after-step", _AFTER_STEP, "received_at", step=at)
    return None


def _same_request(office: Office, s: Sound, dossier: Dossier) -> bool:
    """What papers and fees hang on is as it was."""
    facts = intake.said(office, dossier) or NOTHING_SAID
    return facts == (s.item.facts or NOTHING_SAID) and dossier.channel == s.item.channel


async def apply(
    session: AsyncSession, office: Office, s: Sound, dossier: Dossier, said: dict[str, Any], steps: list[Step]
) -> None:
    """`said`: what `rows.content` makes of the item. The pauses and the apology since then move the promise
    as they moved the one before."""
    same_day = dossier.accepted_at and civil_date(dossier.accepted_at) == s.day.isoformat()
    if same_day and said["procedure_code"] == dossier.procedure_code and _same_request(office, s, dossier):
        said = {name: value for name, value in said.items() if name not in _FROZEN}
    for name, value in said.items():
        setattr(dossier, name, value)
    dossier.submitted_at = dossier.accepted_at = s.item.received_at
    apology = dossier.promised_at if dossier.extended_at is not None else None
    await rows.promised(session, office, s, dossier)
    for step in steps:
        if step.action in _RECEPTION:
            step.at = s.item.received_at
            step.due_at = dossier.promised_at if step.action == Action.ACCEPT else None
            session.add(step)
    dossier.promised_at = apology or dossier.promised_at
    await recount(session, office, dossier)
    await session.execute(delete(PaperReceived).where(col(PaperReceived.dossier_id) == dossier.id))
    session.add_all(rows.papers(s, dossier))
