"""What `motcua reorganise` asks of this service."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kit.text import Incoming

Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]


class Asked(Incoming):
    """Old body → who would have what it has (null: nobody)."""

    bodies: dict[Code, Code | None] = Field(max_length=2000)


class Holding(BaseModel):
    """So many of something that an old body holds, the first few by name. `moves`: they are taken over one by
    one, so that none is left at the end."""

    body: str
    what: str
    count: int
    first: list[str]
    moves: bool


class Done(BaseModel):
    """What was taken over from a body so far."""

    old: str
    new: str
    dossiers: int
    drafts: int
    openings: int
    opinions: int


class Holdings(BaseModel):
    """`totals`: of all bodies together, each dossier once, however many of its bodies are asked about."""

    items: list[Holding]
    totals: dict[str, int]
    done: list[Done]
