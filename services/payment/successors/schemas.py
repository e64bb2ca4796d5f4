"""What `motcua reorganise` asks of this service."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kit.clock import Day
from kit.text import Incoming

Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.\-]{2,40}$")]


class Asked(Incoming):
    """Old body → the day from which it is no more."""

    bodies: dict[Code, Day] = Field(max_length=2000)


class Holding(BaseModel):
    """So many of something that an old body holds, the first few by name. `moves`: they are taken over one by
    one, so that none is left at the end."""

    body: str
    what: str
    count: int
    first: list[str]
    moves: bool


class Done(BaseModel):
    old: str
    new: str
    accounts: int


class Holdings(BaseModel):
    """`waiting`: bodies whose account is still to be looked at."""

    items: list[Holding]
    done: list[Done]
    waiting: int
