"""What districts' systems count day by day, where they do not send dossier by dossier."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from kit import page
from kit.clock import today
from kit.db import Database, Session
from kit.problem import FieldFault, InvalidInput
from services.dossier.auth import System, SystemOrLeader, SystemOrStaff
from services.dossier.counts import commands, queries
from services.dossier.counts.schemas import CountAnswer, Counts, CountsAnswer, CountsAsked, CountView
from services.dossier.district import queries as district
from services.dossier.district.schemas import BatchView, Void, Voided
from services.dossier.errors import BodyMissing
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue, the_database

router = APIRouter(prefix="/v1/intake-counts", tags=["districts"])
Storehouse = Annotated[Database, Depends(the_database)]
_LONGEST, _USUAL = timedelta(days=366), timedelta(days=30)
_RANGE = {"vi": "from không sau to, nhiều nhất một năm.", "en": "from not after to, at most a year."}


@router.post("")
async def send_counts(
    given: Counts, caller: System, database: Storehouse, desk: Desk, language: Tongue
) -> CountsAnswer:
    """Up to 1,000 lines: so many dossiers of a procedure did a body receive on paper on a day, by a channel.
    What was said last of a line stands; each is answered on its own. Dossiers on paper that come one by one
    replace the counts of their body, procedure and day."""
    batch, outcomes = await commands.take_in(database, desk, caller, given.items)
    return CountsAnswer(
        batch=batch.id,
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        refused=batch.refused,
        items=[
            CountAnswer(
                index=index,
                outcome=outcome.kind,
                errors=[fault.in_words(language) for fault in outcome.faults],
            )
            for index, outcome in enumerate(outcomes)
        ],
    )


@router.get("")
async def list_counts(
    request: Request,
    caller: SystemOrStaff,
    session: Session,
    desk: Desk,
    response: Response,
    asked: Annotated[CountsAsked, Query()],
) -> page.Page[CountView]:
    """Lines by day, each with what stands instead, of the caller's body and those below it."""
    last = asked.last or max(today(desk.clock), asked.first or today(desk.clock))
    first = asked.first or last - _USUAL
    if last < first or last - first > _LONGEST:
        raise InvalidInput(errors=[FieldFault("period", _RANGE, parameter="from")])
    agency = asked.agency or str(caller.agency)
    if not await queries.within(session, agency, str(caller.agency)):
        raise BodyMissing
    after = page.decode(asked.cursor, str, str, str, str)
    rows = await queries.page(
        session, agency, first, last, after and (page.day_of(after[0]), *after[1:]), asked.limit
    )
    more = None
    if len(rows) > asked.limit:
        end = rows[asked.limit - 1]
        more = page.encode([end["day"], end["agency"], end["procedure_code"], end["channel"]])
    response.headers.update(page.next_link(request, more))
    items = [
        CountView(
            agency=row["agency"],
            procedure=row["procedure_code"],
            day=row["day"],
            channel=row["channel"],
            count=row["quantity"],
            online_level=row["online_level"],
            replaced=row["replaced"],
            voided=row["voided_at"] is not None,
            dossiers=row["dossiers"],
            batch=row["batch_id"],
            told_at=row["told_at"],
        )
        for row in rows[: asked.limit]
    ]
    return page.Page(items=items, next=more)


@router.get("/batches/{batch_id}")
async def get_batch(batch_id: UUID, caller: SystemOrLeader, session: Session) -> BatchView:
    """One call, and what became of it."""
    row = await district.batch(session, caller, batch_id, "counts")
    return BatchView(**row.model_dump())


@router.post("/batches/{batch_id}/void")
async def void_batch(
    batch_id: UUID, given: Void, caller: SystemOrLeader, session: Session, desk: Desk
) -> Voided:
    """It was wrong as a whole: its lines count nowhere, and may be sent again."""
    row = await district.batch(session, caller, batch_id, "counts", lock=True)
    return Voided(batch=row.id, voided=await commands.void(session, desk, caller, row, given.reason))
