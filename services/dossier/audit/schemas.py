"""Who did what, and who read what."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from kit import page
from kit.clock import Local, Moment

Kind = Literal["read", "write"]


class AuditPage(page.Asked):
    kind: Kind = "write"
    actor: str | None = Field(default=None, max_length=100, description="as in staff:<sub>")
    subject: UUID | None = Field(default=None, description="a dossier's id")
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")


class AuditItem(BaseModel):
    """`what`: the event's type, or what was read. A write has its place in the chain of its subject: `seq`
    and the SHA-256 that covers it and all before it; `data` is null once retention has emptied it."""

    kind: Kind
    id: str
    at: Local
    actor: str
    agency: str | None
    subject: str
    what: str
    seq: int | None = None
    hash: str | None = None
    trace: str | None = None
    data: dict[str, Any] | None = None
