"""`GET /v1/dossiers/{id}/deadline`: the promised moment, and why, in data and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from kit import versions
from kit.clock import VIETNAM, Local
from kit.db import Session
from kit.problem import Language
from services.dossier import queries
from services.dossier.audit.commands import read_by
from services.dossier.auth import Reader
from services.dossier.calendar import Calendar
from services.dossier.dates import term_of
from services.dossier.deadline import working_minutes
from services.dossier.explanation import Apologised, Explanation, Waited, explain
from services.dossier.models import Dossier
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue
from services.dossier.sentence import day

router = APIRouter(prefix="/v1/dossiers/{dossier_id}", tags=["dossiers"])

_UNITS = {
    "vi": {"working_days": "ngày làm việc", "hours": "giờ làm việc", "days": "ngày", "months": "tháng"},
    "en": {"working_days": "working days", "hours": "working hours", "days": "days", "months": "months"},
}


_SAY: Mapping[Language, Mapping[str, str]] = {
    "vi": {
        "no promise": "Chưa tiếp nhận nên chưa có ngày hẹn.",
        "answer": " Cơ quan trả lời trước {due}.",
        "given": "Ngày hẹn do cán bộ ấn định: {first}. Lý do: {reason}",
        "printed": "Ngày hẹn đã ghi trên giấy tiếp nhận: {first}.",
        "term": "Thời hạn {term}, tính từ {start}.",
        "off": "Ngày không tính: {off}.",
        "first": "Hẹn trả: {first}.",
        "open": "Tạm dừng từ {since}.",
        "moved": "Tạm dừng {hours} giờ làm việc từ {since}; hẹn mới {new}.",
        "unmoved": "Tạm dừng {hours} giờ làm việc từ {since}; ngày hẹn giữ nguyên.",
        "apology": "Xin lỗi và hẹn lại {new}. Lý do: {reason}",
    },
    "en": {
        "no promise": "Not accepted yet: no promise.",
        "answer": " The office answers by {due}.",
        "given": "Given by the officer: {first}. Reason: {reason}",
        "printed": "As it was printed on the receipt slip: {first}.",
        "term": "{term}, counted from {start}.",
        "off": "Days that do not count: {off}.",
        "first": "Promised: {first}.",
        "open": "The clock is stopped since {since}.",
        "moved": "Stopped for {hours} working hours from {since}; now {new}.",
        "unmoved": "Stopped for {hours} working hours from {since}; the promise stays.",
        "apology": "An apology and a new date, {new}. Reason: {reason}",
    },
}


class SkippedDay(BaseModel):
    date: date
    cause: str
    name: str


class Pause(BaseModel):
    """While a supplement or a payment was awaited, or the dossier was closed; `working_hours` null while it
    still is. One that closing the dossier ended leaves the promise as it was; opened again, the closure that
    follows moves it by both."""

    cause: str
    started_at: Local
    ended_at: Local | None
    working_hours: float | None
    old_promise: Local | None
    new_promise: Local | None


class Apology(BaseModel):
    at: Local
    reason: str
    old_promise: Local
    new_promise: Local


class DeadlineView(BaseModel):
    """`reason`: of a promise that an officer gave. `counted`: the days of the first promise; `skipped`: each
    day off until the last one. `scored_at` is what on-time is measured by."""

    term: str | None
    processing_hours: list[str]
    accepted_at: Local | None
    counted_from: Local | None
    counted: list[date]
    skipped: list[SkippedDay]
    first_promise: Local | None
    pauses: list[Pause]
    apology: Apology | None
    promised_at: Local | None
    scored_at: Local | None
    extended_at: Local | None
    reason: str | None
    provisional: bool
    words: list[str]


@router.get("/deadline")
async def get_deadline(
    dossier_id: UUID, caller: Reader, session: Session, desk: Desk, response: Response, language: Tongue
) -> DeadlineView:
    """Start, rule, hours, each skipped day with its cause, each pause, the apology (rule 9)."""
    dossier = await queries.dossier(session, dossier_id, caller)
    versions.show(response, dossier.version)
    read_by(session, desk, caller, dossier, "deadline")
    pauses, steps = await queries.pauses(session, dossier_id), await queries.steps(session, dossier_id)
    calendar = await desk.calendar(session, dossier.resolving_agency)
    found = explain(dossier, pauses, steps, calendar)
    hours = calendar.hours_on((dossier.accepted_at or desk.clock.now()).astimezone(VIETNAM).date())
    return DeadlineView(
        term=_term(dossier, language),
        processing_hours=[f"{start:%H:%M}–{end:%H:%M}" for start, end in hours.spans],
        accepted_at=dossier.accepted_at,
        counted_from=found.made.counted_from if found.made else None,
        counted=list(found.made.counted) if found.made else [],
        skipped=[SkippedDay(date=d.date, cause=d.cause, name=d.name) for d in found.skipped],
        first_promise=found.first,
        pauses=[_pause(waited, calendar) for waited in (*found.before, *found.since)],
        apology=_apology(found.apology),
        promised_at=dossier.promised_at,
        scored_at=dossier.scored_at,
        extended_at=dossier.extended_at,
        reason=dossier.promise_reason,
        provisional=found.provisional,
        words=_words(dossier, found, calendar, language),
    )


def _pause(waited: Waited, calendar: Calendar) -> Pause:
    pause = waited.pause
    return Pause(
        cause=pause.cause,
        started_at=pause.started_at,
        ended_at=pause.ended_at,
        working_hours=_hours(waited, calendar),
        old_promise=waited.old,
        new_promise=waited.new,
    )


def _hours(waited: Waited, calendar: Calendar) -> float | None:
    if waited.pause.ended_at is None:
        return None
    return round(working_minutes(waited.pause.started_at, waited.pause.ended_at, calendar) / 60, 2)


def _apology(given: Apologised | None) -> Apology | None:
    if given is None:
        return None
    return Apology(at=given.at, reason=given.reason, old_promise=given.old, new_promise=given.new)


def _term(dossier: Dossier, language: Language) -> str | None:
    term = term_of(dossier)
    return f"{term.amount} {_UNITS[language][term.unit]}" if term else None


def _words(dossier: Dossier, found: Explanation, calendar: Calendar, language: Language) -> list[str]:
    """The derivation as sentences for people, in the order of time."""
    say = _SAY[language]
    if found.first is None:
        due = dossier.answer_due_at if dossier.accepted_at is None else None
        return [say["no promise"] + (say["answer"].format(due=day(due)) if due else "")]
    lines = _beginning(dossier, found, language)
    lines += [_waiting(waited, calendar, say) for waited in found.before]
    if found.apology is not None:
        lines.append(say["apology"].format(new=day(found.apology.new), reason=found.apology.reason))
    return [*lines, *(_waiting(waited, calendar, say) for waited in found.since)]


def _beginning(dossier: Dossier, found: Explanation, language: Language) -> list[str]:
    say, first = _SAY[language], day(found.first)
    if found.made is None:
        reason = dossier.promise_reason
        return [
            say["given"].format(first=first, reason=reason) if reason else say["printed"].format(first=first)
        ]
    off = ", ".join(f"{d.name} {d.date:%d/%m}" for d in found.skipped) or "–"
    start, term = day(found.made.counted_from), _term(dossier, language)
    return [
        say["term"].format(term=term, start=start),
        say["off"].format(off=off),
        say["first"].format(first=first),
    ]


def _waiting(waited: Waited, calendar: Calendar, say: Mapping[str, str]) -> str:
    since, hours = day(waited.pause.started_at), _hours(waited, calendar)
    if hours is None:
        return say["open"].format(since=since)
    words = "moved" if waited.new != waited.old else "unmoved"
    return say[words].format(hours=hours, since=since, new=day(waited.new))
