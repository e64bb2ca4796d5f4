"""A synthetic catalogue that reproduces the figures of the province's report of late 2020: never loaded by
default.

Made by code, the same every time: 1,866 procedures in force, of which 821 are offered online; by
government level and online level they fill the cells 214/509, 35/61, 15/23, which add up to 857, as 36
procedures stand at two levels of government; four departments offer 85, 63, 50 and 50 % of theirs. The
source (`hoa-binh-2020.md`) gives only those sums: which procedures they are, and that 36 stand twice, is
made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col
from uuid_utils.compat import uuid7

from kit import events
from kit.auth import Caller
from kit.clock import Clock
from services.catalog.commands.edit import described
from services.catalog.content import Content
from services.catalog.decisions import commands as decisions
from services.catalog.decisions.schemas import Item, NewDecision
from services.catalog.forms.generic import GENERIC
from services.catalog.models import Agency, Offering, Procedure, Version
from services.catalog.provision import commands as provision
from services.catalog.provision.schemas import StatedAsked
from services.catalog.status import Source, VersionState

SEEDER = Caller(sub="seed-2020", kind="service", name="seed-2020", roles=frozenset({"service", "editor"}))
IN_FORCE = date(2020, 1, 1)
#: Decision 1588/QĐ-UBND.
DECIDED = date(2020, 7, 14)
TOTAL = 1866
#: (government level, online level) → how many procedures.
CELLS = {
    ("province", 3): 214, ("province", 4): 509,
    ("district", 3): 35, ("district", 4): 61,
    ("commune", 3): 15, ("commune", 4): 23,
}  # fmt: skip
#: Procedures that stand at two levels of government, by online level: made up so that 857 − 36 = 821.
TWICE = {(("district", "commune"), 3): 10, (("district", "commune"), 4): 14,
         (("province", "district"), 3): 4, (("province", "district"), 4): 8}  # fmt: skip
#: Department → procedures that it offers online, and of how many.
SHARES = {
    "000.00.04.H28": (85, 100),  # Planning and Investment
    "000.00.13.H28": (63, 100),  # Culture, Sports and Tourism
    "000.00.09.H28": (30, 60),  # Construction
    "000.00.10.H28": (60, 120),  # Natural Resources and Environment
}
#: Offered at level 2, beyond those of SHARES: by the other departments, by districts; the rest by nobody.
ASIDE = {"province": 600, "district": 203}
FIELDS = [(f"L{n:02d}", f"Lĩnh vực tổng hợp {n:02d}") for n in range(1, 21)]
SOURCE = "Báo cáo của tỉnh về dịch vụ công trực tuyến, cuối năm 2020"


class NotEmpty(Exception):
    """There are procedures already: the figures would not be those of the report."""


@dataclass
class Service:
    """`levels`: government level → online level at which it is offered there, 2 for offline; `department`:
    which one offers it, of those of the province."""

    number: int
    levels: dict[str, int] = field(default_factory=dict)
    department: str | None = None

    @property
    def code(self) -> str:
        return f"S2020.{self.number:04d}"

    @property
    def online(self) -> bool:
        return any(level >= 3 for level in self.levels.values())


def services(departments: Sequence[str]) -> list[Service]:
    """All 1,866; `departments`: those of the province, in the order of their codes. Pure."""
    placements = list(_online())
    placements += [{"province": 2}] * (sum(of - on for on, of in SHARES.values()) + ASIDE["province"])
    placements += [{"district": 2}] * ASIDE["district"]
    placements += [{}] * (TOTAL - len(placements))
    found = [Service(number, dict(levels)) for number, levels in enumerate(placements, 1)]
    _share_out([one for one in found if one.levels.get("province", 0) >= 3], departments, online=True)
    _share_out([one for one in found if one.levels.get("province") == 2], departments, online=False)
    return found


def _online() -> Iterator[dict[str, int]]:
    left = dict(CELLS)
    for (places, level), count in TWICE.items():
        for place in places:
            left[place, level] -= count
        yield from (dict.fromkeys(places, level) for _ in range(count))
    for (place, level), count in left.items():
        yield from ({place: level} for _ in range(count))


def _share_out(ones: Sequence[Service], departments: Sequence[str], *, online: bool) -> None:
    """Those of SHARES get theirs, the others the rest in turn."""
    waiting = iter(sorted(ones, key=lambda one: one.number * 7919 % 1009))  # both levels everywhere
    for department, (on, of) in SHARES.items():
        for _ in range(on if online else of - on):
            next(waiting).department = department
    others = cycle([code for code in departments if code not in SHARES])
    for one in waiting:
        one.department = next(others)


def content(one: Service) -> dict[str, Any]:
    """Plainly marked as made up; complete for its level."""
    place, name = FIELDS[one.number % len(FIELDS)]
    return {
        **_TEMPLATE,
        "code": one.code,
        "name": f"Thủ tục tổng hợp {one.number:04d} (dữ liệu mẫu) thuộc {name.lower()}",
        "field": {"code": place, "name": name},
        "government_levels": sorted(one.levels) or ["province"],
        "form": GENERIC if one.online else None,
    }


_TEMPLATE = Content.model_validate(
    {
        "code": "S2020.0000",
        "name": "Mẫu",
        "sample": True,
        "field": {"code": "L00", "name": "Mẫu"},
        "government_levels": ["province"],
        "audiences": ["citizen", "business"],
        "channels": ["counter", "online", "post"],
        "processing_time": {"amount": 10, "unit": "working_days"},
        "papers": [{"code": "GT-01", "name": "Đơn đề nghị"}],
        "fees": [{"code": "LP-01", "name": "Lệ phí", "kind": "charge", "amount": 50_000}],
        "results": [{"code": "KQ-01", "name": "Giấy xác nhận"}],
    }
).stored()


async def load(session: AsyncSession, clock: Clock) -> str:
    """Into a catalogue that has places and no procedures; what was done, in a line. Raises NotEmpty."""
    if await session.scalar(select(col(Procedure.code)).limit(1)):
        raise NotEmpty
    bodies = list(await session.scalars(select(Agency).order_by(col(Agency.code))))
    made = services([body.code for body in bodies if body.kind == "department"])
    await _procedures(session, made)
    committees: dict[str, list[str]] = {}
    for body in bodies:
        if body.kind == "peoples_committee":
            committees.setdefault(body.government_level, []).append(body.code)
    offerings = [row for one in made for row in _offerings(one, committees)]
    await session.execute(insert(_table(Offering)), offerings)
    await events.append_all(session, [_event(clock, one) for one in made])
    await decisions.record(session, clock, SEEDER, _decision(made))
    for said in STATED:
        await provision.state(session, clock, SEEDER, said)
    return f"{len(made)} thủ tục tổng hợp · {len(offerings)} nơi nhận"


def _table(model: type[SQLModel]) -> Table:
    """Rows go in as they are: thousands of objects would cost seconds."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


