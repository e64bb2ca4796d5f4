"""Addresses that open one file without a token, until they expire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.fernet import InvalidToken

from services.dossier.errors import LinkInvalid
from services.dossier.office import Office


@dataclass(frozen=True)
class Link:
    dossier_id: UUID
    document_id: UUID


def seal_link(office: Office, link: Link, expires: datetime) -> str:
    sealed = office.vault.seal([str(link.dossier_id), str(link.document_id), expires.timestamp()])
    path = f"/v1/dossiers/{link.dossier_id}/documents/{link.document_id}/content"
    return f"{office.settings.public_url}{path}?link={sealed.decode()}"


def open_link(office: Office, token: str) -> Link:
    """Raises LinkInvalid for a forged or expired one."""
    try:
        dossier_id, document_id, expires = office.vault.open(token.encode())
    except (InvalidToken, ValueError, TypeError):
        raise LinkInvalid from None
    if office.clock.now().timestamp() > expires:
        raise LinkInvalid
    return Link(UUID(dossier_id), UUID(document_id))
