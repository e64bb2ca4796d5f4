"""How statements are asked for, and what callers see of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from kit import page
from kit.clock import Local
from services.dossier.figures.period import PATTERN, Span, read
from services.dossier.figures.schemas import Wanted
from services.dossier.schemas import AgencyCode


def _of_our_years(period: str) -> str:
    try:
        read(period)
    except ValueError:
        raise PydanticCustomError("period", "no year of ours") from None
    return period


Period = Annotated[str, Field(pattern=PATTERN), AfterValidator(_of_our_years)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), AfterValidator(_of_our_years)]
By = Literal["field", "child"]


class MonthlyAsked(BaseModel):
    """`period`: a month, by default the last one that is over, or that of the closing. `agency`: by default
    the caller's body, without a login the province. `closing`: counted from what it has frozen."""

    model_config = ConfigDict(extra="forbid")

    period: Month | None = None
    agency: AgencyCode | None = None
    closing: UUID | None = None

    def wanted(self, today: date) -> Wanted:
        return _wanted(self, "child", today)


class OneStopAsked(BaseModel):
    """`period`: a quarter, as the form is sent, or a month or a year; by default the last quarter that is
    over, or the month of the closing. `group_by`: rows by field, or by the bodies right below."""

    model_config = ConfigDict(extra="forbid")

    period: Period | None = None
    agency: AgencyCode | None = None
    group_by: By = "field"
    closing: UUID | None = None

    def wanted(self, today: date) -> Wanted:
        return _wanted(self, self.group_by, today)


def _wanted(asked: MonthlyAsked | OneStopAsked, group_by: By, today: date) -> Wanted:
    period = asked.period
    if period is None and asked.closing is None:
        length = 1 if isinstance(asked, MonthlyAsked) else 3
        months = today.year * 12 + today.month - 1  # since the year 0
        year, month = divmod(months // length * length - length, 12)
        period = f"{year}-{month + 1:02}" if length == 1 else f"{year}-Q{month // 3 + 1}"
    return Wanted(period=period, agency=asked.agency, group_by=group_by, closing=asked.closing)


Share = float | None


class Received(BaseModel):
    """`total` = `online` + `otherwise` + `carried_over`."""

    total: int
    online: int
    otherwise: int
    carried_over: int


class Solved(BaseModel):
    """Decided in the period, with a promise to be held to. `total` = `early` + `on_time` + `late`."""

    total: int
    early: int
    on_time: int
    late: int


class Pending(BaseModel):
    """Open at the end. `total` = `in_time` + `late`; one without a promise is not late."""

    total: int
    in_time: int
    late: int


class Otherwise(BaseModel):
    """Ended in the period and not among the solved. `total` = `undecided` + `unscored`: withdrawn or stopped;
    decided without a promise."""

    total: int
    undecided: int
    unscored: int


class Flow(BaseModel):
    """What came and what became of it: `received.total` = `solved.total` + `pending.total` + `other.total`.
    `counted`: told as counts of a day, of which nothing more is known; in none of the others."""

    received: Received
    solved: Solved
    pending: Pending
    other: Otherwise
    counted: int


class OneStopRow(Flow):
    key: str
    name: str


class Statement(BaseModel):
    """What each statement says of itself. `provisional`: the period is not over yet."""

    period: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: Local
    agency: str
    name: str
    closing: UUID | None
    provisional: bool
    synthetic: bool


class OneStop(Statement):
    """Form II.06 in spirit (Circular 01/2020/TT-VPCP)."""

    group_by: By
    definition: dict[str, str]
    total: OneStopRow
    rows: list[OneStopRow]


class Online(BaseModel):
    """Of the receiving body. `share_all` is held against the target, `share_eligible` shown beside it."""

    received: int
    eligible: int
    online: int
    share_all: Share
    share_eligible: Share
    target: Share
    reached: bool | None


class Paid(BaseModel):
    fee_dossiers: int
    fee_online: int
    share: Share


class Supplements(BaseModel):
    supplemented: int
    rounds: int
    share: Share
    per_dossier: Share


class Hours(BaseModel):
    """From reception to decision, pauses left out."""

    decided: int
    median: float | None
    p90: float | None


class MonthlyRow(Flow):
    """`received` … `share_on_time`, `hours`: of the resolving body; the others of the receiving one."""

    agency: str
    name: str
    share_on_time: Share
    hours: Hours
    online: Online
    paid_online: Paid
    supplements: Supplements


class Monthly(Statement):
    """`definitions`: by indicator."""

    definitions: dict[str, dict[str, str]]
    total: MonthlyRow
    rows: list[MonthlyRow]


class OpenDataAsked(page.Asked):
    """`period`: whole months only; by default this year. `agency`: with all bodies below; by default the
    province."""

    period: Period | None = None
    agency: AgencyCode | None = None

    def span(self, today: date) -> Span:
        return read(self.period or str(today.year))


class DatasetColumn(BaseModel):
    name: str
    type: str
    description: str


class Dataset(BaseModel):
    """What the data are, how they may be used, and what each column means."""

    id: str
    version: int
    title: str
    description: str
    suppression: str
    suppressed_below: int
    publisher: str
    agency: str
    agency_name: str
    licence: str
    licence_url: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: Local
    synthetic: bool
    columns: list[DatasetColumn]


class OpenDataItem(BaseModel):
    """`received`: null where `suppressed`; `agency_month_total`: null where it is withheld."""

    month: date
    agency: str
    agency_name: str | None
    procedure: str
    procedure_name: str | None
    channel: str
    received: int | None
    suppressed: bool
    agency_month_total: int | None


class OpenData(page.Page[OpenDataItem]):
    dataset: Dataset