async def _procedures(session: AsyncSession, made: Sequence[Service]) -> None:
    await session.execute(
        insert(_table(Procedure)),
        [{"code": one.code, "version": 1, "source": Source.LOCAL, "edited": False} for one in made],
    )
    versions = []
    for one in made:
        said = content(one)
        versions.append(
            {
                "procedure_code": one.code,
                "number": 1,
                "state": VersionState.PUBLISHED,
                "content": said,
                "gaps": [] if one.online else ["no-form"],
                "valid": Range(IN_FORCE, None),
                "valid_from": IN_FORCE,
                "reason": SOURCE,
                **described(said),
            }
        )
    await session.execute(insert(_table(Version)), versions)


def _offerings(one: Service, committees: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """The department's, or that of every People's Committee of the level."""
    for place, level in one.levels.items():
        for agency in [one.department] if place == "province" else committees[place]:
            yield {
                "id": uuid7(),
                "agency": agency,
                "procedure_code": one.code,
                "online_level": level,
                "valid": Range(DECIDED if level >= 3 else IN_FORCE, None),
                "decision": "1588/QĐ-UBND" if _listed(one) else None,
                "mandated": _listed(one),
                "pilot": False,
            }


def _listed(one: Service) -> bool:
    """In the list of the decision; every fifteenth is the offices' own choice."""
    return one.online and one.number % 15 != 0


def _event(clock: Clock, one: Service) -> events.Event:
    return events.Event(
        subject=one.code,
        seq=1,
        type="procedure.published",
        time=clock.now(),
        actor=SEEDER.actor,
        agency=None,
        audience="internal",
        data={"code": one.code, "number": 1, "from": IN_FORCE.isoformat(), "reason": SOURCE},
    )


def _decision(made: Sequence[Service]) -> NewDecision:
    items = [
        Item(
            procedure=one.code,
            agency=one.department if place == "province" else None,
            government_level=None if place == "province" else place,
            online_level=level,
        )
        for one in made
        if _listed(one)
        for place, level in one.levels.items()
    ]
    return NewDecision(
        number="1588/QĐ-UBND",
        date=DECIDED,
        title="Danh mục dịch vụ công trực tuyến mức độ 3, 4 (danh sách tổng hợp, không phải văn bản gốc)",
        valid_from=DECIDED,
        items=items,
    )


STATED = [
    StatedAsked(
        dimension=dimension,
        unit=unit,
        value=value,
        source=SOURCE,
        source_date=date(2020, 12, 24),
        note=note,
        reason="Số liệu của báo cáo, ghi bên cạnh số tính được",
    )
    for dimension, unit, value, note in (
        ("total", "procedures", 821, "Sáu ô của bảng cộng lại được 857; báo cáo không giải thích chênh lệch"),
        ("total", "percent", 44, "Khoảng 44 % thủ tục của tỉnh"),
        *((f"agency:{code}", "percent", round(100 * on / of), "") for code, (on, of) in SHARES.items()),
    )
]
