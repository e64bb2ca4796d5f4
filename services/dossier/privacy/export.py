"""Everything that is kept about somebody's dossiers, for themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.db import Database
from services.dossier import queries as dossiers
from services.dossier.commands import documents
from services.dossier.errors import DocumentMissing
from services.dossier.links import Link, seal_link
from services.dossier.models import Dossier
from services.dossier.office import Office
from services.dossier.privacy import queries
from services.dossier.queries import Around
from services.dossier.status import INWARD

PAGE = 20
#: How long the addresses of the documents in an export are good.
LINK_LIFE = timedelta(hours=1)


async def written(database: Database, office: Office, caller: Caller) -> AsyncIterator[bytes]:
    """A JSON document, piece by piece: no more than a page of dossiers is held at once."""
    head = {"exported_at": _iso(office.clock.now()), "account": caller.sub, "name": caller.name}
    yield json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "dossiers": ['
    after: UUID | None = None
    separator = b"\n"
    while True:
        async with database.transaction() as session:
            rows = await queries.own(session, caller.sub, after, PAGE)
            pieces = [await _whole(session, office, caller, row) for row in rows]
        for piece in pieces:
            yield separator + json.dumps(piece, ensure_ascii=False, default=str).encode()
            separator = b",\n"
        if len(rows) < PAGE:
            break
        after = rows[-1].id
    yield b"\n]}\n"


async def _whole(session: AsyncSession, office: Office, caller: Caller, dossier: Dossier) -> dict[str, Any]:
    about = await dossiers.around(session, dossier)
    rating = await queries.rating(session, dossier.id)
    return {
        "id": dossier.id,
        "code": dossier.code,
        "status": dossier.status,
        "procedure": {"code": dossier.procedure_code, "name": dossier.procedure["name"]},
        "bodies": about.bodies,
        "channel": dossier.channel,
        "applicant": office.vault.open(dossier.applicant),
        "form": office.vault.open(dossier.form),
        "facts": office.vault.open(dossier.facts) if dossier.facts is not None else None,
        **{
            name: _iso(getattr(dossier, name))
            for name in ("created_at", "submitted_at", "accepted_at", "promised_at", "finished_at")
        },
        "documents": _documents(office, caller, dossier, about),
        "fees": [
            {"purpose": fee.purpose, "amount": fee.amount, "settled_at": _iso(fee.settled_at)}
            for fee in about.fees
        ],
        "supplements": [
            {"reason": row.reason, "items": row.items, "answers": row.answers, "due_on": row.due_on}
            for row in about.supplements
        ],
        "history": [
            {"at": _iso(step.at), "action": step.action, "by": step.actor_name, "note": step.note}
            for step in await dossiers.steps(session, dossier.id)
            if step.action not in INWARD
        ],
        "notices": [
            {"at": _iso(row.at), "title": row.title, "text": row.text}
            for row in await queries.notices(session, dossier.id)
        ],
        "rating": rating
        and {
            "points": rating.points,
            "comment": office.vault.open(rating.comment) if rating.comment else "",
        },
        "read_by": [
            {"at": _iso(row.at), "agency": row.agency, "what": row.what}
            for row in await queries.readers(session, dossier.id)
        ],
    }


def _documents(office: Office, caller: Caller, dossier: Dossier, about: Around) -> list[dict[str, Any]]:
    """Papers, and results once they are signed; `href` is null of one for which a fee is still owed."""
    until = office.clock.now() + LINK_LIFE
    found = []
    for document in about.documents:
        withheld = documents.withheld(caller, dossier, document, about.fees)
        if isinstance(withheld, DocumentMissing):
            continue
        href = None if withheld else seal_link(office, Link(dossier.id, document.id), until)
        found.append(
            {
                "paper": document.paper_code,
                "kind": document.kind,
                "filename": document.filename,
                "size": document.size,
                "sha256": document.sha256,
                "uploaded_at": _iso(document.uploaded_at),
                "href": href,
            }
        )
    return found


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).isoformat() if moment else None
