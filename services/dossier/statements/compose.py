"""Statements and open data, put together of what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import Language
from services.dossier.figures import asking
from services.dossier.figures import queries as figures
from services.dossier.figures.definitions import INDICATORS, ON_TIME, ONLINE_SHARE
from services.dossier.figures.queries import Asked
from services.dossier.figures.report import report
from services.dossier.figures.schemas import Wanted
from services.dossier.office import Office
from services.dossier.statements import dictionary, open_data, queries
from services.dossier.statements.monthly import monthly
from services.dossier.statements.one_stop import one_stop
from services.dossier.statements.queries import Key, Received
from services.dossier.statements.schemas import (
    Dataset,
    Monthly,
    MonthlyAsked,
    OneStop,
    OneStopAsked,
    OpenDataAsked,
    OpenDataItem,
)
from services.dossier.targets import queries as targets
from services.dossier.targets import standing


@dataclass(frozen=True)
class Asker:
    """Who asks, and how."""

    session: AsyncSession
    office: Office
    caller: Caller | None
    language: Language
    now: datetime

    async def asked(self, wanted: Wanted) -> tuple[Asked, datetime]:
        """By the resolving body. Raises BodyMissing, ClosingMissing, OutsideClosing."""
        return await asking.asked(self.session, wanted, ON_TIME.by, self.caller, self.now)


def _named(wanted: Wanted, asked: Asked) -> str:
    """2020-10, 2020-Q4 or 2020; a closing is of a month."""
    return wanted.period or f"{asked.span.first:%Y-%m}"


async def of_one_stop(asker: Asker, form: OneStopAsked) -> OneStop:
    wanted = form.wanted(asker.now.astimezone(VIETNAM).date())
    asked, as_of = await asker.asked(wanted)
    found = await report(asker.session, ON_TIME, asked, as_of, asker.language)
    counted = await _counted(asker, asked, as_of)
    return one_stop(found, counted, _named(wanted, asked), provisional=as_of < asked.span.end())


async def of_month(asker: Asker, form: MonthlyAsked) -> Monthly:
    wanted = form.wanted(asker.now.astimezone(VIETNAM).date())
    asked, as_of = await asker.asked(wanted)
    reports = {
        id_: await report(asker.session, indicator, replace(asked, by=indicator.by), as_of, asker.language)
        for id_, indicator in INDICATORS.items()
    }
    year = asked.span.last.year
    known = await standing.targets(asker.session, asker.office.settings, year)
    found = {
        code: known.of(body, ONLINE_SHARE) for code, body in (await targets.bodies(asker.session)).items()
    }
    return monthly(
        reports,
        await _counted(asker, asked, as_of),
        {code: float(target.value) for code, target in found.items() if target is not None},
        _named(wanted, asked),
        provisional=as_of < asked.span.end(),
    )


async def _counted(asker: Asker, asked: Asked, as_of: datetime) -> dict[str, int]:
    return await queries.counted(asker.session, replace(asked, span=asked.span.until(as_of)))


async def of_open_data(
    asker: Asker, form: OpenDataAsked, after: Key | None, limit: int
) -> tuple[Dataset, Sequence[OpenDataItem], Key | None]:
    """At most `limit` items after that key, and the key of the last one where there are more."""
    session, office, language = asker.session, asker.office, asker.language
    span = form.span(asker.now.astimezone(VIETNAM).date())
    asked, as_of = await asking.asked(
        session,
        Wanted(period=form.period or str(span.first.year), agency=form.agency or await figures.root(session)),
        ONLINE_SHARE.by,
        asker.caller,
        asker.now,
    )
    cells = await queries.received(session, asked, after, limit)
    shown = [each for each in cells if after is None or each.key > after]
    names = await _names(session, asked, shown[:limit])
    items = dict(zip([cell.key for cell in cells], open_data.items(cells, *names), strict=True))
    about = dictionary.dataset(
        language,
        publisher=names[0][asked.agency],
        agency=asked.agency,
        agency_name=names[0][asked.agency],
        licence=office.settings.open_data_licence,
        licence_url=office.settings.open_data_licence_url,
        first=span.first,
        last=span.last,
        as_of=as_of,
        synthetic=await figures.synthetic(session, asked),
    )
    more = shown[limit - 1].key if len(shown) > limit else None
    return about, [items[cell.key] for cell in shown[:limit]], more


async def _names(
    session: AsyncSession, asked: Asked, cells: Sequence[Received]
) -> tuple[dict[str, str], dict[str, str]]:
    """Of bodies, the asked one too, and of procedures."""
    agencies = sorted({asked.agency, *(cell.agency for cell in cells)})
    procedures = sorted({cell.procedure for cell in cells})
    return (
        await figures.names(session, asked.book, "agency", agencies),
        await figures.names(session, asked.book, "procedure", procedures),
    )
