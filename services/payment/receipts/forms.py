"""Under which form code and letters a body numbers its receipts, from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from kit.problem import FieldFault, InvalidInput
from services.payment import queries as payments
from services.payment.receipts import queries
from services.payment.receipts.models import ReceiptForm
from services.payment.receipts.schemas import NewForm
from services.payment.receipts.status import KINDS, Kind

_APART = {
    "vi": "Phí và lệ phí phải dùng mẫu số khác nhau.",
    "en": "phí and lệ phí need form codes that differ.",
}


async def put(
    session: AsyncSession, caller: Caller, agency: str, kind: Kind, new: NewForm, at: datetime
) -> ReceiptForm:
    """Receipts that exist keep theirs; a new form or series begins with number 1. Raises InvalidInput where
    the body's other kind has this form code."""
    await payments.lock_words(session, f"receipt-form {agency}")
    effective = await queries.forms(session, agency)
    if any(effective[other].form_code == new.form_code for other in KINDS if other != kind):
        raise InvalidInput(errors=[FieldFault("form-code-taken", _APART, pointer="/form_code")])
    form = await queries.form(session, agency, kind) or ReceiptForm(
        agency=agency, kind=kind, form_code=new.form_code, letters=new.letters
    )
    form.form_code, form.letters = new.form_code, new.letters
    session.add(form)
    await session.flush()
    await events.append(
        session,
        events.Event(
            subject=str(uuid4()),
            seq=1,
            type="receipt-form.set",
            time=at,
            actor=caller.actor,
            agency=agency,
            audience="internal",
            data={"agency": agency, "kind": kind, **new.model_dump()},
        ),
    )
    return form
