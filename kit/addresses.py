"""Addresses by official codes of administrative units, valid on a date.

A form marks a code by `x-unit: "commune"`, or whichever level of unit it asks for. Codes that stand in one
object belong to one address: the smaller unit must lie in the larger. Free text beyond is the form's affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

from kit.forms import Annotated, annotated
from kit.problem import FieldFault, Words

KEYWORD = "x-unit"

_UNKNOWN: Words = {
    "vi": "Không có đơn vị hành chính mang mã {unit}.",
    "en": "There is no administrative unit {unit}.",
}
_NOT_THEN: Words = {
    "vi": "{name} (mã {unit}) không còn hoặc chưa có vào ngày {on}.",
    "en": "{name} (code {unit}) does not exist on {on}.",
}
_ELSEWHERE: Words = {
    "vi": "{name} (mã {unit}) không thuộc {other_name} (mã {other}).",
    "en": "{name} (code {unit}) does not lie in {other_name} (code {other}).",
}
_LEVEL: Words = {
    "vi": "{name} (mã {unit}) không thuộc cấp hành chính cần chọn ở đây.",
    "en": "{name} (code {unit}) is not of the level that is asked for here.",
}


class Unit(NamedTuple):
    """An administrative unit on its days, both included (no `valid_to`: still there). `successor_code`: which
    one stands in its place afterwards, also as the parent of what lay in it."""

    code: str
    name: str
    level: str
    parent_code: str | None
    successor_code: str | None
    valid_from: date
    valid_to: date | None

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def above(unit: Unit, units: Mapping[str, Unit], on: date) -> list[str]:
    """The unit's code, then those that it lies in that day, upwards."""
    found: list[str] = []
    current: Unit | None = unit
    while current is not None and current.code not in found:
        found.append(current.code)
        current = _standing(units.get(current.parent_code or ""), units, on)
    return found


def _standing(unit: Unit | None, units: Mapping[str, Unit], on: date) -> Unit | None:
    """The unit, or the successor that is there that day."""
    seen: set[str] = set()
    heir = unit
    while heir is not None and not heir.valid(on) and heir.code not in seen:
        seen.add(heir.code)
        heir = units.get(heir.successor_code or "")
    return heir or unit


def codes(schema: dict[str, Any], data: Any) -> set[str]:
    """The codes whose units, with all parents and successors, `faults` has to be given."""
    return {given.value for given in _given(schema, data)}


def _given(schema: dict[str, Any], data: Any) -> list[Annotated]:
    return [given for given in annotated(schema, data, KEYWORD) if isinstance(given.value, str)]


def faults(
    schema: dict[str, Any], data: Any, units: Mapping[str, Unit], on: date, at: str = ""
) -> list[FieldFault]:
    """What is wrong with the addresses on the day `on`: unknown codes, units that are not there that day or
    of another level, a smaller one that does not lie in the larger one beside it. `units` by code."""
    found = []
    addresses: dict[str, list[tuple[Annotated, Unit]]] = {}
    for given in _given(schema, data):
        unit = units.get(given.value)
        where = at + given.pointer
        if unit is None:
            found.append(FieldFault("unit-unknown", _UNKNOWN, pointer=where, unit=given.value))
            continue
        facts: dict[str, Any] = {"unit": unit.code, "name": unit.name, "on": on.strftime("%d/%m/%Y")}
        if unit.level != given.annotation:
            found.append(FieldFault("unit-level", _LEVEL, pointer=where, **facts))
        elif not unit.valid(on):
            found.append(FieldFault("unit-not-valid", _NOT_THEN, pointer=where, **facts))
        else:
            addresses.setdefault(given.pointer.rpartition("/")[0], []).append((given, unit))
    for address in addresses.values():
        lying = [(given, unit, above(unit, units, on)) for given, unit in address]
        # Two of one level in one object are two addresses: which belongs to which, nobody can say.
        if len({unit.level for _, unit in address}) == len(address):
            found += _elsewhere(sorted(lying, key=lambda each: len(each[2])), at)
    return found


def _elsewhere(address: list[tuple[Annotated, Unit, list[str]]], at: str) -> Iterator[FieldFault]:
    """Of one address, the largest unit first."""
    for (_, larger, _), (given, smaller, lies_in) in combinations(address, 2):
        if larger.code not in lies_in:
            yield FieldFault(
                "unit-elsewhere",
                _ELSEWHERE,
                pointer=at + given.pointer,
                unit=smaller.code,
                name=smaller.name,
                other=larger.code,
                other_name=larger.name,
            )
