"""What a row of an import asks for, against what stands here. Pure; CPU work: call it in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kit.problem import FieldError, FieldFault, Problem, Words, model_faults
from services.catalog.commands.edit import checked
from services.catalog.content import Content
from services.catalog.errors import Abolished
from services.catalog.status import VersionState
from services.catalog.transfer.flat import COLUMNS, Choices, column_of, read
from services.catalog.transfer.rows import Entry
from services.catalog.transfer.schemas import Said

#: What pydantic says of a text that is not there.
_EMPTY: Words = {"vi": "không được để trống.", "en": "must not be empty."}
#: In words, with the cell that it means.
Told = Callable[[int, FieldFault], FieldError]


@dataclass(frozen=True)
class Standing:
    """Contents that stand here. `base`: what `edit.change` would begin from, a draft or not; `in_force`:
    today, where it is another."""

    base: Mapping[str, Any]
    draft: bool
    in_force: Mapping[str, Any] | None
    abolished: bool


@dataclass(frozen=True)
class Decision:
    """`content`: of a new procedure. `changes`: members that a draft gets. `publishable`: a draft is, or will
    be, there to be published."""

    entry: Entry
    outcome: Said
    errors: list[FieldError]
    content: Content | None = None
    changes: Mapping[str, Any] | None = None
    publishable: bool = False


class Refused(Exception):
    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True)
class Judge:
    """`fields`: names of known fields by code."""

    choices: Choices
    fields: Mapping[str, str]
    told: Told

    def decide(self, entry: Entry, standing: Standing | None) -> Decision:
        try:
            decided = self._decided(entry, standing)
        except Refused as refused:
            others = self._others(entry, refused.faults)
            errors = [*entry.errors, *(self.told(entry.number, fault) for fault in others)]
            return Decision(entry, "refused", errors)
        return Decision(entry, "refused", entry.errors) if entry.errors else decided

    def _others(self, entry: Entry, faults: list[FieldFault]) -> list[FieldFault]:
        """Those that do not follow from what is wrong with the row already: its cells that could not be
        read, and, where its code could not, the members that would be there."""
        known = {member_of(error.pointer) for error in entry.errors}
        said = {column.path[0] for column in COLUMNS if column.name in (entry.cells or {})}
        absent = bool(entry.cells) and not entry.code
        return [
            fault
            for fault in faults
            if (member := member_of(fault.pointer)) not in known and not (absent and member not in said)
        ]

    def _decided(self, entry: Entry, standing: Standing | None) -> Decision:
        if entry.cells is None and entry.content is None:
            raise Refused([])
        if standing is None:
            content = self._content(entry, None)
            _stored(content)
            return Decision(entry, "created", [], content=content, publishable=True)
        if standing.in_force is not None and self._same(entry, standing.in_force):
            return Decision(entry, "unchanged", [])
        if self._same(entry, standing.base):
            return Decision(entry, "unchanged", [], publishable=standing.draft)
        if standing.abolished:
            raise Refused(faults_of(Abolished()))
        wanted, before = _stored(self._content(entry, standing.base)), _whole(standing.base)
        changes = {name: value for name, value in wanted.items() if value != before.get(name)}
        return Decision(entry, "updated", [], changes=changes, publishable=True)

    def _same(self, entry: Entry, stands: Mapping[str, Any]) -> bool:
        """Nothing differs from that: then the row asks for nothing, whatever is being drafted."""
        content, whole = self._content(entry, stands), _whole(stands)
        return content.stored() == whole or _stored(content) == whole

    def _content(self, entry: Entry, base: Mapping[str, Any] | None) -> Content:
        if entry.content is not None:
            return _valid(entry.content)
        given, faults = read(entry.cells or {}, base, self.choices, self.fields)
        return _valid({**(base or {}), **given, "code": entry.code}, faults)


def _valid(content: Mapping[str, Any], faults: list[FieldFault] | None = None) -> Content:
    """Raises Refused with these faults, and those of the content in other members."""
    found = list(faults or [])
    known = {member_of(fault.pointer) for fault in found}
    try:
        valid = Content.model_validate(content)
    except ValidationError as error:
        others = model_faults(error)
        found += [_named(fault) for fault in others if member_of(fault.pointer) not in known]
    if found:
        raise Refused(found)
    return valid


def _named(fault: FieldFault) -> FieldFault:
    """With the column that it is about, and which of its items: "Giấy tờ, mục 2: ..."."""
    place = column_of(fault.pointer, COLUMNS)
    if place is None:
        return fault
    column, path = COLUMNS[place], str(fault.pointer).split("/")[2:]
    item = int(path[0]) + 1 if path and path[0].isdecimal() else None
    what = _EMPTY if fault.code == "string_too_short" else fault.words
    words = {
        "vi": column.label + (f", mục {item}" if item else "") + f": {what['vi']}",
        "en": column.name + (f", item {item}" if item else "") + f": {what['en']}",
    }
    return FieldFault(fault.code, words, pointer=fault.pointer, **fault.facts)


def member_of(pointer: str | None) -> str | None:
    """The content's own member that it leads to."""
    return pointer.split("/")[1] if pointer and pointer != "/" else None


def _stored(content: Content) -> dict[str, Any]:
    """As it would be kept. Raises Refused for a form that cannot be used."""
    try:
        return checked(content)
    except Problem as problem:
        raise Refused(faults_of(problem)) from None


def _whole(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the members that contents of before do not have."""
    try:
        return Content.model_validate(content).stored()
    except ValidationError:
        return content


def faults_of(problem: Problem) -> list[FieldFault]:
    """What a refusal says, as faults of the row."""
    if problem.errors:
        return list(problem.errors)
    return [FieldFault(problem.code, problem.detail or problem.title, **problem.facts)]


def standing_of(newest: Any, in_force: Any, *, abolished: bool) -> Standing:
    """From rows of versions. The newest may be published from a later day: it is no base then."""
    draft = newest.state == VersionState.DRAFT
    base = newest if draft or in_force is None else in_force
    return Standing(
        base=base.content,
        draft=draft,
        in_force=None if in_force is None or in_force is base else in_force.content,
        abolished=abolished,
    )
