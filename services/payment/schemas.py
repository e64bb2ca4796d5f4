"""What callers and the provider send, and what they see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, Field, StringConstraints, TypeAdapter

from kit.text import Incoming

#: `additional-1`, …: what an officer required during the processing.
Purpose = Annotated[
    str, StringConstraints(pattern=r"^(submission|acceptance|return|additional-[1-9][0-9]?)$")
]
_URL = TypeAdapter(AnyHttpUrl)


def _http_url(text: str) -> str:
    """As browsers read it (WHATWG), so that the origin we check is the origin they go to."""
    url = _URL.validate_python(text)
    if url.username is not None or url.password is not None:
        raise ValueError("credentials in a return address")
    return str(url)


class NewPayment(Incoming):
    """No amount: it is read from the dossier's frozen fee lines."""

    dossier_id: UUID
    purpose: Purpose
    provider: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    return_url: Annotated[str, Field(max_length=2000), AfterValidator(_http_url)]


class PaymentView(BaseModel):
    """Amounts in đồng. `next_url`: where the payer goes on, while the payment is pending."""

    id: UUID
    version: int
    status: str
    status_label: str
    dossier_id: UUID
    dossier_code: str
    purpose: str
    amount: int
    lines: list[dict[str, Any]]
    provider: str
    channel: str
    method: str | None
    reference: str
    next_url: str | None
    failure: str | None
    provider_transaction: str | None
    bank: str | None
    overpaid: bool
    refund_amount_available: int
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    actions: list[str]


class PaymentEvent(BaseModel):
    sequence: int
    type: str
    time: datetime
    actor: str
    data: dict[str, Any] | None


class PaymentEvents(BaseModel):
    items: list[PaymentEvent]
