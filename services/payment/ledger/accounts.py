"""The account to which a body's fees go, from a day on."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.auth import Caller
from services.payment import queries as payments
from services.payment.ledger import queries
from services.payment.ledger.errors import AccountOverlaps
from services.payment.ledger.schemas import NewAccount
from services.payment.models import PayeeAccount


async def put(
    session: AsyncSession, caller: Caller, agency: str, new: NewAccount, at: datetime
) -> PayeeAccount:
    """The new one stands from its day on, the former ends there. Raises AccountOverlaps for a day that is not
    after the former's first."""
    await payments.lock_words(session, f"payee-account {agency}")
    earlier = list(await queries.accounts(session, agency))
    if earlier:
        last = earlier[-1]
        if last.valid.lower is None or new.valid_from <= last.valid.lower:
            raise AccountOverlaps(valid_from=str(last.valid.lower))
        last.valid = Range(last.valid.lower, new.valid_from)
        session.add(last)
        await session.flush()
    account = PayeeAccount(
        agency=agency, valid=Range(new.valid_from, None), **new.model_dump(exclude={"valid_from"})
    )
    session.add(account)
    await session.flush()
    await events.append(
        session,
        events.Event(
            subject=str(uuid4()),
            seq=1,
            type="payee-account.set",
            time=at,
            actor=caller.actor,
            agency=agency,
            audience="internal",
            data={"agency": agency, "valid_from": str(new.valid_from), "decision": new.decision},
        ),
    )
    return account
