"""A citizen who logs in with the number that is on a paper dossier owns it from then on (rule 16)."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from services.dossier.clients.gateway import Account
from services.dossier.commands.step import Move, record
from services.dossier.notices.models import Notice
from services.dossier.office import Office
from services.dossier.owners import queries
from services.dossier.owners.models import AccountPaper


async def claim(session: AsyncSession, office: Office, caller: Caller, account: Account) -> None:
    """The account's numbers are its own, and so is what came on paper under them. A number that another
    account has stays there."""
    keys = {queries.key_of(office.vault, paper.number) for paper in account.papers}
    if not keys:
        return
    known = await queries.accounts_of(session, keys, claim=True)
    mine = {key for key in keys if known.get(key, account.sub) == account.sub}
    rows = [{"key": key, "sub": account.sub} for key in sorted(mine - known.keys())]
    if rows:
        await session.execute(insert(AccountPaper).values(rows))
    dossiers = await queries.unclaimed(session, mine)
    statement = update(Notice).where(col(Notice.owner).in_(mine)).values(owner=account.sub)
    await session.execute(statement)
    for dossier in dossiers:
        dossier.owner = account.sub
        move = Move(at=office.clock.now())
        await record(session, office, caller, dossier, "dossier.claimed", move, audience="internal")
