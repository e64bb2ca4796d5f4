"""`GET /v1/dossiers/{id}/deadline`: the promised moment, and why, in data and in words."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from kit import versions
from kit.clock import VIETNAM
from kit.db import Session
from kit.problem import Language
from services.dossier import models, queries, views
from services.dossier.auth import Reader
from services.dossier.calendar import Calendar
from services.dossier.commands.clock import term_of
from services.dossier.deadline import Promise, Term, promise, working_minutes
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue
from services.dossier.sentence import day

router = APIRouter(prefix="/v1/dossiers/{dossier_id}", tags=["dossiers"])

_UNITS = {
    "vi": {"working_days": "ngày làm việc", "hours": "giờ làm việc", "days": "ngày", "months": "tháng"},
    "en": {"working_days": "working days", "hours": "working hours", "days": "days", "months": "months"},
}


class SkippedDay(BaseModel):
    date: date
    cause: str
    name: str


class Pause(BaseModel):
    """While a supplement or a payment was awaited, or the dossier was closed; `working_hours` null while it
    still is."""

    cause: str
    started_at: datetime
    ended_at: datetime | None
    working_hours: float | None
    old_promise: datetime | None
    new_promise: datetime | None


class DeadlineView(BaseModel):
    term: str | None
    processing_hours: list[str]
    accepted_at: datetime | None
    counted_from: datetime | None
    counted: list[date]
    skipped: list[SkippedDay]
    first_promise: datetime | None
    pauses: list[Pause]
    promised_at: datetime | None
    scored_at: datetime | None
    extended_at: datetime | None
    reason: str | None
    provisional: bool
    words: list[str]


@router.get("/deadline")
async def get_deadline(
    dossier_id: UUID, caller: Reader, session: Session, desk: Desk, response: Response, language: Tongue
) -> DeadlineView:
    """Start, rule, hours, each skipped day with its cause, each pause (rule 9)."""
    dossier = await queries.dossier(session, dossier_id, caller)
    versions.show(response, dossier.version)
    term = term_of(dossier)
    calendar = await desk.calendar(session, dossier.resolving_agency)
    made = promise(dossier.accepted_at, term, calendar) if dossier.accepted_at and term else None
    pauses = [_pause(row, calendar) for row in await queries.pauses(session, dossier_id)]
    unit = f"{term.amount} {_UNITS[language][term.unit]}" if term else None
    hours = calendar.hours_on((dossier.accepted_at or desk.clock.now()).astimezone(VIETNAM).date())
    return DeadlineView(
        term=unit,
        processing_hours=[f"{start:%H:%M}–{end:%H:%M}" for start, end in hours.spans],
        accepted_at=views.local(dossier.accepted_at),
        counted_from=made.counted_from if made else None,
        counted=list(made.counted) if made else [],
        skipped=[SkippedDay(date=d.date, cause=d.cause, name=d.name) for d in made.skipped] if made else [],
        first_promise=made.promised_at if made else None,
        pauses=pauses,
        promised_at=views.local(dossier.promised_at),
        scored_at=views.local(dossier.scored_at),
        extended_at=views.local(dossier.extended_at),
        reason=dossier.promise_reason,
        provisional=made.provisional if made else False,
        words=_words(made, term, pauses, dossier.promised_at, language),
    )


def _pause(row: models.Pause, calendar: Calendar) -> Pause:
    ended = row.ended_at
    minutes = working_minutes(row.started_at, ended, calendar) if ended else None
    return Pause(
        cause=row.cause,
        started_at=row.started_at.astimezone(VIETNAM),
        ended_at=views.local(ended),
        working_hours=None if minutes is None else round(minutes / 60, 2),
        old_promise=views.local(row.old_promise),
        new_promise=views.local(row.new_promise),
    )


def _words(
    made: Promise | None,
    term: Term | None,
    pauses: list[Pause],
    promised_at: datetime | None,
    language: Language,
) -> list[str]:
    """The derivation as sentences for people."""
    vietnamese = language == "vi"
    if made is None or term is None:
        if promised_at is None:
            return ["Chưa tiếp nhận nên chưa có ngày hẹn." if vietnamese else "Not accepted yet: no promise."]
        given = day(promised_at)
        return [f"Ngày hẹn do cán bộ ấn định: {given}." if vietnamese else f"Given by the officer: {given}."]
    unit = f"{term.amount} {_UNITS[language][term.unit]}"
    off = ", ".join(f"{d.name} {d.date:%d/%m}" for d in made.skipped) or "–"
    start, first, now = day(made.counted_from), day(made.promised_at), day(promised_at)
    if vietnamese:
        lines = [f"Thời hạn {unit}, tính từ {start}.", f"Ngày không tính: {off}.", f"Hẹn trả: {first}."]
    else:
        lines = [f"{unit}, counted from {start}.", f"Days that do not count: {off}.", f"Promised: {first}."]
    for pause in pauses:
        since = day(pause.started_at)
        if pause.ended_at is None:
            lines.append(f"Tạm dừng từ {since}." if vietnamese else f"The clock is stopped since {since}.")
        elif vietnamese:
            lines.append(f"Tạm dừng {pause.working_hours} giờ làm việc từ {since}; hẹn mới {now}.")
        else:
            lines.append(f"Stopped for {pause.working_hours} working hours from {since}; now {now}.")
    return lines
