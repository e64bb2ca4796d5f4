"""Ways in which a figure can be refused."""

from __future__ import annotations

from datetime import date

from kit.problem import FieldFault, InvalidInput

_NOT_YET = {
    "vi": "Chưa có số liệu của ngày sau hôm nay ({today}).",
    "en": "There are no figures of days after today ({today}).",
}


def refuse_future(day: date, today: date, parameter: str) -> None:
    """Raises InvalidInput."""
    if day > today:
        fault = FieldFault("day-to-come", _NOT_YET, parameter=parameter, today=today.isoformat())
        raise InvalidInput(errors=[fault])
