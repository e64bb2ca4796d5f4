"""The states of a version. What depends on the day is read from dates, never stored."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy.dialects.postgresql import Range


class VersionState(StrEnum):
    """Of one version as it is stored: being written, or published and never changed again."""

    DRAFT = "draft"
    PUBLISHED = "published"


class VersionStatus(StrEnum):
    """Of one version on a day. Replaced: another took its place on its first day or before."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ABOLISHED = "abolished"
    REPLACED = "replaced"


class Source(StrEnum):
    LOCAL = "local"
    NATIONAL = "national"


def version_status(valid: Range[date] | None, on: date, abolished_from: date | None) -> VersionStatus:
    """What a version is on a day, by the days on which it is valid."""
    if valid is None:
        return VersionStatus.DRAFT
    if valid.empty:
        return VersionStatus.REPLACED
    if valid.lower is not None and on < valid.lower:
        return VersionStatus.SCHEDULED
    if valid.upper is None or on < valid.upper:
        return VersionStatus.PUBLISHED
    return VersionStatus.ABOLISHED if valid.upper == abolished_from else VersionStatus.SUPERSEDED
