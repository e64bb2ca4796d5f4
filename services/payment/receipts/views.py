"""From rows to answers and to the data of the PDF. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.clock import VIETNAM
from kit.problem import Language
from services.payment.receipts.amount_words import in_words
from services.payment.receipts.models import Receipt
from services.payment.receipts.schemas import ReceiptCheck, ReceiptView
from services.payment.receipts.status import LABEL, ReceiptStatus, title

_COPIED = (
    "id", "version", "status", "kind", "agency", "agency_name", "tax_code", "bank", "account", "form_code",
    "series", "verification_code", "payment_id", "dossier_code", "procedure_code", "procedure_name", "lines",
    "amount", "provider", "method", "transaction", "issued_at", "signature", "signed_at", "cancelled_at",
    "reason", "replaces", "replaced_by",
)  # fmt: skip
_METHODS = {"cash": "Tiền mặt", "card": "Thẻ ngân hàng"}
_PROVIDERS = {"payment-platform": "Nền tảng thanh toán quốc gia", "vnpay": "VNPAY"}


def title_of(row: Receipt) -> str:
    return title(row.kind, signed=row.signature is not None)


def number(row: Receipt) -> str:
    """Seven digits: "0000042"."""
    return f"{row.number:07d}"


def link(row: Receipt, public_url: str) -> str:
    """Where anybody can check it."""
    return f"{public_url}/v1/receipts/verify/{row.verification_code}"


def receipt(row: Receipt, public_url: str, language: Language) -> ReceiptView:
    return ReceiptView(
        **{name: getattr(row, name) for name in _COPIED},
        status_label=LABEL[ReceiptStatus(row.status)][language],
        title=title_of(row),
        number=number(row),
        verification_url=link(row, public_url),
        amount_in_words=in_words(row.amount),
        issuer_refused=row.status == ReceiptStatus.ISSUED and row.next_try is None,
    )


def check(row: Receipt, language: Language) -> ReceiptCheck:
    return ReceiptCheck(
        verification_code=row.verification_code,
        valid=row.status != ReceiptStatus.CANCELLED,
        status=row.status,
        status_label=LABEL[ReceiptStatus(row.status)][language],
        title=title_of(row),
        agency=row.agency,
        agency_name=row.agency_name,
        tax_code=row.tax_code,
        form_code=row.form_code,
        series=row.series,
        number=number(row),
        amount=row.amount,
        issued_on=row.issued_at.astimezone(VIETNAM).date(),
        cancelled_on=row.cancelled_at.astimezone(VIETNAM).date() if row.cancelled_at else None,
        replaced=row.replaced_by is not None,
    )


def printed(row: Receipt, payer_name: str, former: Receipt | None, next_: Receipt | None) -> dict[str, Any]:
    """What the template shows, all of it text. `former` is the receipt that this one replaces, `next_` the
    one that replaces it."""
    return {
        "title": title_of(row),
        "body": row.agency_name,
        "tax_code": row.tax_code,
        "account": f"{row.account} – {row.bank}" if row.account else "",
        "form_code": row.form_code,
        "series": row.series,
        "number": number(row),
        "payer": payer_name,
        "dossier": row.dossier_code,
        "procedure": row.procedure_name,
        "lines": [{"name": line["name"], "amount": dong(line["amount"])} for line in row.lines],
        "total": dong(row.amount),
        "in_words": in_words(row.amount),
        "method": _method(row),
        "transaction": row.transaction,
        "date": _day(row.issued_at),
        "code": row.verification_code,
        "signed": f"{row.signature}, {_day(row.signed_at)}" if row.signed_at else "",
        "cancelled": f"Đã hủy {_day(row.cancelled_at)}. Lý do: {row.reason}" if row.cancelled_at else "",
        "replaces": _named(former),
        "replaced_by": _named(next_),
    }


def dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def _named(row: Receipt | None) -> str:
    return f"{row.series} số {number(row)}" if row else ""


def _method(row: Receipt) -> str:
    if row.method is not None:
        return _METHODS[row.method]
    return f"Trực tuyến qua {_PROVIDERS.get(row.provider, row.provider)}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):ngày %d tháng %m năm %Y}"
