"""How the lines of decisions stand to what is offered on a day, as parts of statements. A line that names
a level of government is met where all bodies offer it that `apply` would serve: the People's Committees of
the level or, where it has only one, those that share the procedures out and offer this one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlmodel import col

from services.catalog.decisions.models import Decision, DecisionItem
from services.catalog.models import Agency, Offering, Version
from services.catalog.offerings.checks import ONLINE
from services.catalog.queries import exists_on

COMMITTEE = "peoples_committee"
_LEVELS = (1, 2, 3, 4)
#: Columns of a comparison.
COMPARED = ("state", "number", "code", "name", "said", "agency", "government_level", "online_level",
            "mandated", "level", "bodies", "of")  # fmt: skip


def covers(valid: Any, on: date) -> ColumnElement[bool]:
    """As `valid @> on`, for statements that read most of a table: of that the planner believes, before the
    table was analysed, that one row in two hundred passes, and then joins thousands by nested loops."""
    begun: ColumnElement[bool] = func.lower(valid) <= on
    return and_(begun, or_(func.upper_inf(valid), func.upper(valid) > on))


def offers(on: date) -> CTE:
    """What is offered that day, by whom: of procedures in force, by bodies that exist."""
    # Materialised, or it may be looked up once for every offering.
    procedures = (
        select(col(Version.procedure_code).label("code"))
        .where(covers(col(Version.valid), on))
        .cte("procedures")
        .prefix_with("MATERIALIZED")
    )
    return (
        select(
            col(Offering.procedure_code).label("code"),
            col(Offering.agency).label("agency"),
            col(Agency.kind).label("kind"),
            col(Agency.government_level).label("government_level"),
            col(Offering.online_level).label("level"),
            col(Offering.pay_online_from).label("pay_online_from"),
        )
        .select_from(Offering)
        .join(Agency, and_(col(Agency.code) == col(Offering.agency), exists_on(on)))
        .join(procedures, procedures.c.code == col(Offering.procedure_code))
        .where(covers(col(Offering.valid), on))
        .cte("offers")
    )


def resolved(on: date, of: ColumnElement[bool]) -> CTE:
    """Lines of the decisions `of`, each with the procedure in force that day which it means: by code, or
    by its exact name without accents where only one has it."""
    force = (
        select(col(Version.procedure_code).label("code"), col(Version.name_folded).label("name"))
        .where(covers(col(Version.valid), on))
        .cte("force")
    )
    named = (
        select(force.c.name, func.min(force.c.code).label("code"), func.count().label("found"))
        .group_by(force.c.name)
        .cte("named")
    )
    item = DecisionItem
    return (
        select(
            col(item.decision_id),
            col(item.number),
            col(item.name),
            col(item.agency),
            col(item.government_level),
            col(item.online_level),
            col(item.mandated),
            func.coalesce(force.c.code, case((named.c.found == 1, named.c.code))).label("code"),
            func.coalesce(col(item.code), literal("")).label("said"),
            (func.coalesce(named.c.found, 0) > 1).label("ambiguous"),
        )
        .select_from(item)
        .join(Decision, and_(col(Decision.id) == col(item.decision_id), of))
        .outerjoin(force, force.c.code == col(item.code))
        .outerjoin(named, and_(col(item.code).is_(None), named.c.name == col(item.name_folded)))
        .cte("resolved")
    )


def _committees(on: date) -> CTE:
    """Levels of government with several People's Committees that day, and how many."""
    return (
        select(col(Agency.government_level).label("level"), func.count().label("count"))
        .where(col(Agency.kind) == COMMITTEE, exists_on(on))
        .group_by(col(Agency.government_level))
        .having(func.count() > 1)
        .cte("committees")
    )


def _reached(offered: CTE, committees: CTE) -> CTE:
    """Per procedure and whom a line may name (a body, or a level for those that it means): the highest
    level, and by how many it is offered at each online level or higher."""
    by_body = select(offered.c.code, offered.c.agency.label("whom"), offered.c.level)
    meant = or_(offered.c.kind == COMMITTEE, offered.c.government_level.not_in(select(committees.c.level)))
    by_level = select(offered.c.code, offered.c.government_level, offered.c.level).where(meant)
    either = union_all(by_body, by_level).cte("either")
    at_least = [func.count().filter(either.c.level >= n).label(f"from_{n}") for n in _LEVELS]
    highest = func.max(either.c.level).label("level")
    query = select(either.c.code, either.c.whom, highest, *at_least)
    return query.group_by(either.c.code, either.c.whom).cte("reached")


def stated(lines: CTE, offered: CTE, on: date) -> CTE:
    """The lines, each with the highest level at which it is offered, by how many bodies of those that it
    means at the decided level or higher, and its state."""
    committees = _committees(on)
    reached = _reached(offered, committees)
    columns = [column for column in lines.c if column.name != "ambiguous"]
    decided = {n: reached.c[f"from_{n}"] for n in _LEVELS}
    bodies = func.coalesce(case(decided, value=lines.c.online_level), 0)
    of_level = func.coalesce(committees.c.count, reached.c.from_1, 0)
    of = case((lines.c.agency.is_not(None), 1), else_=of_level)
    state = case(
        (lines.c.ambiguous, "ambiguous_name"),
        (lines.c.code.is_(None), "unknown_procedure"),
        (and_(bodies > 0, bodies >= of), "as_decided"),
        (bodies > 0, "partly"),
        (reached.c.level >= ONLINE, "lower_level"),
        else_="not_offered",
    )
    whom = func.coalesce(lines.c.agency, lines.c.government_level)
    return (
        select(*columns, reached.c.level, bodies.label("bodies"), of.label("of"), state.label("state"))
        .select_from(lines)
        .outerjoin(reached, and_(reached.c.code == lines.c.code, reached.c.whom == whom))
        .outerjoin(committees, committees.c.level == lines.c.government_level)
        .cte("stated")
    )


def _own_choice(lines: CTE, offered: CTE) -> Select[Any]:
    """Online and in no line, per procedure and level of government; in the columns of a comparison."""
    by_body = exists().where(lines.c.code == offered.c.code, lines.c.agency == offered.c.agency)
    by_level = exists().where(
        lines.c.code == offered.c.code, lines.c.government_level == offered.c.government_level
    )
    return (
        select(
            literal("own_choice").label("state"),
            literal(0).label("number"),
            offered.c.code.label("code"),
            null().label("name"),
            literal("").label("said"),
            null().label("agency"),
            offered.c.government_level.label("government_level"),
            null().label("online_level"),
            literal(value=False).label("mandated"),
            func.max(offered.c.level).label("level"),
            func.count().label("bodies"),
            null().label("of"),
        )
        .where(offered.c.level >= ONLINE, ~by_body, ~by_level)
        .group_by(offered.c.code, offered.c.government_level)
    )


def compared(on: date, decision_id: UUID) -> CTE:
    """The lines of a list, and what is offered online without being in it."""
    lines, offered = resolved(on, col(Decision.id) == decision_id), offers(on)
    of_list = stated(lines, offered, on)
    listed = select(*(of_list.c[name] for name in COMPARED))
    return union_all(listed, _own_choice(lines, offered)).cte("compared")
