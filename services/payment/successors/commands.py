"""The account of a body that has ended goes to its successor, with what its receipts are numbered by.

Payments, receipts and books of before stay with the old body.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from kit import events
from kit.clock import Clock
from services.payment import queries as payments
from services.payment.models import PayeeAccount
from services.payment.successors import queries
from services.payment.successors.models import SuccessionWork

_ACTOR = "service:payment"
_KEPT = {"id", "agency", "valid"}


async def want(session: AsyncSession) -> None:
    """A row of work for each body of the copy that was succeeded; the last of its successors has it."""
    await session.execute(
        text(
            "INSERT INTO succession_work AS work (old, new, starts, accounts)"
            " SELECT code, successors[cardinality(successors)], succeeded_on, 0 FROM body"
            " WHERE cardinality(successors) > 0 AND succeeded_on IS NOT NULL ORDER BY code"
            " ON CONFLICT (old) DO UPDATE SET new = excluded.new WHERE work.new <> excluded.new"
        )
    )


async def follow(session: AsyncSession, clock: Clock) -> bool:
    """Take over the account of one old body; True while there may be more."""
    work = await queries.claim(session)
    if work is None:
        return False
    for agency in sorted((work.old, work.new)):
        await payments.lock_words(session, f"payee-account {agency}")
    account = await queries.account_of(session, work.old, work.starts)
    carried = account is not None and not await queries.has_account(session, work.new, work.starts)
    work.done_at = clock.now()
    session.add(work)
    if account is None:
        return True
    after = account.valid.upper
    account.valid = Range(account.valid.lower, work.starts)
    session.add(account)
    await session.flush()
    if carried:
        work.accounts = 1
        valid = Range(work.starts, after)
        session.add(PayeeAccount(agency=work.new, valid=valid, **account.model_dump(exclude=_KEPT)))
        await session.flush()
        await _go_on_numbering(session, work, account.tax_code)
    await _tell(session, clock, work, carried=carried)
    return True


async def _go_on_numbering(session: AsyncSession, work: SuccessionWork, tax_code: str) -> None:
    """What names a receipt outside is tax code, form, series and number: with the same tax code, the numbers
    go on after the last one that was given."""
    names = {"old": work.old, "new": work.new, "tax_code": tax_code, "year": work.starts.year}
    await session.execute(
        text(
            "INSERT INTO receipt_form (agency, kind, form_code, letters)"
            " SELECT :new, kind, form_code, letters FROM receipt_form WHERE agency = :old"
            " ON CONFLICT DO NOTHING"
        ),
        names,
    )
    await session.execute(
        text(
            "INSERT INTO receipt_series AS series (agency, year, form_code, series, tax_code, last)"
            " SELECT :new, year, form_code, series, tax_code, last FROM receipt_series"
            " WHERE agency = :old AND tax_code = :tax_code AND year >= :year ORDER BY year, form_code, series"
            " ON CONFLICT (agency, year, form_code, series)"
            " DO UPDATE SET last = greatest(series.last, excluded.last)"
        ),
        names,
    )


async def _tell(session: AsyncSession, clock: Clock, work: SuccessionWork, *, carried: bool) -> None:
    await events.append(
        session,
        events.Event(
            subject=str(uuid4()),
            seq=1,
            type="payee-account.moved",
            time=clock.now(),
            actor=_ACTOR,
            agency=work.new,
            audience="internal",
            data={"from": work.old, "to": work.new, "starts": str(work.starts), "carried": carried},
        ),
    )
