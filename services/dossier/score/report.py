"""The score, put together of what our own tables and the catalogue say."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM, today
from kit.db import Database
from kit.http import NeighbourDown
from kit.problem import Language
from services.dossier.clients.catalog import Catalog, Provision
from services.dossier.errors import BodyMissing
from services.dossier.figures import queries as figures
from services.dossier.figures.book import LIVE
from services.dossier.figures.period import read
from services.dossier.figures.queries import Asked
from services.dossier.office import Office
from services.dossier.score import queries, views
from services.dossier.score.definition import TEXTS, VERSION
from services.dossier.score.indicators import GROUPS
from services.dossier.score.schemas import Score, ScoreAsked


async def report(
    database: Database, office: Office, caller: Caller | None, wanted: ScoreAsked, language: Language
) -> Score:
    """The catalogue is asked in between, while no transaction is open; without its answer the rest stands.
    Raises BodyMissing."""
    period = wanted.of(today(office.clock))
    span = read(period)
    as_of = wanted.moment(span, office.clock.now())
    async with database.transaction() as session:
        root = await figures.root(session)
        agency, name = await _body(session, wanted.agency or (caller.agency if caller else None) or root)
        asked = Asked(agency, "below", span, "resolving_agency", "agency")
        bodies = None if agency == root else await queries.below(session, asked)
    on = min(span.last, as_of.astimezone(VIETNAM).date())
    provision = await _provision(office.catalog, on, bodies)
    async with database.transaction() as session:
        found = views.shares(
            await queries.decided(session, asked, as_of),
            await queries.overdue(session, asked, as_of),
            await queries.fees(session, asked),
            await queries.used(session, asked),
            provision,
        )
        synthetic = await figures.synthetic(session, asked)
    groups, total = views.groups(GROUPS, found, language)
    return Score(
        version=VERSION,
        definition={part: words[language] for part, words in TEXTS.items()},
        period=period,
        first=span.first,
        last=span.last,
        as_of=as_of,
        agency=agency,
        name=name,
        synthetic=synthetic,
        groups=groups,
        total=total,
    )


async def _body(session: AsyncSession, agency: str | None) -> tuple[str, str]:
    """Code and name."""
    names = await figures.names(session, LIVE, "agency", [agency]) if agency else {}
    if not agency or agency not in names:
        raise BodyMissing
    return agency, names[agency]


async def _provision(catalog: Catalog, on: date, bodies: list[str] | None) -> Provision | None:
    """None where the catalogue does not answer."""
    try:
        return await catalog.provision(on, bodies)
    except NeighbourDown:
        return None
