"""A date that a person gives: instead of a term that the catalogue does not have, or with an apology."""

from __future__ import annotations

from datetime import date, datetime

from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.dossier.calendar import Calendar
from services.dossier.dates import term_of
from services.dossier.errors import PromiseNeeded
from services.dossier.models import Dossier
from services.dossier.schemas import Acceptance

_REQUIRED = {"vi": "Mục này là bắt buộc.", "en": "This is required."}
_PAST = {"vi": "Ngày hẹn phải sau hôm nay.", "en": "The promised day must be after today."}
_DAY_OFF = {"vi": "Ngày hẹn là ngày nghỉ: {name}.", "en": "The promised day is a day off: {name}."}
_BY_TERM = {
    "vi": "Ngày hẹn của hồ sơ này được tính, không ghi được.",
    "en": "The promise of this dossier is computed and cannot be given.",
}


def day_off(calendar: Calendar, on: date) -> list[FieldFault]:
    """The fault of a promise on a day on which nobody works."""
    day = calendar.day(on)
    if day.worked:
        return []
    return [FieldFault("promise-on-day-off", _DAY_OFF, pointer="/promised_on", name=day.name)]


def not_wanted(promised_on: date | None) -> list[FieldFault]:
    """The fault of a date where none is asked for."""
    if promised_on is None:
        return []
    return [FieldFault("promise-by-term", _BY_TERM, pointer="/promised_on")]


def promise_of(
    calendar: Calendar, dossier: Dossier, acceptance: Acceptance, now: datetime
) -> datetime | None:
    """The promise that an officer gives, with a reason, where the catalogue has no time; None where it has
    one, and then none may be given. Raises PromiseNeeded, InvalidInput."""
    on = acceptance.promised_on
    if term_of(dossier) is not None:
        if faults := not_wanted(on):
            raise InvalidInput(errors=faults)
        return None
    faults = []
    if on is None:
        faults.append(FieldFault("missing", _REQUIRED, pointer="/promised_on"))
    elif on <= now.astimezone(VIETNAM).date():
        faults.append(FieldFault("promise-in-the-past", _PAST, pointer="/promised_on"))
    else:
        faults += day_off(calendar, on)
    if not acceptance.reason:
        faults.append(FieldFault("missing", _REQUIRED, pointer="/reason"))
    if faults or on is None:
        raise PromiseNeeded(errors=faults)
    return calendar.closing(on)
