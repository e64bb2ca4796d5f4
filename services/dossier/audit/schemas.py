"""Who did what, and who read what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

Kind = Literal["read", "write"]


class AuditItem(BaseModel):
    """`what`: the event's type, or what was read. A write has its place in the chain of its subject: `seq`
    and the SHA-256 that covers it and all before it; `data` is null once retention has emptied it."""

    kind: Kind
    id: str
    at: datetime
    actor: str
    agency: str | None
    subject: str
    what: str
    seq: int | None = None
    hash: str | None = None
    trace: str | None = None
    data: dict[str, Any] | None = None
