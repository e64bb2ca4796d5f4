"""What the score of QĐ 766 asks of the catalogue: procedures counted, and services by body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.catalog.decisions.standing import covers, offers
from services.catalog.models import Version
from services.catalog.offerings.checks import ONLINE

#: An amount that is not known is not zero.
_HAS_FEE = "$.fees[*] ? (@.amount == null || @.amount > 0)"


class Scored(NamedTuple):
    """`complete`: with all parts that must be published; `payable`: of those `with_fee`, by `online`."""

    procedures: int
    online: int
    complete: int
    with_fee: int
    payable: int


async def procedures(session: AsyncSession, on: date, agencies: Sequence[str] | None) -> Scored:
    """Of the procedures that these bodies offer that day; of all in force where no bodies are named."""
    offered = offers(on)
    top = (
        select(
            offered.c.code,
            func.max(offered.c.level).label("level"),
            func.bool_or(and_(offered.c.level >= ONLINE, offered.c.pay_online_from <= on)).label("payable"),
        )
        .where(_of(offered.c.agency, agencies))
        .group_by(offered.c.code)
        .subquery("top")
    )
    content = col(Version.content)
    complete = and_(
        top.c.code.is_not(None),
        func.array_position(col(Version.gaps), "no-papers").is_(None),
        func.cardinality(col(Version.channels)) > 0,
        func.cardinality(col(Version.audiences)) > 0,
        _has(content, "$.processing_time.amount"),
        _has(content, "$.steps[*]"),
    )
    with_fee = _has(content, _HAS_FEE)

    def counted(condition: Any) -> Any:
        return cast(func.count().filter(condition), Integer)

    query = (
        select(
            counted(literal(True)),
            counted(top.c.level >= ONLINE),
            counted(complete),
            counted(with_fee),
            counted(and_(with_fee, top.c.payable)),
        )
        .select_from(Version)
        .join(top, top.c.code == col(Version.procedure_code), isouter=agencies is None)
        .where(covers(col(Version.valid), on))
    )
    return Scored(*(await session.execute(query)).one())


async def services(session: AsyncSession, on: date, agencies: Sequence[str] | None) -> dict[str, list[str]]:
    """The procedures that each of them offers online that day."""
    offered = offers(on)
    rows = await session.execute(
        select(offered.c.agency, offered.c.code)
        .where(offered.c.level >= ONLINE, _of(offered.c.agency, agencies))
        .order_by(offered.c.agency, offered.c.code)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for agency, code in rows:
        found[agency].append(code)
    return found


def _of(agency: Any, agencies: Sequence[str] | None) -> Any:
    return literal(True) if agencies is None else agency.in_(agencies)


def _has(content: Any, path: str) -> Any:
    return func.jsonb_path_exists(content, cast(path, JSONPATH))
