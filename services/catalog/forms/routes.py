"""Forms: what a procedure asks to be filled in, whether data fits it, and the parts to make new ones of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from kit import addresses, forms
from kit.auth import any_caller, optional_caller, require
from kit.db import Session
from services.catalog import queries
from services.catalog.cache import Caching
from services.catalog.errors import FormMissing, FormRefused, NothingToPublish
from services.catalog.forms import layout, parts
from services.catalog.forms import queries as places
from services.catalog.forms.checks import code_lists_of
from services.catalog.forms.generic import is_generic
from services.catalog.forms.schemas import FormChecked, FormData, FormView, PartView
from services.catalog.models import Version
from services.catalog.routes.public import InForce, ProcedureCode, TheDay, Tongue, in_force

#: Before the other routers of procedures: `form-parts` is no procedure's code.
router = APIRouter(prefix="/v1/procedures", tags=["forms"])


@router.get("/form-parts", response_model=list[PartView])
async def list_form_parts(cached: Caching) -> Response:
    """The parts that an author may refer to, as `{"$ref": "motcua:person"}`, each as it is copied in."""
    return cached.answer([_part(part) for part in parts.library().values()])


def _part(part: parts.Part) -> PartView:
    ref = parts.SCHEME + part.name
    layout_ = {"groups": [{"$ref": ref, "pointer": ""}]}
    form = parts.assembled({"schema": part.schema_, "layout": layout_, "example": part.example})
    return PartView(
        name=part.name,
        ref=ref,
        title=part.title,
        schema_=form["schema"],
        layout=form["layout"],
        example=form["example"],
    )


@router.get("/{code}/form", response_model=FormView)
async def get_form(found: InForce, cached: Caching) -> Response:
    """JSON Schema 2020-12 and layout, the code lists that it refers to, one valid example."""
    form = _form(found[1])
    return cached.answer(
        FormView(
            schema_=form["schema"],
            layout=form["layout"],
            example=form["example"],
            code_lists=code_lists_of(form["schema"]),
            generic=is_generic(form),
        )
    )


def _form(version: Version) -> dict[str, Any]:
    """Raises FormMissing."""
    form: dict[str, Any] | None = version.content["form"]
    if form is None:
        raise FormMissing
    return form


@dataclass(frozen=True)
class Trial:
    """Data that somebody tries on a form as it stands on a day."""

    form: dict[str, Any]
    data: dict[str, Any]
    on: date


async def _trial(
    request: Request,
    code: ProcedureCode,
    session: Session,
    day: TheDay,
    filled: FormData,
    version: Annotated[Literal["draft"] | None, Query(description="an editor may try the draft")] = None,
) -> Trial:
    """Raises ProcedureMissing, FormMissing; for the draft TokenMissing, Forbidden, NothingToPublish."""
    on = filled.on or day
    if version is None:
        return Trial(_form((await in_force(code, session, on))[1]), filled.data, on)
    await require("editor")(await any_caller(await optional_caller(request)))
    draft = await queries.draft(session, (await queries.procedure(session, code)).code)
    if draft is None:
        raise NothingToPublish
    return Trial(_form(draft), filled.data, on)


@router.post("/{code}/form/check")
async def check_form(
    trial: Annotated[Trial, Depends(_trial, scope="function")], session: Session, language: Tongue
) -> FormChecked:
    """Try the form: every fault at once, each with its pointer; what only looks wrong. Nothing is kept."""
    schema, data = trial.form["schema"], trial.data
    units = await places.units(session, addresses.codes(schema, data))
    faults = forms.faults(schema, data) + addresses.faults(schema, data, units, trial.on)
    doubts = layout.labelled(forms.warnings(schema, data, trial.on), trial.form["layout"])
    warnings = [doubt.in_words(language) for doubt in doubts]
    if faults:
        told = [warning.model_dump(exclude_none=True) for warning in warnings]
        raise FormRefused(errors=layout.labelled(faults, trial.form["layout"]), warnings=told)
    return FormChecked(warnings=warnings)
