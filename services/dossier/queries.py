"""Reads of a dossier and of what lies around it. `visible` is the one filter that all of them pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.auth import Caller
from kit.problem import FieldFault
from services.dossier.errors import DocumentMissing, DossierMissing, ResultMissing
from services.dossier.models import (
    Body,
    Document,
    Dossier,
    FeeDue,
    Opinion,
    PaperReceived,
    Pause,
    Remark,
    Result,
    Step,
    Supplement,
    Visibility,
)
from services.dossier.status import CLOSED, Status, Who

_STAFF = {"officer", "leader", "auditor", "cashier", "system"}


def below(agency: str) -> ColumnElement[bool]:
    """Bodies that are `agency` or lie below it."""
    return or_(col(Body.code) == agency, func.array_position(col(Body.ancestors), agency).is_not(None))


def visible(caller: Caller) -> ColumnElement[bool]:
    """The rights filter of get, list, search and counts: own dossiers; for staff those whose
    receiving, resolving or holding body is theirs or below it, or that were opened to them. Nobody sees
    generated ones, which have no `Visibility` either."""
    if "service" in caller.roles:
        return and_(col(Dossier.status) != Status.DRAFT, live())
    ways = []
    if "citizen" in caller.roles:
        ways.append(col(Dossier.owner) == caller.sub)
    if caller.agency and caller.roles & _STAFF:
        ways.append(exists().where(seen_by(caller.agency)).correlate(Dossier))
    return and_(or_(false(), *ways), live())


def live() -> ColumnElement[bool]:
    """Not generated: those are for the figures alone."""
    return col(Dossier.origin) == "live"


def seen_by(agency: str) -> ColumnElement[bool]:
    """Joins a dossier with its `Visibility` to a body."""
    return and_(col(Visibility.dossier_id) == col(Dossier.id), col(Visibility.agency) == agency)


def listed(caller: Caller, agency: str | None) -> tuple[type[Dossier | Visibility], ColumnElement[bool]]:
    """The same filter for lists, those that `agency` sees if it is named: the rows whose indexes give the
    order, so that a list's cost is its page's, and the condition."""
    if agency is not None and agency != caller.agency:
        return Visibility, and_(seen_by(agency), visible(caller))
    if caller.agency and caller.roles & _STAFF:
        return Visibility, seen_by(caller.agency)
    return Dossier, visible(caller)


async def dossier(session: AsyncSession, dossier_id: UUID, caller: Caller) -> Dossier:
    """Raises DossierMissing, also for a dossier that is not the caller's to see."""
    found = await session.scalar(select(Dossier).where(col(Dossier.id) == dossier_id, visible(caller)))
    if found is None:
        raise DossierMissing
    return found


async def by_id(session: AsyncSession, dossier_id: UUID) -> Dossier:
    """For whoever was let in otherwise. Raises DossierMissing."""
    found = await session.get(Dossier, dossier_id)
    if found is None:
        raise DossierMissing
    return found


