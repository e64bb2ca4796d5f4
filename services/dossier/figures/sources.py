"""For one body, procedure and day one source stands: dossiers on paper, else counts. The database keeps that
(migration 0013); here a transaction of many changes takes its locks beforehand, so that nobody waits in a
circle: codes and dossiers, then names of procedures, bodies, count lines, and the event log after all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import VIETNAM
from services.dossier.models import Dossier

#: The body that took a dossier in, procedure, day of reception.
PaperDay = tuple[str, str, date]
#: Of fields and procedures, by kind and code.
Names = Mapping[tuple[Literal["field", "procedure"], str], str]


def paper_days(dossiers: Iterable[Dossier]) -> set[PaperDay]:
    """On which they count as paper, if they do. By the body that the code names: a successor has taken over
    the dossier, not what was counted before."""
    return {
        (
            str(each.code).removeprefix("SEED-").rsplit("-", 2)[0],
            each.procedure_code,
            each.accepted_at.astimezone(VIETNAM).date(),
        )
        for each in dossiers
        if each.channel != "online" and each.accepted_at is not None and each.voided_at is None
    }


async def hold_days(session: AsyncSession, days: Collection[PaperDay]) -> None:
    """Until the transaction ends its dossiers may come to these days, or leave them: nobody counts there."""
    rows = sorted(days)
    await session.execute(
        text(
            "SELECT hold_paper_days(cast(:bodies AS text[]), cast(:procedures AS text[]),"
            " cast(:days AS date[]))"
        ),
        {name: [row[place] for row in rows] for place, name in enumerate(("bodies", "procedures", "days"))},
    )


async def hold_bodies(session: AsyncSession, bodies: Collection[str]) -> None:
    """Until the transaction ends it alone changes counts of these bodies, and no dossier replaces them."""
    await session.execute(text("SELECT hold_counts(cast(:bodies AS text[]))"), {"bodies": sorted(bodies)})


async def call(session: AsyncSession, names: Names) -> None:
    """What fields and procedures are called from now on; names that stand are not written, nor waited for."""
    rows = sorted((*key, name) for key, name in names.items())
    await session.execute(
        text(
            "INSERT INTO fact_label (kind, code, name) SELECT kind, code, name"
            " FROM unnest(cast(:kinds AS text[]), cast(:codes AS text[]), cast(:names AS text[]))"
            " AS new (kind, code, name) WHERE NOT EXISTS (SELECT FROM fact_label AS old"
            " WHERE (old.kind, old.code, old.name) = (new.kind, new.code, new.name)) ORDER BY kind, code"
            " ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name"
        ),
        {name: [row[place] for row in rows] for place, name in enumerate(("kinds", "codes", "names"))},
    )
