"""A synthetic catalogue that reproduces the figures of the province's report of late 2020: loaded by
`make seed-2020` alone.

Made by code: with what stands in the catalogue already (the sample), 1,866 procedures are in force on
24/12/2020, of which 821 are offered online; by government level and online level they fill the cells
214/509, 35/61, 15/23, which add up to 857, as 36 procedures stand at two levels of government; four
departments offer 85, 63, 50 and 50 % of theirs. The source (`hoa-binh-2020.md`) gives only those sums: which
procedures they are, their fees and times, that 36 stand twice, and that what the decision does not list was
offered from the year's beginning, is made up. They end with the year 2020: the search of later days does not
find them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any

from services.catalog.content import Content
from services.catalog.decisions.schemas import Item, NewDecision
from services.catalog.forms.generic import GENERIC
from services.catalog.provision.schemas import StatedAsked

IN_FORCE = date(2020, 1, 1)
#: Decision 1588/QĐ-UBND.
DECIDED = date(2020, 7, 14)
#: Since when level 4 is paid online: the pilot.
PILOT = date(2020, 10, 1)
#: Of the report, and the first day on which nothing of this is in force any more.
REPORTED, OVER = date(2020, 12, 24), date(2021, 1, 1)
PREFIX = "S2020."
TOTAL, ONLINE = 1866, 821
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
OFFLINE = 2
#: Offered at level 2, beyond those of SHARES: by the other departments, districts and communes; the rest of
#: the 1,866 by nobody.
ASIDE = {"province": 600, "district": 203, "commune": 80}
TERMS, FEES = (1, 3, 5, 7, 10, 15, 3, 20), (0, 15_000, 0, 50_000, 0, 0, 150_000, 8_000, 0, 500_000)
FIELDS = [(f"L{n:02d}", f"Lĩnh vực tổng hợp {n:02d}") for n in range(1, 21)]
SOURCE = "Báo cáo của tỉnh về dịch vụ công trực tuyến, cuối năm 2020"


class NotEmpty(Exception):
    """There is more in the catalogue already than the figures of the report leave room for."""


@dataclass(frozen=True)
class Standing:
    """What is in the catalogue already, on the day of the report: procedures in force; how many are offered
    online by cell, and each once; of the bodies of SHARES, how many they offer online, and of how many."""

    in_force: int = 0
    cells: Mapping[tuple[str, int], int] = field(default_factory=dict)
    online: int = 0
    shares: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Service:
    """`levels`: government level → online level at which it is offered there, 2 for offline; `department`:
    which one offers it, of those of the province."""

    number: int
    levels: dict[str, int] = field(default_factory=dict)
    department: str | None = None

    @property
    def code(self) -> str:
        return f"{PREFIX}{self.number:04d}"

    @property
    def online(self) -> bool:
        return any(level > OFFLINE for level in self.levels.values())


def services(departments: Sequence[str], standing: Standing | None = None) -> list[Service]:
    """What is lacking of the 1,866; `departments`: those of the province, in the order of their codes. Pure.
    Raises NotEmpty."""
    standing = standing or Standing()
    shares = {
        code: (on - standing.shares.get(code, (0, 0))[0], of - standing.shares.get(code, (0, 0))[1])
        for code, (on, of) in SHARES.items()
    }
    placements = list(_online(standing))
    placements += [{"province": 2}] * sum(max(0, of - on) for on, of in shares.values())
    placements += [{place: 2} for place, count in ASIDE.items() for _ in range(count)]
    rest = TOTAL - standing.in_force - len(placements)
    if rest < 0 or any(not 0 <= on <= of for on, of in shares.values()):
        raise NotEmpty
    found = [Service(number, dict(levels)) for number, levels in enumerate([*placements, *[{}] * rest], 1)]
    online = [one for one in found if one.levels.get("province", 0) > OFFLINE]
    _share_out(online, departments, {code: on for code, (on, _) in shares.items()})
    offline = [one for one in found if one.levels.get("province") == OFFLINE]
    _share_out(offline, departments, {code: of - on for code, (on, of) in shares.items()})
    return found


def _online(standing: Standing) -> Iterator[dict[str, int]]:
    """Raises NotEmpty."""
    left = {cell: count - standing.cells.get(cell, 0) for cell, count in CELLS.items()}
    twice = sum(left.values()) - (ONLINE - standing.online)
    if min(left.values()) < 0 or not 0 <= twice <= sum(TWICE.values()):
        raise NotEmpty
    for (places, level), most in TWICE.items():
        count = min(most, twice)
        twice -= count
        for place in places:
            left[place, level] -= count
        yield from (dict.fromkeys(places, level) for _ in range(count))
    if min(left.values()) < 0:
        raise NotEmpty
    for (place, level), count in left.items():
        yield from ({place: level} for _ in range(count))


def _share_out(ones: Sequence[Service], departments: Sequence[str], wanted: Mapping[str, int]) -> None:
    """Those of SHARES get theirs, the others the rest in turn."""
    waiting = iter(sorted(ones, key=lambda one: one.number * 7919 % 1009))  # both levels everywhere
    for department, count in wanted.items():
        for _ in range(count):
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
        "processing_time": {"amount": TERMS[one.number % len(TERMS)], "unit": "working_days"},
        "fees": [{**_TEMPLATE["fees"][0], "amount": amount}] if (amount := _fee(one)) else [],
        "form": GENERIC if one.online else None,
    }


def _fee(one: Service) -> int:
    return FEES[one.number % len(FEES)]


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


def listed(one: Service) -> bool:
    """In the list of the decision; every fifteenth was the offices' own choice before."""
    return one.online and one.number % 15 != 0


def decision(made: Sequence[Service]) -> NewDecision:
    items = [
        Item(
            procedure=one.code,
            agency=one.department if place == "province" else None,
            government_level=None if place == "province" else place,
            online_level=level,
        )
        for one in made
        if listed(one)
        for place, level in one.levels.items()
    ]
    return NewDecision(
        number="1588/QĐ-UBND",
        date=DECIDED,
        title="Danh mục dịch vụ công trực tuyến mức độ 3, 4 (danh sách tổng hợp, không phải văn bản gốc)",
        valid_from=DECIDED,
        valid_to=OVER,
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
