"""What is offered to somebody who begins, and what is still missing from a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from kit.clock import Local
from kit.text import Incoming, Line


class KnownDocument(BaseModel):
    """A paper given before, which can be given again without uploading."""

    paper: str
    document: UUID
    dossier_code: str | None
    filename: str
    sha256: str


class KnownResult(BaseModel):
    """A result of an earlier dossier, in force, which can be given as whichever paper asks for it; `papers`:
    those that name it as standing in for them."""

    document: UUID
    name: str
    result_code: str | None
    verification_code: str
    dossier_code: str
    issued_at: Local
    filename: str
    sha256: str
    papers: list[str] = []


class Prefill(BaseModel):
    """Values for the form, where each comes from (`account`, or a dossier's code), papers given before, and
    the results that the offices gave."""

    form: dict[str, Any]
    sources: dict[str, str]
    documents: list[KnownDocument]
    results: list[KnownResult]


class Reuse(Incoming):
    document: UUID
    paper: Line
