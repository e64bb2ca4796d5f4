"""Is a line fit to be counted? Each is answered on its own, with everything that is wrong in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import today
from kit.problem import FieldFault, pointer
from services.dossier import facts
from services.dossier.clients.catalog import ProcedureOfTheDay
from services.dossier.counts import queries
from services.dossier.counts.queries import Frozen, Key
from services.dossier.counts.schemas import CountItem
from services.dossier.district.checking import AT_ONCE, NO_BODY, NO_PROCEDURE, NOT_YOURS, on_the_day, read
from services.dossier.district.queries import bodies_below
from services.dossier.errors import FactsUnknown
from services.dossier.figures.sources import Names
from services.dossier.office import Office

#: A body that does not offer a procedure online has this level for it.
NOT_ONLINE = 2
_TWICE = {"vi": "Mục {first} đã là dòng này.", "en": "Item {first} is this line already."}
_FUTURE = {"vi": "Ngày này ở tương lai.", "en": "This day is in the future."}


@dataclass
class Checked:
    """An item of a call, where it stood in it, and what is wrong with it, if anything."""

    index: int
    item: CountItem | None
    frozen: Frozen | None = None
    faults: list[FieldFault] = field(default_factory=list)

    def add(self, code: str, words: Mapping[str, str], name: str, **facts: Any) -> None:
        where = pointer(("items", self.index, name))
        self.faults.append(FieldFault(code, words, pointer=where, **facts))


def key_of(item: CountItem) -> Key:
    return item.agency, item.day, item.procedure, item.channel


def parse(items: Sequence[Any]) -> list[Checked]:
    """Each read alone; a line is said once in a call."""
    first: dict[Key, int] = {}
    found = []
    for index, given in enumerate(items):
        item, faults = read(CountItem, given, "items", index)
        checked = Checked(index, item, faults=faults)
        if item is not None and first.setdefault(key_of(item), index) != index:
            checked.add("line-twice", _TWICE, "day", first=first[key_of(item)])
        found.append(checked)
    return found


async def check(session: AsyncSession, office: Office, caller: Caller, items: Sequence[Checked]) -> None:
    """What our own tables and the clock can say. What is known of a body, day and procedure stays as it was
    frozen."""
    known = [(checked, checked.item) for checked in items if checked.item is not None]
    bodies = await bodies_below(session, str(caller.agency), {item.agency for _, item in known})
    frozen = await queries.frozen(session, [key_of(item) for _, item in known])
    for checked, item in known:
        checked.frozen = frozen.get(_asked(item))
        if item.day > today(office.clock):
            checked.add("day-in-the-future", _FUTURE, "day")
        if item.agency not in bodies:
            checked.add("agency-unknown", NO_BODY, "agency", agency=item.agency)
        elif not bodies[item.agency]:
            checked.add("agency-not-yours", NOT_YOURS, "agency", agency=item.agency, own=caller.agency)


def _asked(item: CountItem) -> tuple[str, date, str]:
    return item.agency, item.day, item.procedure


async def look_up(office: Office, items: Sequence[Checked]) -> Names:
    """What is not known yet, as the catalogue had it on that day: each asked for once. What it is called."""
    open_ = [(c, c.item) for c in items if c.item is not None and c.frozen is None and not c.faults]
    wanted = sorted({_asked(item) for _, item in open_}, key=itemgetter(1))
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(agency: str, day: date, procedure: str) -> ProcedureOfTheDay | FactsUnknown | None:
        async with gate:
            return await on_the_day(office, procedure, agency, day.isoformat(), facts.asked(None, "counter"))

    found = dict(zip(wanted, await asyncio.gather(*(ask(*one) for one in wanted)), strict=True))
    names: dict[tuple[Literal["field", "procedure"], str], str] = {}
    for answer in found.values():
        if isinstance(answer, ProcedureOfTheDay):
            names["procedure", answer.code], names["field", answer.field.code] = (
                answer.name,
                answer.field.name,
            )
    for checked, item in open_:
        answer = found[_asked(item)]
        if isinstance(answer, ProcedureOfTheDay):
            level = answer.offering.online_level if answer.offering else NOT_ONLINE
            checked.frozen = Frozen(answer.field.code, level)
        else:
            checked.add("procedure-unknown", NO_PROCEDURE, "procedure", procedure=item.procedure)
    return names
