"""Ways in which a figure can be refused."""

from __future__ import annotations

from datetime import date

from kit.problem import FieldFault, InvalidInput, NotFound

_NOT_YET = {
    "vi": "Chưa có số liệu của ngày sau hôm nay ({today}).",
    "en": "There are no figures of days after today ({today}).",
}


_UNKNOWN = {
    "vi": "Danh mục không có {what} “{key}”.",
    "en": "The catalogue has no {what} “{key}”.",
}


class StatedFigureMissing(NotFound):
    code = "stated-figure-not-found"
    title = {"vi": "Không có số công bố này", "en": "No such stated figure"}


def day_to_come(today: date) -> FieldFault:
    """Of a source whose day has not come."""
    return FieldFault("day-to-come", _NOT_YET, pointer="/source_date", today=today.isoformat())


def unknown(what: str, key: str) -> FieldFault:
    """Of a dimension that names nothing."""
    return FieldFault("dimension-unknown", _UNKNOWN, pointer="/dimension", what=what, key=key)


def refuse_future(day: date, today: date, parameter: str) -> None:
    """Raises InvalidInput."""
    if day > today:
        fault = FieldFault("day-to-come", _NOT_YET, parameter=parameter, today=today.isoformat())
        raise InvalidInput(errors=[fault])