async def lock(session: AsyncSession, dossier_id: UUID, caller: Caller) -> Dossier:
    """The same, its row locked until the transaction ends."""
    found = await session.scalar(
        select(Dossier)
        .where(col(Dossier.id) == dossier_id, visible(caller))
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise DossierMissing
    return found


async def standing(session: AsyncSession, caller: Caller, dossier: Dossier) -> frozenset[Who]:
    """What the caller is to this dossier: its owner; officer or leader of a body that it lies with, or of
    one above that; adviser where their body was asked and has not answered."""
    if caller.kind == "service":
        return frozenset({Who.SERVICE})
    roles = {Who.OWNER} if caller.sub == dossier.owner and "citizen" in caller.roles else set()
    desk = {Who(role) for role in ("officer", "leader") if role in caller.roles}
    if caller.kind == "system":  # it tells what people did elsewhere, whoever they were
        desk = {Who.OWNER, Who.OFFICER, Who.LEADER}
    if desk and caller.agency:
        concerned = {dossier.receiving_agency, dossier.resolving_agency, dossier.holder_agency}
        ours, asked = (
            await session.execute(
                select(
                    exists().where(col(Body.code).in_(concerned), below(caller.agency)),
                    exists().where(
                        col(Opinion.dossier_id) == dossier.id,
                        col(Opinion.agency) == caller.agency,
                        col(Opinion.given_at).is_(None),
                    ),
                )
            )
        ).one()
        if ours or caller.agency in concerned:
            roles |= desk
        if asked:
            roles.add(Who.ADVISER)
    return frozenset(roles)


async def loads(session: AsyncSession, subs: list[str]) -> dict[str, tuple[int, datetime | None]]:
    """Per officer: open dossiers on their desk, and when they last got one."""
    query = (
        select(
            col(Dossier.assignee),
            func.count().filter(col(Dossier.status).not_in(CLOSED)),
            func.max(col(Dossier.assigned_at)),
        )
        .where(col(Dossier.assignee).in_(subs))
        .group_by(col(Dossier.assignee))
    )
    found = {row[0]: (row[1], row[2]) for row in await session.execute(query)}
    return {sub: found.get(sub, (0, None)) for sub in subs}


@dataclass
class Around:
    """What one answer shows beside the dossier itself."""

    documents: list[Document] = field(default_factory=list)
    received: dict[str, PaperReceived] = field(default_factory=dict)
    fees: list[FeeDue] = field(default_factory=list)
    supplements: list[Supplement] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    lacking: list[FieldFault] = field(default_factory=list)


async def around(session: AsyncSession, dossier: Dossier) -> Around:
    """Seven statements, however much there is. What was received on paper is by the paper's code."""
    of = dossier.id
    codes = {dossier.receiving_agency, dossier.resolving_agency, dossier.holder_agency}
    return Around(
        documents=list(await session.scalars(
            select(Document).where(col(Document.dossier_id) == of).order_by(col(Document.id))
        )),
        received={row.paper_code: row for row in await session.scalars(
            select(PaperReceived).where(col(PaperReceived.dossier_id) == of)
        )},
        fees=await fees(session, of),
        supplements=await supplements(session, of),
        pauses=await pauses(session, of),
        results=await results(session, of),
        bodies=await body_names(session, codes),
    )  # fmt: skip


async def supplements(session: AsyncSession, dossier_id: UUID) -> list[Supplement]:
    rows = await session.scalars(
        select(Supplement).where(col(Supplement.dossier_id) == dossier_id).order_by(col(Supplement.number))
    )
    return list(rows)


async def results(session: AsyncSession, dossier_id: UUID) -> list[Result]:
    rows = await session.scalars(
        select(Result)
        .where(col(Result.dossier_id) == dossier_id)
        .order_by(col(Result.issued_at), col(Result.document_id))
    )
    return list(rows)


async def fees(session: AsyncSession, dossier_id: UUID) -> list[FeeDue]:
    rows = await session.scalars(
        select(FeeDue).where(col(FeeDue.dossier_id) == dossier_id).order_by(col(FeeDue.purpose))
    )
    return list(rows)


def fee_lines(dossier: Dossier, fee: FeeDue) -> list[dict[str, Any]]:
    """The lines of a fee: its own, or those that were frozen for its purpose."""
    return fee.lines or [line for line in dossier.procedure["fees"] if line["due_at"] == fee.purpose]


async def remarks(session: AsyncSession, dossier_id: UUID) -> list[Remark]:
    rows = await session.scalars(
        select(Remark).where(col(Remark.dossier_id) == dossier_id).order_by(col(Remark.id))
    )
    return list(rows)


async def opinions(session: AsyncSession, dossier_id: UUID) -> list[Opinion]:
    rows = await session.scalars(
        select(Opinion).where(col(Opinion.dossier_id) == dossier_id).order_by(col(Opinion.id))
    )
    return list(rows)


async def pauses(session: AsyncSession, dossier_id: UUID) -> list[Pause]:
    rows = await session.scalars(
        select(Pause).where(col(Pause.dossier_id) == dossier_id).order_by(col(Pause.number))
    )
    return list(rows)


async def open_opinion(session: AsyncSession, dossier_id: UUID, agency: str) -> Opinion | None:
    found: Opinion | None = await session.scalar(
        select(Opinion).where(
            col(Opinion.dossier_id) == dossier_id,
            col(Opinion.agency) == agency,
            col(Opinion.given_at).is_(None),
        )
    )
    return found


async def body_names(session: AsyncSession, codes: set[str]) -> dict[str, str]:
    rows = await session.execute(select(col(Body.code), col(Body.name)).where(col(Body.code).in_(codes)))
    return dict(rows.all())


async def steps(session: AsyncSession, dossier_id: UUID) -> list[Step]:
    rows = await session.scalars(
        select(Step).where(col(Step.dossier_id) == dossier_id).order_by(col(Step.seq))
    )
    return list(rows)


async def unsettled(session: AsyncSession, dossier_id: UUID, purpose: str) -> FeeDue | None:
    found: FeeDue | None = await session.scalar(
        select(FeeDue).where(
            col(FeeDue.dossier_id) == dossier_id,
            col(FeeDue.purpose) == purpose,
            col(FeeDue.settled_at).is_(None),
        )
    )
    return found


async def document(session: AsyncSession, dossier_id: UUID, document_id: UUID) -> Document:
    """Raises DocumentMissing."""
    found: Document | None = await session.scalar(
        select(Document).where(col(Document.id) == document_id, col(Document.dossier_id) == dossier_id)
    )
    if found is None:
        raise DocumentMissing
    return found


async def tracked(session: AsyncSession, code: str) -> Dossier:
    """By its code, or else by the one that another system printed, for anyone. Raises DossierMissing."""
    ours = col(Dossier.code) == code
    named = or_(ours, col(Dossier.external_code) == code)
    query = select(Dossier).where(named, live()).order_by(ours.desc())
    found: Dossier | None = await session.scalar(query.limit(1))
    if found is None:
        raise DossierMissing
    return found


async def result(session: AsyncSession, code: str) -> Result:
    """Raises ResultMissing."""
    found = await session.get(Result, code)
    if found is None:
        raise ResultMissing
    return found


async def verified_result(session: AsyncSession, code: str) -> tuple[Result, Document, Dossier, str]:
    """The result, its file, its dossier and the name of the body. Raises ResultMissing."""
    row = (
        await session.execute(
            select(Result, Document, Dossier, func.coalesce(col(Body.name), col(Dossier.resolving_agency)))
            .join(Document, col(Document.id) == col(Result.document_id))
            .join(Dossier, col(Dossier.id) == col(Result.dossier_id))
            .outerjoin(Body, col(Body.code) == col(Dossier.resolving_agency))
            .where(col(Result.verification_code) == code, live())
        )
    ).first()
    if row is None:
        raise ResultMissing
    return row[0], row[1], row[2], str(row[3])


async def leads_the_province(session: AsyncSession, caller: Caller) -> bool:
    """Whether the caller's body is the province's committee."""
    body = await session.get(Body, caller.agency)
    return body is not None and (body.kind, body.government_level) == ("peoples_committee", "province")


async def is_below(session: AsyncSession, agency: str, top: str) -> bool:
    """Whether `agency` is `top` or lies below it."""
    if agency == top:
        return True
    found = await session.scalar(select(col(Body.code)).where(col(Body.code) == agency, below(top)))
    return found is not None
