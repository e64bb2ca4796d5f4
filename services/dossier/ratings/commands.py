"""Rating a returned dossier, by its owner or by whoever has the slip and knows the last four digits."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.db import Database
from services.dossier.commands.step import Move, record
from services.dossier.errors import CheckWrong, NotRateable, RatedAlready, TooManyTries
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.ratings.models import Rating
from services.dossier.ratings.schemas import NewRating
from services.dossier.status import Status

MOST_TRIES = 5
SLIP = Caller(sub="slip", kind="service", name="slip", roles=frozenset({"service"}))


async def rate(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, given: NewRating
) -> Rating:
    """Once, after the return. Raises NotRateable, RatedAlready; the dossier is locked."""
    if dossier.status != Status.RETURNED:
        raise NotRateable
    if await session.get(Rating, dossier.id) is not None:
        raise RatedAlready
    move = Move(at=office.clock.now(), data={"points": given.points})
    comment = office.vault.seal(given.comment) if given.comment else None
    rating = Rating(dossier_id=dossier.id, points=given.points, comment=comment, at=move.at)
    session.add(rating)
    await record(session, office, caller, dossier, "dossier.rated", move)
    return rating


async def check(database: Database, office: Office, dossier: Dossier, digits: str) -> None:
    """The last four digits of the applicant's phone or of one of their papers, five wrong ones an hour. A try
    is counted before it is looked at, so that many at once are no more than five; a right one is given back.
    Raises TooManyTries, CheckWrong."""
    now = office.clock.now()
    tries = await _tried(database, dossier, now)
    if tries > MOST_TRIES:
        raise TooManyTries(headers={"Retry-After": "3600"})
    applicant = office.vault.open(dossier.applicant)
    known = [applicant.get("phone"), *(paper["number"] for paper in applicant["papers"])]
    endings = ["".join(number.split())[-4:].encode() for number in known if number]
    if not any(secrets.compare_digest(ending, digits.encode()) for ending in endings):
        raise CheckWrong
    await _given_back(database, dossier, now)


async def _given_back(database: Database, dossier: Dossier, now: datetime) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE check_tries SET tries = tries - 1 WHERE dossier_id = :id"
                " AND hour = date_trunc('hour', cast(:now AS timestamptz))"
            ),
            {"id": dossier.id, "now": now},
        )


async def _tried(database: Database, dossier: Dossier, now: datetime) -> int:
    async with database.transaction() as session:
        found = await session.scalar(
            text(
                "INSERT INTO check_tries (dossier_id, hour, tries)"
                " VALUES (:id, date_trunc('hour', cast(:now AS timestamptz)), 1)"
                " ON CONFLICT (dossier_id, hour) DO UPDATE SET tries = check_tries.tries + 1 RETURNING tries"
            ),
            {"id": dossier.id, "now": now},
        )
    return int(found)
