"""What callers of the identity routes see."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Paper(BaseModel):
    type: str
    number: str


class Me(BaseModel):
    """Who is logged in; paper numbers are masked. `csrf`: for X-CSRF-Token, browser sessions only."""

    sub: str
    kind: str
    name: str
    roles: list[str]
    agency: str | None
    papers: list[Paper]
    phone: str | None
    email: str | None
    csrf: str | None


class Tokens(BaseModel):
    """RFC 6749 / RFC 8693. `expires_in` in seconds."""

    access_token: str
    issued_token_type: str = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    refresh_token: str


class AccountView(BaseModel):
    """For the neighbours: an account with its papers in full."""

    sub: str
    kind: str
    name: str
    papers: list[Paper]
    phone: str | None
    email: str | None
    tech_id: str | None
