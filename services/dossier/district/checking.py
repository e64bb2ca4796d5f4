"""Is an item fit to be taken in? Each is answered on its own, with everything that is wrong in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM, civil_date
from kit.idempotency import fingerprint
from kit.problem import FieldFault, model_faults, pointer
from services.dossier import facts
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.district import queries
from services.dossier.district.schemas import BatchItem
from services.dossier.errors import FactsUnknown, ProcedureUnknown
from services.dossier.office import Office

_TWICE = {"vi": "Mã tham chiếu này đã có ở mục {first}.", "en": "Item {first} has this reference already."}
_FUTURE = {"vi": "Thời điểm này ở tương lai.", "en": "This moment is in the future."}
NO_BODY = {"vi": "Không có cơ quan {agency}.", "en": "There is no body {agency}."}
NOT_YOURS = {
    "vi": "Cơ quan {agency} không thuộc {own}.",
    "en": "The body {agency} is neither {own} nor below it.",
}
NO_PROCEDURE = {"vi": "Không có thủ tục {procedure}.", "en": "There is no procedure {procedure}."}
_NO_PAPER = {"vi": "Thủ tục không có giấy tờ {paper}.", "en": "The procedure has no paper {paper}."}
_PROMISE = {
    "vi": "Ngày hẹn phải sau thời điểm tiếp nhận.",
    "en": "The promised moment must be after the reception.",
}
#: Clocks of other systems may be a little ahead of ours.
_AHEAD = timedelta(minutes=5)
#: Questions to the catalogue.
AT_ONCE = 8


@dataclass(frozen=True)
class Sound:
    """An item in which nothing is wrong, as it stood in the call; `content` is its keyed hash."""

    index: int
    item: BatchItem
    procedure: ProcedureOfTheDay
    content: bytes

    @property
    def receiving(self) -> str:
        return self.item.receiving_agency or self.item.agency

    @property
    def day(self) -> date:
        return self.item.received_at.astimezone(VIETNAM).date()

    def fault(self, code: str, words: dict[str, str], name: str, **facts: Any) -> FieldFault:
        return FieldFault(code, words, pointer=pointer(("items", self.index, name)), **facts)


@dataclass
class Checked:
    """An item of a call, where it stood in it, and what is wrong with it, if anything."""

    index: int
    reference: str | None
    item: BatchItem | None = None
    procedure: ProcedureOfTheDay | None = None
    content: bytes = b""
    faults: list[FieldFault] = field(default_factory=list)

    def sound(self) -> Sound:
        """Raises ValueError where something is wrong."""
        if self.item is None or self.procedure is None or self.faults:
            raise ValueError("not sound")
        return Sound(self.index, self.item, self.procedure, self.content)

    def add(self, code: str, words: dict[str, str], *path: str | int, **facts: Any) -> None:
        where = pointer(("items", self.index, *path))
        self.faults.append(FieldFault(code, words, pointer=where, **facts))


def read(model: type[BaseModel], given: Any, name: str, index: int) -> tuple[Any, list[FieldFault]]:
    """One element of a list as a model, or its faults with pointers into the list."""
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        return None, model_faults(error, name, index)


def parse(office: Office, items: Sequence[Any]) -> list[Checked]:
    """Each read alone; a reference counts once in a call."""
    first: dict[str, int] = {}
    found = []
    for index, given in enumerate(items):
        item, faults = read(BatchItem, given, "items", index)
        said = given.get("reference") if isinstance(given, dict) else None
        checked = Checked(index, said if isinstance(said, str) else None, item, faults=faults)
        if item is not None:
            checked.reference = item.reference
            # Keyed, because a plain hash of somebody's name and number could be guessed.
            checked.content = office.vault.index(fingerprint(item).hex())
            if item.reference in first:
                checked.add("reference-twice", _TWICE, "reference", first=first[item.reference])
            first.setdefault(item.reference, index)
        found.append(checked)
    return found


async def check(session: AsyncSession, office: Office, caller: Caller, items: Sequence[Checked]) -> None:
    """What our own tables and the clock can say."""
    now = office.clock.now()
    known = [checked for checked in items if checked.item is not None]
    codes = {code for checked in known if checked.item for code, _ in _bodies(checked.item)}
    bodies = await queries.bodies_below(session, str(caller.agency), codes)
    for checked in known:
        item = checked.item
        assert item is not None
        if item.received_at > now + _AHEAD:
            checked.add("received-in-the-future", _FUTURE, "received_at")
        if item.promised_at is not None and item.promised_at <= item.received_at:
            checked.add("promise-before-reception", _PROMISE, "promised_at")
        for code, name in _bodies(item):
            if code not in bodies:
                checked.add("agency-unknown", NO_BODY, name, agency=code)
            elif not bodies[code]:
                checked.add("agency-not-yours", NOT_YOURS, name, agency=code, own=caller.agency)


def _bodies(item: BatchItem) -> list[tuple[str, str]]:
    named = [(item.agency, "agency")]
    return [*named, (item.receiving_agency, "receiving_agency")] if item.receiving_agency else named


async def look_up(office: Office, items: Sequence[Checked]) -> None:
    """The procedures, as the catalogue had them on the day of reception: each asked for once."""
    wanted = {_key(checked.item): checked.item for checked in items if checked.item and not checked.faults}
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(item: BatchItem) -> ProcedureOfTheDay | FactsUnknown | None:
        async with gate:
            said = facts.asked(item.facts, item.channel)
            day = civil_date(item.received_at)
            return await on_the_day(office, item.procedure, item.agency, day, said)

    answers = await asyncio.gather(*map(ask, wanted.values()))
    found = dict(zip(wanted, answers, strict=True))
    for checked in items:
        if checked.item is None or checked.faults:
            continue
        answer = found[_key(checked.item)]
        if answer is None:
            code = checked.item.procedure
            checked.add("procedure-unknown", NO_PROCEDURE, "procedure", procedure=code)
            continue
        if isinstance(answer, FactsUnknown):
            for fault in answer.errors:
                where = (fault.pointer or "").split("/")[1:]
                checked.add(fault.code, {**fault.words}, *where, **fault.facts)
            continue
        checked.procedure = answer
        papers = {paper["code"] for paper in checked.procedure.papers}
        for place, paper in enumerate(checked.item.papers):
            if paper.paper not in papers:
                checked.add("paper-unknown", _NO_PAPER, "papers", place, "paper", paper=paper.paper)


def _key(item: BatchItem) -> tuple[str, ...]:
    """What the catalogue's answer depends on."""
    said = facts.asked(item.facts, item.channel)
    return item.procedure, item.agency, civil_date(item.received_at), repr(said)


async def on_the_day(
    office: Office, code: str, agency: str, day: str, said: Mapping[str, Any]
) -> ProcedureOfTheDay | FactsUnknown | None:
    """That day's version, by the facts (`facts.asked`); of a procedure that we publish since a later day,
    today's, without an offering: we cannot say that it was offered online then."""
    today = civil_date(office.clock.now())
    try:
        return await office.catalog.procedure(code, agency, day, said)
    except FactsUnknown as unknown:
        return unknown
    except ProcedureUnknown:
        if day >= today:
            return None
    try:
        found = await office.catalog.procedure(code, agency, today, said)
    except FactsUnknown as unknown:
        return unknown
    except ProcedureUnknown:
        return None
    return found.model_copy(update={"offering": None})


@dataclass(frozen=True)
class _Standing:
    """A clock that stands at the moment of a step that was taken elsewhere."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def as_of(office: Office, moment: datetime) -> Office:
    """The office at the moment of what is told of later."""
    return replace(office, clock=_Standing(moment.astimezone(VIETNAM)), told_at=office.clock.now())
