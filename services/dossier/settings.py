"""Settings of the dossier service."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from kit.settings import ServiceSettings


class Settings(ServiceSettings):
    catalog_url: str = "http://127.0.0.1:8001"
    gateway_url: str = "http://127.0.0.1:8000"
    payment_url: str = "http://127.0.0.1:8003"
    #: Where text messages and mail are handed over: POST {reference, to, text}. Without one, none are sent.
    sms_url: str | None = None
    email_url: str | None = None
    #: ClamAV's daemon: tcp://host:port or unix:///path. Without one, files are not scanned.
    clamd: str | None = None
    #: How long a file is one scanner's; one that fell is followed by the next after it. Longer than a scan.
    scan_lease_seconds: int = Field(default=180, ge=1, le=3600)
    storage_url: str = Field(description="file:///folder or s3://bucket/prefix, for documents")
    #: As letters name the place.
    province: str = "Hòa Bình"
    max_document_bytes: int = Field(default=25 * 1024 * 1024, ge=1)
    #: Rules 13 of section 2: how long a citizen has to answer a supplement request.
    supplement_days: int = Field(default=30, ge=1, le=365)
    payment_days: int = Field(default=30, ge=1, le=365)
    #: Drafts that nobody saved for so long are deleted; the citizen is told `draft_notice_days` before.
    draft_days: int = Field(default=30, ge=2, le=365)
    draft_notice_days: int = Field(default=3, ge=1, le=30)
    #: Days before the end of the citizen's turn when they are reminded.
    reminder_days: int = Field(default=5, ge=1, le=30)
    #: The last year whose swapped working days are announced; promises beyond are provisional.
    announced_until: date = date(2026, 12, 31)
    #: The share of all dossiers of a year to be received online, for bodies to which neither they nor those
    #: above them were assigned another: Decision 2566/QĐ-UBND (23/10/2020).
    default_target: Decimal = Field(default=Decimal("0.20"), gt=0, le=1)
    default_target_decision: str = "2566/QĐ-UBND"
    default_target_decided_on: date = date(2020, 10, 23)
    #: Under which open data may be used (Decree 47/2020/NĐ-CP, Article 17 and following, leaves it to whoever
    #: publishes).
    open_data_licence: str = "CC BY 4.0"
    open_data_licence_url: str = "https://creativecommons.org/licenses/by/4.0/"
