"""Codes of dossiers: `<agency>-<YYMMDD>-<serial>`, serial per body and day (rule 1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.dossier.models import Dossier

_OURS = re.compile(r"(.+)-([0-9]{6})-[0-9]{4,}")


async def next_code(session: AsyncSession, agency: str, day: date) -> str:
    return (await next_codes(session, agency, day, 1))[0]


async def next_codes(
    session: AsyncSession, agency: str, day: date, wanted: int, printed: Collection[str] = ()
) -> list[str]:
    """In their order. A number that another system has printed in our form is passed over, so that one code
    means one dossier: `printed` are those that this transaction is about to write."""
    codes: list[str] = []
    while lacking := wanted - len(codes):
        last = await _last_serial(session, agency, day, lacking)
        new = [_code(agency, day, serial) for serial in range(last - lacking + 1, last + 1)]
        found = await session.scalars(
            select(col(Dossier.external_code)).where(col(Dossier.external_code).in_(new))
        )
        taken = {*found, *printed}
        codes += [code for code in new if code not in taken]
    return codes


async def hold(session: AsyncSession, days: Iterable[tuple[str, date]], printed: Iterable[str]) -> None:
    """Until the transaction ends nobody else is given a code of these bodies' days, nor of those that the
    printed numbers name; all in one order, so that two transactions never wait for each other."""
    named = {found for number in printed if (found := _named(number))}
    for agency, day in sorted({*days, *named}):
        await _last_serial(session, agency, day, 0)


def _named(number: str) -> tuple[str, date] | None:
    """The body and day of a number that has the form of our codes."""
    match = _OURS.fullmatch(number)
    try:
        return (match[1], date.fromisoformat(f"20{match[2]}")) if match else None
    except ValueError:
        return None


async def _last_serial(session: AsyncSession, agency: str, day: date, taken: int) -> int:
    """The last of `taken` new serials. The counter's row stays locked until the commit, so there are no
    doubles, and a rolled-back submission leaves no gap."""
    serial = await session.scalar(
        text(
            "INSERT INTO code_counter (agency, day, last) VALUES (:agency, :day, :taken) ON CONFLICT"
            " (agency, day) DO UPDATE SET last = code_counter.last + :taken RETURNING last"
        ),
        {"agency": agency, "day": day, "taken": taken},
    )
    return int(serial)


def _code(agency: str, day: date, serial: int) -> str:
    return f"{agency}-{day:%y%m%d}-{serial:04d}"
