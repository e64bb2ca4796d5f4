"""From rows of the tree to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.catalog.bodies.identifiers import parse
from services.catalog.bodies.models import Succession
from services.catalog.bodies.queries import Places
from services.catalog.bodies.schemas import (
    BodyView,
    Identifiers,
    NeighbourBody,
    UnitDetail,
)
from services.catalog.bodies.schemas import Succession as Heir
from services.catalog.models import Agency, Unit
from services.catalog.schemas import AgencyView, Ref, UnitView


def listed(places: Places, on: date) -> list[AgencyView]:
    """The bodies of a day under the parents of that day."""
    return [_agency(row, places, on) for row in places.agencies.values() if _stands(row, on)]


def _agency(row: Agency, places: Places, on: date) -> AgencyView:
    view = AgencyView.model_validate(row, from_attributes=True)
    return view.model_copy(update={"parent_code": places.bodies.parent(row.code, on)})


def _stands(row: Agency | Unit, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


def body(row: Agency, places: Places, on: date, version: int) -> BodyView:
    identifier = parse(row.code)
    acting = places.bodies.standing(row.code, on)
    return BodyView(
        **_agency(row, places, on).model_dump(),
        identifiers=None
        if identifier is None
        else Identifiers(qcvn_102_2016=identifier.padded, decision_20_2020=identifier.short),
        ancestors=[_ref(code, places.agencies) for code in places.bodies.above(row.code, on)],
        predecessors=[_heir(s, s.old, places) for s in places.successions if s.new == row.code],
        successors=[_heir(s, s.new, places) for s in places.successions if s.old == row.code],
        acting=None if acting == row.code else _ref(acting, places.agencies),
        tree_version=version,
    )


def _ref(code: str, rows: dict[str, Agency] | dict[str, Unit]) -> Ref:
    found = rows.get(code)
    return Ref(code=code, name=found.name if found else code)


def _heir(succession: Succession, code: str, places: Places) -> Heir:
    return Heir(
        code=code,
        name=places.agencies[code].name,
        starts=succession.starts,
        main=succession.main,
        decision=succession.decision,
    )


def units(places: Places, on: date, parent: str | None) -> list[UnitView]:
    """Those of a day, in the order of the Vietnamese alphabet; `parent`: that day's."""
    rows = [row for row in places.units.values() if _stands(row, on)]
    found = [_unit(row, places, on) for row in sorted(rows, key=lambda row: (row.sort_key, row.code))]
    return [view for view in found if parent is None or view.parent_code == parent]


def _unit(row: Unit, places: Places, on: date) -> UnitView:
    view = UnitView.model_validate(row, from_attributes=True)
    return view.model_copy(update={"parent_code": places.areas.parent(row.code, on)})


def unit(row: Unit, places: Places, on: date, version: int) -> UnitDetail:
    before = [code for code, heir in places.areas.heirs.items() if heir.new == row.code]
    return UnitDetail(
        **_unit(row, places, on).model_dump(),
        ancestors=[_ref(code, places.units) for code in places.areas.above(row.code, on)],
        predecessors=[_ref(code, places.units) for code in sorted(before)],
        successor=_ref(row.successor_code, places.units) if row.successor_code else None,
        tree_version=version,
    )


def neighbours(places: Places, on: date) -> Sequence[NeighbourBody]:
    """All bodies of all days, with the successors whose day has come."""
    return [
        NeighbourBody(
            **AgencyView.model_validate(row, from_attributes=True).model_dump(),
            successors=(chain := places.bodies.chain(row.code, on)),
            succeeded_on=places.bodies.heirs[row.code].starts if chain else None,
        )
        for row in places.agencies.values()
    ]
