"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kit.auth import Caller
from kit.problem import Language
from services.payment.models import Payment
from services.payment.refunds import allot
from services.payment.schemas import PaymentEvent, PaymentEvents, PaymentView
from services.payment.status import LABEL, Signal, Status, possible


def payment(row: Payment, caller: Caller, language: Language) -> PaymentView:
    mine = row.payer == caller.sub
    return PaymentView(
        id=row.id,
        version=row.version,
        status=row.status,
        status_label=LABEL[Status(row.status)][language],
        dossier_id=row.dossier_id,
        dossier_code=row.dossier_code,
        purpose=row.purpose,
        amount=row.amount,
        lines=row.lines,
        provider=row.provider,
        channel=row.channel,
        method=row.method,
        reference=row.reference,
        next_url=row.next_url if mine and row.status == Status.PENDING else None,
        failure=row.failure,
        provider_transaction=row.provider_transaction,
        bank=row.bank,
        overpaid=bool(row.overpaid),
        refund_amount_available=allot.refundable(row) if row.status == Status.SUCCEEDED else 0,
        created_at=row.created_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        actions=["cancel"] if mine and possible(row.status, Signal.CANCEL) else [],
    )


def events(rows: Sequence[Mapping[str, Any]]) -> PaymentEvents:
    return PaymentEvents(
        items=[
            PaymentEvent(
                sequence=row["seq"], type=row["type"], time=row["time"], actor=row["actor"], data=row["data"]
            )
            for row in rows
        ]
    )
