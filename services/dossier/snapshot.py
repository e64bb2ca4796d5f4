"""A dossier as the national portal must know it; the gateway turns it into the portal's words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.clock import VIETNAM
from services.dossier.links import Link, seal_link
from services.dossier.models import Document, Dossier, Pause, Step, Supplement
from services.dossier.office import Office
from services.dossier.persons import taken_by
from services.dossier.queries import Around
from services.dossier.sentence import BEFORE_THE_RESULT
from services.dossier.status import INWARD, LABEL, NATIONAL_CODE, TRANSITIONS, Action, Status


def of(office: Office, dossier: Dossier, about: Around, steps: list[Step], until: datetime) -> dict[str, Any]:
    """`until`: when the addresses of its documents expire. Moments are ISO 8601 with offset."""
    status = Status(dossier.status)
    frozen = dossier.procedure
    refused = next((step.at for step in steps if step.status == Status.REFUSED), None)
    address = {d.id: seal_link(office, Link(dossier.id, d.id), until) for d in about.documents}
    return {
        "id": str(dossier.id),
        "code": dossier.code,
        "version": dossier.version,
        "status": status,
        "status_code": NATIONAL_CODE.get(status),
        "channel": dossier.channel,
        "procedure": {
            "code": frozen.get("national_code") or dossier.procedure_code,
            "name": frozen["name"],
            "field": frozen["field"],
        },
        "receiving": _body(dossier.receiving_agency, about),
        "resolving": _body(dossier.resolving_agency, about),
        "holder": _body(dossier.holder_agency, about),
        "applicant": office.vault.open(dossier.applicant),
        "verified": dossier.verified,
        "summary": frozen["name"],
        "submitted_at": _iso(dossier.submitted_at),
        "accepted_at": _iso(dossier.accepted_at),
        "promised_at": _iso(dossier.promised_at),
        "finished_at": _iso(dossier.finished_at),
        "refused_at": _iso(refused),
        "returned_at": _iso(dossier.returned_at),
        "return_method": dossier.return_method,
        "note": "",
        "fees": [
            {key: line[key] for key in ("code", "name", "kind", "amount", "due_at")}
            for line in frozen["fees"]
            if line.get("amount") is not None
        ],
        "paid_online": _paid_online(about),
        "documents": [_document(d, address[d.id]) for d in about.documents if d.kind == "paper" and d.counts],
        "supplements": [_supplement(s, about.pauses) for s in about.supplements],
        "results": [
            {
                "id": str(row.document_id),
                "name": row.name,
                "code": row.result_code,
                "url": address[row.document_id],
                "verification_code": row.verification_code,
            }
            for row in about.results
            if not _owed(about)
        ],
        "steps": [_step(step, about) for step in steps if step.action not in INWARD],
    }


def _owed(about: Around) -> bool:
    """A fee is due before the result is handed out: nobody gets it by way of the portal, either."""
    return any(fee.settled_at is None and fee.purpose in BEFORE_THE_RESULT for fee in about.fees)


def _paid_online(about: Around) -> str:
    """none: nothing to pay; portal or province: paid online there; unpaid: not paid online."""
    if not about.fees:
        return "none"
    providers = {fee.provider for fee in about.fees if fee.settled_at and fee.channel == "online"}
    if "payment-platform" in providers:
        return "portal"
    return "province" if providers else "unpaid"


def _document(document: Document, url: str) -> dict[str, Any]:
    return {
        "id": str(document.id),
        "paper_code": document.paper_code,
        "filename": document.filename,
        "url": url,
        "digitised": True,
        "reused": document.reused_from is not None,
    }


def _supplement(supplement: Supplement, pauses: list[Pause]) -> dict[str, Any]:
    pause = next((p for p in pauses if p.started_at == supplement.requested_at), None)
    return {
        "number": supplement.number,
        "requested_by": supplement.requested_by,
        "reason": "; ".join([supplement.reason, *(item["text"] for item in supplement.items)]),
        "requested_at": _iso(supplement.requested_at),
        "answered_by": None,
        "answered_at": _iso(supplement.answered_at),
        "old_promise": _iso(pause.old_promise) if pause else None,
        "new_promise": _iso(pause.new_promise) if pause else None,
        "documents": [],
    }


def _step(step: Step, about: Around) -> dict[str, Any]:
    label = TRANSITIONS[Action(step.action)].label["vi"]
    return {
        "seq": step.seq,
        "at": _iso(step.at),
        "actor_name": taken_by(step, "vi"),
        "title": "",
        "agency_name": about.bodies.get(step.agency, step.agency) if step.agency else "",
        "text": f"{label}: {step.note}" if step.note else label,
        "status": step.status,
        "status_code": NATIONAL_CODE[Status(step.status)],
        "started_at": _iso(step.at),
        "due_at": _iso(step.due_at),
        "label": LABEL[Status(step.status)]["vi"],
    }


def _body(code: str, about: Around) -> dict[str, str]:
    return {"code": code, "name": about.bodies.get(code, code)}


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).isoformat() if moment else None
