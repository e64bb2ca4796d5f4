"""Retention, as leaders decide it and see it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kit.clock import Local
from kit.text import Incoming, Line

RuleKey = Annotated[str, StringConstraints(pattern=r"^(\*|[0-9A-Za-z.\-]{3,60})$")]


class NewRule(Incoming):
    """`months` after the dossier was closed; `decision` that says so."""

    months: int = Field(ge=1, le=1200)
    decision: Annotated[Line, StringConstraints(min_length=1)]


class RuleView(BaseModel):
    procedure: str
    months: int
    decision: str
    decided_by: str
    decided_at: Local


class Rules(BaseModel):
    items: list[RuleView]


class Due(BaseModel):
    code: str
    procedure: str
    closed_at: Local


class Purge(BaseModel):
    """What would lose its personal data now (`dry_run`), or has. At most 1,000 a call; `more` says whether
    there is more."""

    dry_run: bool
    dossiers: list[Due]
    more: bool
