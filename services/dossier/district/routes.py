"""What districts' systems call; an officer may send the same as a sheet."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import ValidationError

from kit.clock import VIETNAM, Day
from kit.db import Database, Session
from kit.problem import FieldFault, InvalidInput, Language, MalformedBody, model_faults
from services.dossier import views
from services.dossier.auth import System, SystemOrOffice
from services.dossier.district import commands, progress, queries, schemas, sheets
from services.dossier.district.checking import Checked
from services.dossier.district.models import Batch as BatchRow
from services.dossier.district.piece import Outcome
from services.dossier.district.schemas import (
    Batch,
    BatchAnswer,
    BatchView,
    DayTotal,
    Declared,
    ItemAnswer,
    Progress,
    ProgressAnswer,
    Referred,
    StepAnswer,
    Totals,
    TotalsAsked,
    Void,
    Voided,
)
from services.dossier.district.sheets import CSV, XLSX, Format
from services.dossier.office import Desk
from services.dossier.routes.screen import Tongue, the_database
from services.dossier.status import LABEL, Status

router = APIRouter(prefix="/v1", tags=["districts"])
Storehouse = Annotated[Database, Depends(the_database)]
FORMS: dict[str, Format] = {XLSX: "xlsx", CSV: "csv"}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schemas.Described.openapi()},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            CSV: {"schema": {"type": "string"}},
        },
    }
}
_LONGEST = timedelta(days=366)
_RANGE = {"vi": "from không sau to, nhiều nhất một năm.", "en": "from not after to, at most a year."}
_BOTH = {"vi": "Cần cả declared_day và declared_total.", "en": "declared_day and declared_total together."}


@router.post("/dossiers/batch", response_model=BatchAnswer, openapi_extra=_BODY)
async def send_batch(
    request: Request,
    caller: SystemOrOffice,
    database: Storehouse,
    desk: Desk,
    language: Tongue,
    content_type: Annotated[str, Header()] = "application/json",
    accept: Annotated[str, Header()] = "*/*",
    declared_day: Annotated[Day | None, Query(description="of a sheet")] = None,
    declared_total: Annotated[int | None, Query(ge=0, le=10**6, description="of a sheet")] = None,
) -> Any:
    """Up to 1,000 dossiers, upserts by the system's own `reference`, each answered on its own. As JSON, or
    as XLSX or CSV; a sheet that is accepted back comes with the errors beside the cells."""
    form = FORMS.get(content_type.partition(";")[0].strip().lower())
    content = await request.body()
    sheet = await asyncio.to_thread(sheets.read, content, form) if form else None
    if sheet is not None:
        batch = Batch(items=sheet.items(), declared=_declared(declared_day, declared_total))
    else:
        batch = _json(content)
    row, checked, outcomes = await commands.take_in(database, desk, caller, batch.items, batch.declared)
    items = [_item(c, outcomes[c.index], language) for c in checked]
    if sheet is not None and form is not None:
        _name_cells(sheet, items)
        if FORMS.get(accept.partition(";")[0].partition(",")[0].strip().lower()) == form:
            written = await asyncio.to_thread(sheets.answered, sheet, items, form)
            name = {"Content-Disposition": f'attachment; filename="ket-qua.{form}"'}
            return Response(written, media_type=content_type, headers=name)
    answer = BatchAnswer(batch=row.id, items=items, **_sums(row))
    if batch.declared is not None:
        async with database.transaction() as session:
            totals = await _totals(session, caller, batch.declared.day, batch.declared.day)
        system = queries.system_of(caller)
        answer.declared = next(total for total in totals if total.system == system)
    return answer


def _json(content: bytes) -> Batch:
    try:
        return Batch.model_validate_json(content)
    except ValidationError as error:
        if any(item["type"] == "json_invalid" for item in error.errors()):
            raise MalformedBody from None
        raise InvalidInput(errors=model_faults(error)) from None


def _declared(day: date | None, total: int | None) -> Declared | None:
    if (day is None) != (total is None):
        raise InvalidInput(errors=[FieldFault("missing", _BOTH, parameter="declared_day")])
    return Declared(day=day, total=total) if day is not None and total is not None else None


def _sums(row: BatchRow) -> dict[str, int]:
    return {name: getattr(row, name) for name in ("created", "updated", "unchanged", "refused")}


def _item(checked: Checked, outcome: Outcome, language: Language) -> ItemAnswer:
    return ItemAnswer(
        index=checked.index,
        reference=checked.reference,
        outcome=outcome.kind,
        id=outcome.dossier_id,
        code=outcome.code,
        errors=[fault.in_words(language) for fault in outcome.faults],
    )


def _name_cells(sheet: sheets.Sheet, items: list[ItemAnswer]) -> None:
    for item in items:
        for error in item.errors:
            if place := sheet.cell(error):
                error.row, error.cell = place[0] + 1, sheets.named(*place)
            else:
                error.row = item.index + 2


@router.get("/dossiers/batches/{batch_id}")
async def get_batch(batch_id: UUID, caller: SystemOrOffice, session: Session) -> BatchView:
    """One call, and what became of it."""
    row = await queries.batch(session, caller, batch_id)
    return BatchView(**row.model_dump())


@router.post("/dossiers/batches/{batch_id}/void")
async def void_batch(
    batch_id: UUID, given: Void, caller: SystemOrOffice, session: Session, desk: Desk
) -> Voided:
    """It was wrong as a whole: what it created counts nowhere, and may be sent again."""
    row = await queries.batch(session, caller, batch_id)
    return Voided(batch=row.id, voided=await commands.void(session, desk, caller, row, given.reason))


@router.post("/dossiers/progress")
async def send_progress(
    given: Progress, caller: System, database: Storehouse, desk: Desk, language: Tongue
) -> ProgressAnswer:
    """Up to 1,000 later steps, in order per dossier, each once however often it is told."""
    outcomes = await progress.take(database, desk, caller, given.steps)
    kinds = [outcome.kind for outcome in outcomes]
    return ProgressAnswer(
        done=kinds.count("done"),
        unchanged=kinds.count("unchanged"),
        refused=kinds.count("refused"),
        steps=[
            StepAnswer(
                index=index,
                reference=outcome.reference,
                outcome=outcome.kind,
                status=Status(outcome.status) if outcome.status else None,
                errors=[fault.in_words(language) for fault in outcome.faults],
            )
            for index, outcome in enumerate(outcomes)
        ],
    )


@router.get("/dossiers/by-reference/{system}/{reference}")
async def get_by_reference(
    system: str, reference: str, caller: SystemOrOffice, session: Session, language: Tongue
) -> Referred:
    """Where the dossier is that a system knows by its own reference."""
    _, dossier = await queries.referred(session, caller, system, reference)
    status = Status(dossier.status)
    return Referred(
        id=dossier.id,
        reference=reference,
        code=str(dossier.code),
        external_code=dossier.external_code,
        version=dossier.version,
        status=status,
        status_label=LABEL[status][language],
        procedure=dossier.procedure_code,
        agency=dossier.resolving_agency,
        received_at=views.local(dossier.accepted_at),
        promised_at=views.local(dossier.promised_at),
        finished_at=views.local(dossier.finished_at),
        returned_at=views.local(dossier.returned_at),
        voided_at=views.local(dossier.voided_at),
    )


@router.get("/intake-totals")
async def intake_totals(
    caller: SystemOrOffice,
    session: Session,
    desk: Desk,
    asked: Annotated[TotalsAsked, Query()],
) -> Totals:
    """Per system and day: declared, taken in, and whether the day is still open. By default today."""
    today = desk.clock.now().astimezone(VIETNAM).date()
    first = asked.first or asked.last or today
    last = asked.last or max(first, today)
    if last < first or last - first > _LONGEST:
        raise InvalidInput(errors=[FieldFault("period", _RANGE, parameter="from")])
    return Totals(items=await _totals(session, caller, first, last))


async def _totals(session: Any, caller: Any, first: date, last: date) -> list[DayTotal]:
    return [
        DayTotal(
            system=system,
            agency=agency,
            day=day,
            declared=declared,
            received=received,
            missing=None if declared is None else declared - received,
            open=declared != received,
        )
        for system, agency, day, declared, received in await queries.totals(session, caller, first, last)
    ]
