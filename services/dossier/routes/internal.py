"""For the neighbours: what the portal must know of a dossier, what payment needs of its fees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from kit.auth import ServiceCaller
from kit.clock import civil_date
from kit.db import Session
from services.dossier import queries, snapshot
from services.dossier.answers import Ref
from services.dossier.office import Desk

router = APIRouter(prefix="/internal/dossiers", tags=["internal"])

#: How long the national portal may fetch a document by the address it was given.
PORTAL_LINK_LIFE = timedelta(days=30)


class Purpose(BaseModel):
    purpose: str
    amount: int
    settled: bool
    lines: list[dict[str, Any]]


class DossierFees(BaseModel):
    """The fee lines that were frozen at submission; amounts in đồng."""

    dossier_id: UUID
    code: str
    version: int
    owner: str
    status: str
    receiving_agency: str
    resolving_agency: str
    resolving_agency_name: str
    procedure: Ref
    payer_name: str
    payer_paper_number: str
    purposes: list[Purpose]
    payable_online: bool
    pilot: bool


@router.get("/{dossier_id}")
async def dossier_snapshot(
    dossier_id: UUID, caller: ServiceCaller, session: Session, desk: Desk
) -> dict[str, Any]:
    """Everything that the national portal is told, at one version."""
    dossier = await queries.dossier(session, dossier_id, caller)
    about = await queries.around(session, dossier)
    steps = await queries.steps(session, dossier_id)
    agencies = {step.agency for step in steps if step.agency}
    about.bodies |= await queries.body_names(session, agencies)
    return snapshot.of(desk, dossier, about, steps, desk.clock.now() + PORTAL_LINK_LIFE)


@router.get("/{dossier_id}/fees")
async def dossier_fees(dossier_id: UUID, caller: ServiceCaller, session: Session, desk: Desk) -> DossierFees:
    dossier = await queries.dossier(session, dossier_id, caller)
    about = await queries.around(session, dossier)
    resolving = dossier.resolving_agency
    applicant = desk.vault.open(dossier.applicant)
    frozen = dossier.procedure
    offering = frozen["offering"] or {}
    since = offering.get("pay_online_from")
    return DossierFees(
        dossier_id=dossier.id,
        code=str(dossier.code),
        version=dossier.version,
        owner=dossier.owner,
        status=dossier.status,
        receiving_agency=dossier.receiving_agency,
        resolving_agency=resolving,
        resolving_agency_name=about.bodies.get(resolving, resolving),
        procedure=Ref(code=dossier.procedure_code, name=frozen["name"]),
        payer_name=applicant["name"],
        payer_paper_number=next((paper["number"] for paper in applicant["papers"]), ""),
        purposes=[
            Purpose(
                purpose=fee.purpose,
                amount=fee.amount,
                settled=fee.settled_at is not None,
                lines=[
                    {key: line[key] for key in ("code", "name", "kind", "amount", "refundable")}
                    for line in queries.fee_lines(dossier, fee)
                    if line.get("amount")
                ],
            )
            for fee in about.fees
        ],
        payable_online=since is not None and str(since) <= civil_date(desk.clock.now()),
        pilot=bool(offering.get("pilot")),
    )
