"""What callers send and see of bodies, units and reorganisations."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from kit.clock import Day
from kit.text import Incoming, Line
from services.catalog.bodies.identifiers import LONGEST, canonical
from services.catalog.schemas import AgencyView, Ref, UnitView

_GIVEN = r"^[0-9A-Za-z.\-]{2,40}$"
#: In either notation; kept in QCVN's.
BodyCode = Annotated[str, StringConstraints(pattern=_GIVEN, max_length=LONGEST), AfterValidator(canonical)]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z\-]{2,20}$")]
#: Kinds and levels are code lists, not fixed here: nothing in the code knows the number three.
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=300)]
Because = Annotated[Line, StringConstraints(min_length=1)]


class NewAgency(Incoming):
    code: BodyCode
    name: Name
    kind: Word
    government_level: Word
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
    kind: Word | None = None
    government_level: Word | None = None
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
    kind: Word
    level: Word
    parent_code: UnitCode | None = None
    valid_from: Day
    valid_to: Day | None = None
    reason: Because


class UnitChanges(Incoming):
    name: Name | None = None
    kind: Word | None = None
    level: Word | None = None
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
    new_kind: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z_]{1,39})?$")] = ""
    level: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z_]{1,39})?$")] = ""
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
