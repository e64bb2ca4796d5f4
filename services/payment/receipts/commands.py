"""Receipts are issued with the success of their payment; later they are signed, cancelled, replaced."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events, versions
from kit.auth import Caller
from kit.clock import VIETNAM
from kit.jobs import backoff
from services.payment import queries as payments
from services.payment.models import Body, Payment
from services.payment.receipts import queries
from services.payment.receipts.errors import ReceiptCancelled
from services.payment.receipts.issuer import Cancelled, InDoubt, Refused, Signed
from services.payment.receipts.models import Receipt, ReceiptForm
from services.payment.receipts.status import ReceiptStatus
from services.payment.till import Till

_ACTOR = "service:payment"
_NOBODY = {"bank": "", "number": "", "tax_code": ""}


@dataclass(frozen=True)
class Cancelling:
    """`payer_name`: as it must stand on the replacement, where it was wrong."""

    reason: str
    replace: bool
    payer_name: str | None = None


async def hold(session: AsyncSession, payment: Payment, at: datetime) -> None:
    """Lock the number series that `issue` will draw from. Series are locked before the event log, so whoever
    appends an event earlier in the transaction of a success calls this before that."""
    for form in await _forms(session, payment):
        await _draw(
            session, payment.resolving_agency, form, at, tax_code=_payee(payment)["tax_code"], taken=0
        )


async def issue(session: AsyncSession, payment: Payment, at: datetime) -> None:
    """One receipt for the phí and one for the lệ phí of a payment that succeeds in this transaction."""
    made = []
    for form in await _forms(session, payment):
        receipt = await _draw_up(session, payment, form, _payee(payment), at)
        receipt.payer_facts = payment.payer_facts
        made.append(receipt)
    session.add_all(made)
    await events.append_all(session, [_event(receipt, payment, "issued", at, _ACTOR) for receipt in made])


async def cancel(
    session: AsyncSession, till: Till, caller: Caller, receipt_id: UUID, version: int, wish: Cancelling
) -> tuple[Receipt, Payment]:
    """The receipt stays, with the reason; with `replace` the next number stands in its place, for what is
    known of the body's account on the payment's day by now. Raises ReceiptMissing, VersionChanged,
    ReceiptCancelled."""
    receipt, payment = await queries.kept(session, receipt_id, caller)
    versions.check(version, receipt.version)
    if receipt.status == ReceiptStatus.CANCELLED:
        replaced_by = str(receipt.replaced_by) if receipt.replaced_by else None
        raise ReceiptCancelled(number=f"{receipt.number:07d}", replaced_by=replaced_by)
    now = till.clock.now()
    receipt.status, receipt.version = ReceiptStatus.CANCELLED, receipt.version + 1
    receipt.cancelled_at, receipt.cancelled_by, receipt.reason = now, caller.actor, wish.reason
    # An issuer that was never asked has nothing to be told.
    receipt.next_try, receipt.attempts = (now if receipt.attempts else None), 0
    receipt.last_error = None
    session.add(receipt)
    await session.flush()  # before the replacement, which else would be the second that stands
    if not wish.replace:
        await events.append(session, _event(receipt, payment, "cancelled", now, caller.actor))
        return receipt, payment
    new = await _replacement(session, till, receipt, payment, wish.payer_name)
    session.add(new)
    await session.flush()
    receipt.replaced_by = new.id
    happened = [
        _event(receipt, payment, "replaced", now, caller.actor),
        _event(new, payment, "issued", now, caller.actor),
    ]
    await events.append_all(session, happened)
    return receipt, payment


async def learn(
    session: AsyncSession,
    receipt: Receipt,
    payment: Payment,
    said: Signed | Cancelled | Refused | InDoubt,
    now: datetime,
) -> None:
    """Write down what the issuer said of a locked receipt, whose status is still that of the question."""
    match said:
        case Signed(code, at):
            receipt.status, receipt.version = ReceiptStatus.SIGNED, receipt.version + 1
            receipt.signature, receipt.signed_at = code, at
            receipt.next_try = receipt.last_error = None
            session.add(receipt)
            await events.append(session, _event(receipt, payment, "signed", now, _ACTOR, "internal"))
        case Cancelled():
            receipt.told_at = now
            receipt.next_try = receipt.last_error = None
        case Refused(reason):
            receipt.next_try, receipt.last_error = None, reason[:300]
        case InDoubt(error):
            receipt.next_try = now + timedelta(seconds=60 * backoff(receipt.attempts))
            receipt.last_error = error[:300]


async def _replacement(
    session: AsyncSession, till: Till, receipt: Receipt, payment: Payment, payer_name: str | None
) -> Receipt:
    now = till.clock.now()
    form = (await queries.forms(session, payment.resolving_agency))[receipt.kind]
    account = await payments.payee_account(session, payment.resolving_agency, payment.created_at)
    payee = account.model_dump() if account else _payee(payment)
    new = await _draw_up(session, payment, form, payee, now)
    new.replaces, new.payer_facts = receipt.id, receipt.payer_facts
    if payer_name is not None:
        known = till.vault.open(receipt.payer_facts) if receipt.payer_facts else {}
        new.payer_facts = till.vault.seal({**known, "name": payer_name})
    return new


async def _forms(session: AsyncSession, payment: Payment) -> list[ReceiptForm]:
    """Of the kinds of line that the payment has, in the order in which series are locked."""
    kinds = {line["kind"] for line in payment.lines}
    found = await queries.forms(session, payment.resolving_agency)
    return sorted((found[kind] for kind in kinds), key=lambda form: (form.form_code, form.letters))


def _payee(payment: Payment) -> Mapping[str, Any]:
    return payment.payee or _NOBODY


async def _draw_up(
    session: AsyncSession, payment: Payment, form: ReceiptForm, payee: Mapping[str, Any], at: datetime
) -> Receipt:
    """With the next number of its series."""
    agency = payment.resolving_agency
    body = await session.get(Body, agency)
    lines = [line for line in payment.lines if line["kind"] == form.kind]
    year, series, number = await _draw(session, agency, form, at, tax_code=payee["tax_code"], taken=1)
    return Receipt(
        kind=form.kind,
        agency=agency,
        agency_name=body.name if body else agency,
        tax_code=payee["tax_code"],
        bank=payee["bank"],
        account=payee["number"],
        year=year,
        form_code=form.form_code,
        series=series,
        number=number,
        verification_code=_verification_code(),
        payment_id=payment.id,
        dossier_code=payment.dossier_code,
        procedure_code=payment.procedure_code,
        procedure_name=payment.procedure_name,
        lines=lines,
        amount=sum(line["amount"] for line in lines),
        provider=payment.provider,
        method=payment.method,
        transaction=str(payment.provider_transaction),
        issued_at=at,
        next_try=at,
    )


async def _draw(
    session: AsyncSession, agency: str, form: ReceiptForm, at: datetime, *, tax_code: str, taken: int
) -> tuple[int, str, int]:
    """Year in Vietnam, series ("HB-20E"), last of `taken` new numbers. The counter's row stays locked until
    the commit, so there are no doubles, and what is rolled back leaves no gap. What names a receipt outside
    is tax code, form, series and number: where an ended body and its successor share a tax code, they share
    the successor's counter."""
    day = at.astimezone(VIETNAM).date()
    series = f"{form.letters}-{day:%y}E"
    number = await session.scalar(
        text(
            "INSERT INTO receipt_series (agency, year, form_code, series, tax_code, last) VALUES ("
            f"{_NUMBERED_BY},"
            " :year, :form_code, :series, :tax_code, :taken) ON CONFLICT (agency, year, form_code, series)"
            " DO UPDATE SET last = receipt_series.last + :taken, tax_code = excluded.tax_code RETURNING last"
        ),
        {
            "agency": agency,
            "year": day.year,
            "form_code": form.form_code,
            "series": series,
            "tax_code": tax_code,
            "taken": taken,
        },
    )
    return day.year, series, int(number)


