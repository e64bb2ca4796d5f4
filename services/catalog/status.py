"""The states of a procedure and of its versions."""

from __future__ import annotations

from enum import StrEnum


class ProcedureStatus(StrEnum):
    """Of the procedure as a whole: never published yet, published, or abolished."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ABOLISHED = "abolished"


class VersionState(StrEnum):
    """Of one version: being written, in force, or in force once."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Source(StrEnum):
    LOCAL = "local"
    NATIONAL = "national"
