"""What an import or export is, and how far. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    IMPORT = "import"
    EXPORT = "export"


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Part(StrEnum):
    UPLOAD = "upload"
    RESULT = "result"


FINAL = frozenset({State.DONE, State.FAILED, State.CANCELLED})
