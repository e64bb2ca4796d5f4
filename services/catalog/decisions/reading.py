"""What is sent as a decision with its list, as far as it can be understood. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from kit.clock import Day
from kit.problem import FieldFault, MalformedBody, model_faults
from services.catalog.decisions.schemas import MOST_ITEMS, Item, NewDecision
from services.catalog.identifiers import BodyCode

T = TypeVar("T")
_ITEM = TypeAdapter(Item)
_BODY: TypeAdapter[str] = TypeAdapter(BodyCode)
_SIGNED: TypeAdapter[date] = TypeAdapter(Day)


@dataclass(frozen=True)
class Said:
    """`new`: the whole, where nothing is wrong with its shape; else `faults`, and what is understood all the
    same, so that everything can be said at once: lines and the bodies that they name by their place (from 0),
    the day of signing."""

    new: NewDecision | None
    items: Mapping[int, Item]
    agencies: Mapping[int, str]
    signed: date | None
    faults: list[FieldFault] = field(default_factory=list)


def of_json(content: bytes) -> Any:
    """Raises MalformedBody."""
    try:
        return from_json(content)
    except ValueError:
        raise MalformedBody from None


def said(new: NewDecision) -> Said:
    items = dict(enumerate(new.items))
    agencies = {place: item.agency for place, item in items.items() if item.agency}
    return Said(new, items, agencies, new.date)


def read(given: Any) -> Said:
    """A document as JSON has it."""
    try:
        return said(NewDecision.model_validate(given))
    except ValidationError as error:
        faults = model_faults(error)
    members = given if isinstance(given, dict) else {}
    raw = list(_lines(members.get("items")))
    items = {place: item for place, line in raw if (item := _valid(_ITEM, line)) is not None}
    agencies = {
        place: agency for place, line in raw if (agency := _valid(_BODY, line.get("agency"))) is not None
    }
    return Said(None, items, agencies, _valid(_SIGNED, members.get("date")), faults)


def _lines(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(items, list) and len(items) <= MOST_ITEMS:
        yield from ((place, line) for place, line in enumerate(items) if isinstance(line, dict))


def _valid(kind: TypeAdapter[T], value: Any) -> T | None:
    try:
        return kind.validate_python(value)
    except ValidationError:
        return None
