"""What routes of this service take: a procedure by its code, a day, the caller's language."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from kit.clock import Clock, Day, today
from kit.db import Session
from kit.problem import Language, language_of
from services.catalog import queries
from services.catalog.errors import ProcedureAbolished, ProcedureMissing
from services.catalog.models import Procedure, Version

ProcedureCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{2,59}$")]
Tongue = Annotated[Language, Depends(language_of)]


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


TheClock = Annotated[Clock, Depends(_clock, scope="function")]


def _today(clock: TheClock) -> date:
    return today(clock)


#: The present day in Vietnam.
Today = Annotated[date, Depends(_today, scope="function")]
On = Annotated[Day | None, Query(description="a day; default today")]


def _day(today_: Today, on: On = None) -> date:
    return on or today_


#: The day asked for by `on`.
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


#: A procedure and its version of that day.
InForce = Annotated[tuple[Procedure, Version], Depends(in_force, scope="function")]
