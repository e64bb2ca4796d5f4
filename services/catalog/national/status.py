"""What the national database does to a procedure that we have, and what becomes of it here."""

from __future__ import annotations

from enum import StrEnum


class ProposalKind(StrEnum):
    """Its text is another; it is no longer in the list; it is there although we have abolished ours."""

    CHANGED = "changed"
    ABOLISHED = "abolished"
    RETURNED = "returned"


class ProposalState(StrEnum):
    """Superseded: the national database has moved on before anybody decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
