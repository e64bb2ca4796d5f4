"""The addresses of a filled-in form, on the day of its submission (rule 15)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import addresses
from kit.problem import FieldFault
from services.dossier.places import queries


async def faults(
    session: AsyncSession, schema: dict[str, Any], form: dict[str, Any], on: date
) -> list[FieldFault]:
    """What is wrong with them, by pointers below /form. Before the units have come from the catalogue nobody
    can say, and nothing is refused for it."""
    codes = addresses.codes(schema, form)
    if not codes or not await queries.copied(session):
        return []
    return addresses.faults(schema, form, await queries.units(session, codes), on, "/form")
