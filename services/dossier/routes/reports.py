"""Figures about dossiers. Each carries its definition: numerator, denominator, basis, scope, period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from kit.clock import FIRST, LAST, VIETNAM, Day
from kit.db import Session
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.auth import Staff
from services.dossier.errors import BodyMissing
from services.dossier.office import Desk
from services.dossier.queries import ShareCounts
from services.dossier.routes.screen import Tongue
from services.dossier.schemas import AgencyCode

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_DEFINITION = {
    "vi": {
        "numerator": "Hồ sơ tiếp nhận trực tuyến (do công dân tự nộp) của thủ tục ở mức độ 3 hoặc 4 ngày đó",
        "denominator_all": "Mọi hồ sơ đã tiếp nhận",
        "denominator_eligible": "Hồ sơ đã tiếp nhận của thủ tục ở mức độ 3 hoặc 4 ngày đó",
        "basis": "Ngày tiếp nhận; theo cơ quan tiếp nhận",
        "exclusions": "Bản nháp, hồ sơ chưa tiếp nhận, hồ sơ bị từ chối",
    },
    "en": {
        "numerator": "Dossiers received online, of procedures offered at level 3 or 4 that day",
        "denominator_all": "All dossiers received",
        "denominator_eligible": "Dossiers received of procedures offered at level 3 or 4 that day",
        "basis": "The day of reception; by receiving body",
        "exclusions": "Drafts, dossiers not yet accepted, refused dossiers",
    },
}
_PERIOD = {
    "vi": "Dạng 2020, 2020-10 hoặc 2020-Q4; hoặc from và to.",
    "en": "2020, 2020-10 or 2020-Q4; or from and to.",
}


class Share(BaseModel):
    """Counts beside shares; a share is null where its denominator is zero."""

    agency: str
    name: str
    received: int
    received_eligible: int
    received_online: int
    share_all: float | None
    share_eligible: float | None


class OnlineShare(BaseModel):
    indicator: Literal["online-share"] = "online-share"
    version: int = 1
    definition: dict[str, str]
    target_all: float
    scope: str
    first_day: date
    last_day: date
    as_of: datetime
    total: Share
    by_agency: list[Share]


class Period:
    """`period=2020|2020-10|2020-Q4`, or `from` and `to`; by default this year. Raises InvalidInput."""

    def __init__(
        self,
        desk: Desk,
        period: Annotated[str | None, Query(pattern=r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$")] = None,
        first: Annotated[Day | None, Query(alias="from")] = None,
        last: Annotated[Day | None, Query(alias="to")] = None,
    ) -> None:
        if (first is None) != (last is None) or (period and first) or (first and last and last < first):
            raise InvalidInput(errors=[FieldFault("period", _PERIOD, parameter="period")])
        if first is not None and last is not None:
            self.first, self.last = first, last
        else:
            self.first, self.last = _days(period or str(desk.clock.now().astimezone(VIETNAM).year))


def _days(period: str) -> tuple[date, date]:
    year, _, part = period.partition("-")
    if not FIRST.year <= int(year) < LAST.year:
        raise InvalidInput(errors=[FieldFault("period", _PERIOD, parameter="period")])
    if not part:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    start, months = (3 * int(part[1]) - 2, 3) if part[0] == "Q" else (int(part), 1)
    after = start + months
    beyond = date(int(year) + (after > 12), (after - 1) % 12 + 1, 1)
    return date(int(year), start, 1), date.fromordinal(beyond.toordinal() - 1)


@router.get("/online-share")
async def online_share(
    caller: Staff,
    session: Session,
    desk: Desk,
    language: Tongue,
    period: Annotated[Period, Depends(scope="function")],
    agency: Annotated[AgencyCode | None, Query()] = None,
    scope: Literal["own", "below"] = "below",
) -> OnlineShare:
    """Received online / received, per receiving body, of the caller's body or one below it."""
    top = agency or str(caller.agency)
    if not await queries.is_below(session, top, str(caller.agency)):
        raise BodyMissing
    rows = await queries.online_share(session, top, period.first, period.last, scope=scope)
    names = await queries.body_names(session, {top})
    total = ShareCounts(
        agency=top,
        name=names.get(top, top),
        received=sum(row.received for row in rows),
        eligible=sum(row.eligible for row in rows),
        online=sum(row.online for row in rows),
    )
    return OnlineShare(
        definition=_DEFINITION[language],
        target_all=desk.settings.online_share_target,
        scope=scope,
        first_day=period.first,
        last_day=period.last,
        as_of=desk.clock.now().astimezone(VIETNAM),
        total=_share(total),
        by_agency=[_share(row) for row in rows],
    )


def _share(counts: ShareCounts) -> Share:
    return Share(
        agency=counts.agency,
        name=counts.name,
        received=counts.received,
        received_eligible=counts.eligible,
        received_online=counts.online,
        share_all=round(counts.online / counts.received, 6) if counts.received else None,
        share_eligible=round(counts.online / counts.eligible, 6) if counts.eligible else None,
    )
