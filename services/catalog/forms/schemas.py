"""What callers send and see of forms."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from kit.clock import Day
from kit.problem import FieldError
from kit.text import Incoming


class FormData(Incoming):
    """`on`: the day by whose version and whose administrative units it is checked; default today."""

    data: dict[str, Any]
    on: Day | None = None


class FormView(BaseModel):
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    layout: dict[str, Any]
    example: dict[str, Any]
    code_lists: list[str]
    generic: bool = Field(description="the province's general form, not one of this procedure's own")


class FormChecked(BaseModel):
    """`warnings`: what looks wrong and is taken all the same."""

    valid: Literal[True] = True
    warnings: list[FieldError] = []


class PartView(BaseModel):
    """A part that stands alone, as it would be copied into a form; `ref` is how an author asks for it."""

    name: str
    ref: str
    title: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    layout: dict[str, Any]
    example: dict[str, Any]
