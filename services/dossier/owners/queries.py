"""Whose a dossier is that came on paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from uuid_utils.compat import uuid7

from kit.vault import Vault
from services.dossier.models import Dossier
from services.dossier.owners.models import AccountPaper


def key_of(vault: Vault, number: str) -> str:
    return f"paper:{vault.index(number).hex()}"


def paper_owner(vault: Vault, applicant: dict[str, Any]) -> str:
    """Whoever has the applicant's first identity number, by its keyed hash; of somebody without a paper,
    nobody."""
    numbers = [paper["number"] for paper in applicant["papers"]]
    return key_of(vault, numbers[0]) if numbers else f"paper:{uuid7().hex}"


async def accounts_of(session: AsyncSession, keys: Collection[str], *, claim: bool = False) -> dict[str, str]:
    """The accounts of those keys that somebody has logged in with. Until the transaction ends nobody claims
    them (or, with `claim`, takes anything in under them): nothing falls between the two."""
    lock = "pg_advisory_xact_lock" if claim else "pg_advisory_xact_lock_shared"
    await session.execute(
        text(
            f"SELECT {lock}(hashtextextended(k, 7305004))"
            " FROM (SELECT k FROM unnest(cast(:keys AS text[])) k ORDER BY k) sorted"
        ),
        {"keys": list(keys)},
    )
    query = select(col(AccountPaper.key), col(AccountPaper.sub)).where(col(AccountPaper.key).in_(keys))
    return dict((await session.execute(query)).all())


async def unclaimed(session: AsyncSession, keys: Collection[str]) -> Sequence[Dossier]:
    """Locked, in the order of their ids."""
    query = select(Dossier).where(col(Dossier.owner).in_(keys)).order_by(col(Dossier.id))
    return (await session.scalars(query.with_for_update(of=Dossier))).all()