#: Whose counter it is: the successor's, if that one numbers under this tax code, or if the old body itself
#: never did in this series; else the body's own.
_NUMBERED_BY = """coalesce((
  SELECT heir FROM (SELECT successors[cardinality(successors)] AS heir FROM body WHERE code = :agency) AS one
  WHERE heir IS NOT NULL AND (
    EXISTS (SELECT FROM receipt_series WHERE (agency, year, form_code, series, tax_code)
      = (heir, :year, :form_code, :series, :tax_code))
    OR NOT EXISTS (SELECT FROM receipt_series WHERE (agency, year, form_code, series, tax_code)
      = (:agency, :year, :form_code, :series, :tax_code)))
), :agency)"""


def _verification_code() -> str:
    """100 random bits in base 32: "K7QX-…" in five groups of four."""
    raw = base64.b32encode(secrets.token_bytes(13)).decode()[:20]
    return "-".join(raw[i : i + 4] for i in range(0, 20, 4))


def _event(
    receipt: Receipt,
    payment: Payment,
    what: str,
    at: datetime,
    actor: str,
    audience: events.Audience = "public",
) -> events.Event:
    """`receipt.<what>`; no person in it."""
    return events.Event(
        subject=str(receipt.id),
        seq=receipt.version,
        type=f"receipt.{what}",
        time=at,
        actor=actor,
        agency=payment.agency,
        audience=audience,
        data={
            "payment_id": str(payment.id),
            "dossier_id": str(payment.dossier_id),
            "dossier_code": payment.dossier_code,
            "kind": receipt.kind,
            "form_code": receipt.form_code,
            "series": receipt.series,
            "number": receipt.number,
            "amount": receipt.amount,
            "status": receipt.status,
            "replaces": str(receipt.replaces) if receipt.replaces else None,
            "replaced_by": str(receipt.replaced_by) if receipt.replaced_by else None,
        },
    )
