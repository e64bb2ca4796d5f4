"""What a sheet of targets asks for: all of it, or nothing with all that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import Clock, today
from kit.problem import FieldFault, InvalidInput
from services.dossier.models import Body
from services.dossier.targets import commands, queries
from services.dossier.targets.commands import Change, Outcome
from services.dossier.targets.models import Target
from services.dossier.targets.queries import Key
from services.dossier.targets.schemas import MOST_MEASURES
from services.dossier.targets.sheets import KEY, UNREAD, Line, Sheet

_ASSIGNED = ("value", "decision", "decided_on", "effective_from")
_MEASURE = {"measure": "text", "owner": "owner", "due_on": "due_on"}


@dataclass(frozen=True)
class Wanted:
    """`row`: the first that speaks of it."""

    row: int
    change: Change
    outcome: Outcome
    differences: Mapping[str, Any]


async def take_in(
    session: AsyncSession, clock: Clock, caller: Caller, sheet: Sheet, *, dry_run: bool
) -> list[Wanted]:
    """In the order of the rows. Whatever stands there is replaced; measures only where the sheet has some.
    Targets of which a row says nothing stay as they are.

    Raises InvalidInput with all faults, by row and cell.
    """
    groups = _groups(sheet)
    bodies = await queries.bodies(session)
    rows = await queries.known(session, [key for key in groups if isinstance(key, Key)])
    changes: dict[int, Change] = {}
    for key, lines in groups.items():
        row, said = lines[0].row, _said(sheet, lines)
        sheet.faults += _incomplete(sheet, said, row)
        if said and isinstance(key, Key):
            change = Change(key, said)
            sheet.faults += _refusals(sheet, change, row, bodies, caller, rows.get(key))
            if UNREAD not in said.values():
                sheet.faults += (sheet.placed(f, row, name) for name, f in change.faults(today(clock)))
            changes[row] = _allowed(change, bodies, caller)
    if sheet.faults:
        raise InvalidInput(errors=sorted(sheet.faults, key=lambda fault: fault.row or 0))
    if dry_run:
        found = commands.planned(list(changes.values()), rows)
    else:
        found = await commands.put_all(session, clock, caller, list(changes.values()))
    return [Wanted(row, change, *found[change.key]) for row, change in changes.items()]


def _groups(sheet: Sheet) -> dict[Key | int, list[Line]]:
    """By target; by their row, where it cannot be read which. A row of measures alone is of the target above
    it."""
    groups: dict[Key | int, list[Line]] = {}
    above: Key | int | None = None
    for line in sheet.lines:
        said = [name for name in KEY if name in line.values]
        if said:
            sheet.faults += [sheet.wrong("missing", line.row, name) for name in KEY if name not in said]
            year, indicator, agency = (line.values.get(name, UNREAD) for name in Key._fields)
            above = line.row if UNREAD in (year, indicator, agency) else Key(year, indicator, agency)
        elif above is None:
            sheet.faults.append(sheet.wrong("nothing-above", line.row, "agency"))
            above = line.row
        groups.setdefault(above, []).append(line)
    return groups


def _said(sheet: Sheet, lines: list[Line]) -> dict[str, Any]:
    """What the rows of one target say of it together."""
    said: dict[str, Any] = {}
    first: dict[str, int] = {}
    for line in lines:
        for name in _ASSIGNED:
            value = line.values.get(name)
            if value is None:
                continue
            if said.setdefault(name, value) != value and UNREAD not in (value, said[name]):
                sheet.faults.append(sheet.wrong("differs", line.row, name, first=first[name]))
            first.setdefault(name, line.row)
    if "decided_on" in said:
        said.setdefault("effective_from", said["decided_on"])
    measures = [measure for line in lines if (measure := _measure(sheet, line))]
    if len(measures) > MOST_MEASURES:
        sheet.faults.append(sheet.wrong("too-many-measures", lines[0].row, "measure", most=MOST_MEASURES))
    return said | ({"measures": measures} if measures else {})


def _measure(sheet: Sheet, line: Line) -> dict[str, Any] | None:
    said = {to: line.values[name] for name, to in _MEASURE.items() if name in line.values}
    if said and "text" not in said:
        sheet.faults.append(sheet.wrong("measure-without-text", line.row, "measure"))
    due_on = said.get("due_on")
    written = due_on.isoformat() if isinstance(due_on, date) else None
    return {"text": said.get("text"), "owner": said.get("owner"), "due_on": written} if said else None


def _incomplete(sheet: Sheet, said: Mapping[str, Any], row: int) -> list[FieldFault]:
    """What is assigned is assigned with its decision."""
    needed = ("value", "decision", "decided_on") if said.keys() & set(_ASSIGNED) else ()
    return [sheet.wrong("missing", row, name) for name in needed if name not in said]


def _refusals(
    sheet: Sheet, change: Change, row: int, bodies: Mapping[str, Body], caller: Caller, old: Target | None
) -> Iterator[FieldFault]:
    """A body that there is not, or whose target the caller may not change."""
    code = change.key.agency
    body = bodies.get(code)
    if body is None:
        whole = next((known for known in bodies if known.lstrip("0.") == code.lstrip("0.")), None)
        fault = "agency-not-found" if whole is None else "zeros-lost"
        yield sheet.wrong(fault, row, "agency", given=code, known=whole)
        return
    if commands.may_assign(caller, body):
        return
    # Sent again with its measures, a target is not assigned by that.
    same = UNREAD not in change.said.values() and not set(change.differences(old)) & set(_ASSIGNED)
    if not (commands.may_plan(caller, body) and same):
        yield sheet.wrong("not-assigned-by-you", row, "agency", agency=body.name)


def _allowed(change: Change, bodies: Mapping[str, Body], caller: Caller) -> Change:
    """Without what the caller may not assign: it is as it stands, but may be assigned anew meanwhile."""
    body = bodies.get(change.key.agency)
    if body is None or commands.may_assign(caller, body):
        return change
    measures = {name: value for name, value in change.said.items() if name == "measures"}
    return Change(change.key, measures)
