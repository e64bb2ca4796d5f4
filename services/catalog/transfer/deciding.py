"""What a row of an import asks for, against what stands here. Pure; CPU work: call it in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kit.problem import FieldError, FieldFault, Problem, Words, validation_faults
from services.catalog.commands.edit import checked
from services.catalog.content import Content
from services.catalog.errors import Abolished
from services.catalog.status import VersionState
from services.catalog.transfer.flat import Choices, read
from services.catalog.transfer.rows import Entry
from services.catalog.transfer.schemas import Said

WORDS: Mapping[str, Words] = {
    "code-twice": {
        "vi": "Mã {said} đã có ở dòng {where}: chỉ dòng ấy được nhập.",
        "en": "The code {said} is on row {where} already: only that row is imported.",
    },
}
#: In words, with the cell that it means.
Told = Callable[[int, FieldFault], FieldError]


@dataclass(frozen=True)
class Standing:
    """Contents that stand here: the newest version, a draft or not, and what is in force today."""

    newest: Mapping[str, Any]
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
    """`first`: on which row a code is for the first time; `fields`: names of known fields by code."""

    choices: Choices
    fields: Mapping[str, str]
    first: Mapping[str, int]
    told: Told

    def decide(self, entry: Entry, standing: Standing | None) -> Decision:
        if entry.errors:
            return Decision(entry, "refused", entry.errors)
        try:
            return self._decided(entry, standing)
        except Refused as refused:
            return Decision(entry, "refused", [self.told(entry.number, fault) for fault in refused.faults])

    def _decided(self, entry: Entry, standing: Standing | None) -> Decision:
        row = self.first[entry.code]
        if row != entry.number:
            words = WORDS["code-twice"]
            raise Refused([FieldFault("code-twice", words, pointer="/code", said=entry.code, where=row)])
        if standing is None:
            content = self._content(entry, None)
            _stored(content)
            return Decision(entry, "created", [], content=content, publishable=True)
        if standing.in_force is not None and self._same(entry, standing.in_force):
            return Decision(entry, "unchanged", [])
        if self._same(entry, standing.newest):
            return Decision(entry, "unchanged", [], publishable=standing.draft)
        if standing.abolished:
            raise Refused(faults_of(Abolished()))
        wanted, before = _stored(self._content(entry, standing.newest)), _whole(standing.newest)
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
    known = {(fault.pointer or "").split("/")[1] for fault in found if fault.pointer}
    try:
        valid = Content.model_validate(content)
    except ValidationError as error:
        others = validation_faults([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
        found += [fault for fault in others if (fault.pointer or "/").split("/")[1] not in known]
    if found:
        raise Refused(found)
    return valid


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
    """From rows of versions."""
    return Standing(
        newest=newest.content,
        draft=newest.state == VersionState.DRAFT,
        in_force=None if in_force is None or in_force.number == newest.number else in_force.content,
        abolished=abolished,
    )
