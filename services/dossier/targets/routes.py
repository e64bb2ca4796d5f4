"""`/v1/targets`: assigned from above, planned for by the body, read by anyone."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from starlette.datastructures import UploadFile

from kit import page, versions
from kit.clock import today
from kit.db import Session
from kit.problem import FieldFault, InvalidInput
from kit.tabular import XLSX
from services.dossier.auth import Leader, Staff
from services.dossier.figures.definitions import INDICATORS
from services.dossier.models import Body
from services.dossier.office import Desk, Office
from services.dossier.routes.screen import Tongue
from services.dossier.schemas import AgencyCode
from services.dossier.targets import commands, imports, queries, sheets, standing
from services.dossier.targets.commands import MEMBERS, Change
from services.dossier.targets.queries import Key
from services.dossier.targets.schemas import (
    History,
    Imported,
    ImportedTarget,
    IndicatorId,
    MeasureView,
    NewMeasures,
    NewTarget,
    TargetsAsked,
    TargetView,
    VersionView,
    Year,
    written,
)
from services.dossier.targets.template import template

router = APIRouter(prefix="/v1/targets", tags=["targets"])
_FILE = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {XLSX: {"schema": _FILE}, "multipart/form-data": {"schema": _FORM}},
    }
}
_NO_FILE = {"vi": "Cần một tệp ở trường file.", "en": "One file in the field file is needed."}
DryRun = Annotated[bool, Query(description="only say what would change")]


def _key(agency: AgencyCode, indicator: IndicatorId, year: Year) -> Key:
    return Key(year, indicator, agency)


OfTarget = Annotated[Key, Depends(_key)]


@router.get("")
async def list_targets(
    request: Request, response: Response, asked: Annotated[TargetsAsked, Query()], session: Session
) -> page.Page[TargetView]:
    """What is recorded of bodies themselves, by year, indicator and body. Where only measures are, the value
    is null: that of a body above applies."""
    after: Any = page.decode(asked.cursor, int, str, str)
    narrowed = asked.model_dump(include={"year", "agency", "indicator"})
    rows = await queries.recorded(session, narrowed, after, asked.limit)
    more = page.encode(queries.key_of(rows[asked.limit - 1][0])) if len(rows) > asked.limit else None
    response.headers.update(page.next_link(request, more))
    items = [
        TargetView(
            **row.model_dump(exclude={"measures"}),
            name=name,
            inherited=row.value is None,
            measures=[MeasureView(**measure) for measure in row.measures],
        )
        for row, name in rows[: asked.limit]
    ]
    return page.Page(items=items, next=more)


@router.get("/template", response_class=Response, responses={200: {"content": {XLSX: {"schema": _FILE}}}})
async def get_targets_template(session: Session, desk: Desk, language: Tongue) -> Response:
    """An empty sheet for the import, of departments and districts and this year."""
    bodies = [body for body in (await queries.bodies(session)).values() if _listed(body)]
    year = today(desk.clock).year
    content = await asyncio.to_thread(template, sorted(bodies, key=lambda b: b.code), year, language)
    name = {"Content-Disposition": f'attachment; filename="chi-tieu-{year}.xlsx"'}
    return Response(content, media_type=XLSX, headers=name)


def _listed(body: Body) -> bool:
    return standing.is_of(body, "department") or standing.is_of(body, "district")


async def _sent(request: Request, content_type: Annotated[str, Header()] = "") -> bytes:
    """The body, or the field `file` of a form. Raises TooLarge, InvalidInput."""
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        return await request.body()
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput(errors=[FieldFault("missing", _NO_FILE, pointer="/file")])
        return await file.read()


@router.post("/imports", openapi_extra=_BODY)
async def import_targets(
    caller: Leader,
    content: Annotated[bytes, Depends(_sent)],
    session: Session,
    desk: Desk,
    *,
    dry_run: DryRun = False,
) -> Imported:
    """A sheet (XLSX, see the template): a row for each target, and more rows for more measures. All of it or
    nothing; the same sheet again changes nothing."""
    sheet = await asyncio.to_thread(sheets.read, content)
    wanted = await imports.take_in(session, desk.clock, caller, sheet, dry_run=dry_run)
    names = await queries.bodies(session)
    items = [
        ImportedTarget(
            row=each.row,
            **each.change.key._asdict(),
            name=names[each.change.key.agency].name,
            outcome=each.outcome,
            changes=each.differences,
        )
        for each in wanted
    ]
    outcomes = [item.outcome for item in items]
    return Imported(
        dry_run=dry_run,
        created=outcomes.count("created"),
        updated=outcomes.count("updated"),
        unchanged=outcomes.count("unchanged"),
        items=items,
    )


@router.get("/{agency}/{indicator}/{year}")
async def get_target(key: OfTarget, session: Session, desk: Desk, response: Response) -> TargetView:
    """What applies to the body, its own or inherited, with its measures; its ETag is for the next change."""
    return await _shown(session, desk, key, response)


async def _shown(session: Session, desk: Office, key: Key, response: Response) -> TargetView:
    body = await queries.body(session, key.agency)
    targets = await standing.targets(session, desk.settings, key.year)
    indicator = INDICATORS[key.indicator]
    applies, row = targets.of(body, indicator), targets.row(body, indicator)
    version = row.version if row else 0
    versions.show(response, version)
    return TargetView(
        **key._asdict(),
        name=body.name,
        value=applies and applies.decimal,
        decision=applies and applies.decision,
        decided_on=applies and applies.decided_on,
        effective_from=applies and applies.effective_from,
        inherited=applies is not None and applies.inherited,
        measures=[MeasureView(**measure) for measure in (row.measures if row else [])],
        version=version,
    )


@router.put("/{agency}/{indicator}/{year}")
async def put_target(
    key: OfTarget,
    new: NewTarget,
    caller: Leader,
    seen: versions.SeenIfSent,
    session: Session,
    desk: Desk,
    response: Response,
) -> TargetView:
    """By a leader of a body above. The first time without If-Match, then with the ETag of the last read."""
    return await _put(session, desk, caller, Change(key, new.members()), seen, response)


@router.put("/{agency}/{indicator}/{year}/measures")
async def put_measures(
    key: OfTarget,
    new: NewMeasures,
    caller: Leader,
    seen: versions.SeenIfSent,
    session: Session,
    desk: Desk,
    response: Response,
) -> TargetView:
    """By a leader of the body itself too: what it does to reach its target, its own or inherited."""
    change = Change(key, {"measures": written(new.measures)})
    return await _put(session, desk, caller, change, seen, response)


async def _put(
    session: Session, desk: Office, caller: Leader, change: Change, seen: int | None, response: Response
) -> TargetView:
    _, outcome = await commands.put(session, desk.clock, caller, change, seen)
    if outcome == "created":
        response.status_code = status.HTTP_201_CREATED
    return await _shown(session, desk, change.key, response)


@router.get("/{agency}/{indicator}/{year}/history")
async def get_target_history(key: OfTarget, caller: Staff, session: Session) -> History:
    """Who changed what, and when."""
    rows = await queries.versions(session, key)
    contents: list[dict[str, Any]] = [dict.fromkeys(MEMBERS), *(row.content for row in rows)]
    return History(
        items=[
            VersionView(
                version=row.version,
                at=row.at,
                by=row.by,
                changes={
                    name: {"old": old[name], "new": new[name]} for name in MEMBERS if old[name] != new[name]
                },
            )
            for row, (old, new) in zip(rows, pairwise(contents), strict=True)
        ]
    )
