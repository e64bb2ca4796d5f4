"""What callers send and see of bodies, units and reorganisations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kit.clock import Day
from kit.text import Incoming, Line
from services.catalog.codelists import codes
from services.catalog.identifiers import BodyCode, canonical
from services.catalog.schemas import AgencyView, Ref, UnitView

UNIT_CODE = r"^[0-9A-Za-z\-]{2,20}$"
UnitCode = Annotated[str, StringConstraints(pattern=UNIT_CODE)]


def _of(name: str) -> AfterValidator:
    """A code of that code list."""

    def listed(code: str) -> str:
        if code not in (known := codes(name)):
            raise PydanticCustomError("enum", "not in the code list", {"expected": ", ".join(known)})
        return code

    return AfterValidator(listed)


#: Kinds and levels are code lists, not fixed here: nothing in the code knows the number three.
GovernmentLevel = Annotated[str, _of("government_level")]
AgencyKind = Annotated[str, _of("agency_kind")]
UnitKind = Annotated[str, _of("unit_kind")]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=300)]
Because = Annotated[Line, StringConstraints(min_length=1)]


class NewAgency(Incoming):
    code: BodyCode
    name: Name
    kind: AgencyKind
    government_level: GovernmentLevel
    unit_code: UnitCode
    parent_code: BodyCode | None = None
    receives_for: list[BodyCode] = Field(default=[], max_length=500)
    address: Line = ""
    reception_hours: Line = ""
    valid_from: Day
    valid_to: Day | None = None
    reason: Because


class AgencyChanges(Incoming):
    """What is given changes, on all days of the body: a correction. What changes from a day on is a
    reorganisation."""

    name: Name | None = None
    kind: AgencyKind | None = None
    government_level: GovernmentLevel | None = None
    unit_code: UnitCode | None = None
    parent_code: BodyCode | None = None
    receives_for: list[BodyCode] | None = Field(default=None, max_length=500)
    address: Line | None = None
    reception_hours: Line | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    reason: Because


class NewUnit(Incoming):
    code: UnitCode
    name: Name
    kind: UnitKind
    level: GovernmentLevel
    parent_code: UnitCode | None = None
    valid_from: Day
    valid_to: Day | None = None
    reason: Because


class UnitChanges(Incoming):
    name: Name | None = None
    kind: UnitKind | None = None
    level: GovernmentLevel | None = None
    parent_code: UnitCode | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    reason: Because


class PlanRow(Incoming):
    """A line of a plan (`plan.py`). `line`: where it stands in the file. `main`: of several rows of one old
    body, the one that takes what it had. From `name` on: what founds the new one."""

    line: int = Field(ge=1, le=100_000)
    kind: Literal["agency", "unit"] = "agency"
    old: Annotated[Line, AfterValidator(canonical)] = ""
    new: Annotated[Line, AfterValidator(canonical)] = ""
    starts: Day
    decision: Because
    main: bool | None = None
    name: Line = ""
    new_kind: Line = ""
    level: Line = ""
    unit: Line = ""
    parent: Annotated[Line, AfterValidator(canonical)] = ""
    address: Line = ""

    @property
    def founding(self) -> tuple[object, ...]:
        return self.starts, self.name, self.new_kind, self.level, self.unit, self.parent, self.address


class Plan(Incoming):
    rows: list[PlanRow] = Field(min_length=1, max_length=2000)
    dry_run: bool = False
    by: Annotated[str, StringConstraints(max_length=60)] = Field(
        default="", description="the operator's login"
    )


class PlacesAsked(BaseModel):
    """A parameter that is not known is refused, as `kit.page.Asked` does."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = Field(default=None, description="a day; default today")


class UnitsAsked(PlacesAsked):
    parent: Annotated[Line, StringConstraints(max_length=20)] | None = None


# What callers see.


class Identifiers(BaseModel):
    """`qcvn_102_2016` is null where a number needs more digits than that notation has room for."""

    qcvn_102_2016: str | None
    decision_20_2020: str


class Succession(BaseModel):
    """Who goes on with it, or whom it goes on with. `main`: of several, the one that took what there was."""

    code: str
    name: str
    starts: date = Field(serialization_alias="from")
    main: bool
    decision: str


class BodyView(AgencyView):
    """`parent_code`, `ancestors` (nearest first) and `acting` (who has it now, if that day somebody else has)
    as they stand on the day asked for. `tree_version`: the ETag to change anything of the tree with."""

    identifiers: Identifiers | None
    ancestors: list[Ref]
    predecessors: list[Succession]
    successors: list[Succession]
    acting: Ref | None
    tree_version: int


class UnitDetail(UnitView):
    ancestors: list[Ref]
    predecessors: list[Ref]
    successor: Ref | None
    tree_version: int


class NeighbourBody(AgencyView):
    """`successors`: those whose day has come, one after the other; the last has it now."""

    successors: list[str]
    succeeded_on: date | None


class Bodies(BaseModel):
    """All bodies and units of all days; of the units the parent that each was given."""

    items: list[NeighbourBody]
    units: list[UnitView]


class Pair(BaseModel):
    """`new` is null where a body ends without a successor."""

    old: str
    old_name: str
    new: str | None
    new_name: str | None
    starts: date = Field(serialization_alias="from")
    main: bool


class Holding(BaseModel):
    """So many of something that an old body holds, the first few by name. `moves`: they are taken over one by
    one; otherwise they follow by right, or stay."""

    body: str
    what: str
    count: int
    first: list[str]
    moves: bool


class Reorganised(BaseModel):
    """`digest` names the plan. `holdings`: of this service, before it was applied."""

    digest: str
    applied: bool
    nothing_to_do: bool
    founded: list[Ref]
    ended: list[Ref]
    pairs: list[Pair]
    holdings: list[Holding]
