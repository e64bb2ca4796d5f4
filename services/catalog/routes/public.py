"""What everyone may read: procedures, who offers them, bodies, units, code lists."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit.clock import Day
from kit.db import Session
from kit.problem import Language, language_of
from services.catalog import queries, views
from services.catalog.cache import Caching
from services.catalog.codelists import CodeList, CodeLists
from services.catalog.commands.edit import today
from services.catalog.errors import ProcedureAbolished, ProcedureMissing
from services.catalog.models import Procedure, Version
from services.catalog.schemas import (
    Facet,
    ProcedureView,
    VersionItem,
    VersionView,
)

router = APIRouter(prefix="/v1", tags=["catalogue"])

ProcedureCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{2,59}$")]
Tongue = Annotated[Language, Depends(language_of)]


def _today(request: Request) -> date:
    return today(request.app.state.clock)


Today = Annotated[date, Depends(_today, scope="function")]


On = Annotated[Day | None, Query(description="a day; default today")]


def _day(today_: Today, on: On = None) -> date:
    return on or today_


TheDay = Annotated[date, Depends(_day, scope="function")]


async def in_force(code: ProcedureCode, session: Session, on: TheDay) -> tuple[Procedure, Version]:
    """Raises ProcedureMissing, ProcedureAbolished."""
    procedure = await queries.procedure(session, code)
    version = await queries.in_force(session, code, on)
    if version is None and procedure.abolished_from is not None and procedure.abolished_from <= on:
        raise ProcedureAbolished(
            since=f"{procedure.abolished_from:%d/%m/%Y}", reason=procedure.abolished_reason
        )
    if version is None:
        raise ProcedureMissing
    return procedure, version


InForce = Annotated[tuple[Procedure, Version], Depends(in_force, scope="function")]


@router.get("/procedures/{code}", response_model=ProcedureView)
async def get_procedure(
    found: InForce, session: Session, on: TheDay, cached: Caching, language: Tongue
) -> Response:
    """The version in force on a day (default today), with what is missing in it."""
    level = await queries.highest_level(session, found[0].code, on)
    return cached.answer(views.procedure(*found, on, level, language))


@router.get("/procedures/{code}/versions", response_model=list[VersionItem])
async def list_versions(code: ProcedureCode, session: Session, on: Today, cached: Caching) -> Response:
    """All that were published, newest first; with what each is today."""
    procedure = await queries.procedure(session, code)
    rows = await queries.versions(session, code)
    return cached.answer([views.version_item(row, procedure, on) for row in rows if row.valid is not None])


@router.get("/procedures/{code}/versions/{number}", response_model=VersionView)
async def get_version(
    code: ProcedureCode,
    number: Annotated[int, Path(ge=1, le=100_000)],
    session: Session,
    on: Today,
    cached: Caching,
) -> Response:
    procedure = await queries.procedure(session, code)
    return cached.answer(views.version(await queries.numbered(session, code, number), procedure, on))


@router.get("/fields", response_model=list[Facet])
async def list_fields(session: Session, on: Today, cached: Caching) -> Response:
    rows = await queries.fields(session, on)
    return cached.answer([Facet(value=code, label=name, count=count) for code, name, count in rows])


@router.get("/code-lists/{name}", response_model=CodeList)
async def get_code_list(
    request: Request, name: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")], cached: Caching
) -> Response:
    lists: CodeLists = request.app.state.code_lists
    return cached.answer(lists.named(name))
