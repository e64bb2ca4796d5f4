"""What callers and the provider send, and what they see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

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
    provider: Literal["payment-platform"]
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
    reference: str
    next_url: str | None
    failure: str | None
    provider_transaction: str | None
    bank: str | None
    overpaid: bool
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


#: No control characters, which PostgreSQL or a log could not hold. Not normalised: the checksum is over
#: what was sent.
_CLEAN = r"^[^\x00-\x1f]*$"
Short = Annotated[str, Field(max_length=64, pattern=_CLEAN)]
Long = Annotated[str, Field(max_length=255, pattern=_CLEAN)]


class Confirmation(BaseModel):
    """CONFIRM of the Payment Platform: strings, also where a partner sends numbers. Fields that the
    protocol may gain are ignored; the checksum does not cover them."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    LoaiBanTin: Short
    MaLoi: Short
    MaDoiTac: Short
    MaThamChieu: Long
    SoTien: Annotated[str, Field(pattern=r"^[0-9]{1,15}$")]
    MaTienTe: Short
    MaGiaoDich: Long = ""
    MaNganHang: Short = ""
    ThoiGianGD: Short
    ThongTinGiaoDich: Annotated[str, Field(max_length=1000, pattern=_CLEAN)] = ""
    MaXacThuc: Annotated[str, Field(max_length=128, pattern=_CLEAN)]


class ConfirmationAnswer(BaseModel):
    """`MaLoi` 00: done, also when it was done before."""

    MaLoi: str
    MoTaLoi: str
    MaDoiTac: str
    MaThamChieu: str
    ThoiGianGD: str
    MaXacThuc: str
