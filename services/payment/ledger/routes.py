"""`/v1/ledger`: the books of one's bodies, the proof that they hold, and the accounts of bodies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kit.auth import Forbidden
from kit.clock import VIETNAM
from kit.db import Session
from kit.problem import FieldFault, InvalidInput
from services.payment import queries as payments
from services.payment.auth import Auditor, BookReader, Leader
from services.payment.ledger import accounts, queries
from services.payment.ledger.schemas import (
    Accounts,
    AccountView,
    Balance,
    Balances,
    Imbalance,
    NewAccount,
    Proof,
    Sums,
)
from services.payment.models import PayeeAccount
from services.payment.till import Desk

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])
AgencyCode = Annotated[str, Path(pattern=r"^[0-9A-Z.]{3,35}$")]
_LONGEST = timedelta(days=366)
_RANGE = {"vi": "from không sau to, nhiều nhất một năm.", "en": "from not after to, at most a year."}


@router.get("/balances")
async def get_balances(
    caller: BookReader,
    session: Session,
    desk: Desk,
    response: Response,
    first: Annotated[date | None, Query(alias="from", ge=date(2000, 1, 1), le=date(2099, 12, 31))] = None,
    last: Annotated[date | None, Query(alias="to", ge=date(2000, 1, 1), le=date(2099, 12, 31))] = None,
    agency: Annotated[str | None, Query(pattern=r"^[0-9A-Z.]{3,35}$", description="or below")] = None,
    provider: Annotated[str | None, Query(max_length=40)] = None,
) -> Balances:
    """Per body, provider and day; by default today."""
    today = desk.clock.now().astimezone(VIETNAM).date()
    first = first or last or today
    last = last or max(first, today)
    if last < first or last - first > _LONGEST:
        raise InvalidInput(errors=[FieldFault("period", _RANGE, parameter="from")])
    rows = await queries.balances(session, caller, first, last, agency, provider)
    items = [_balance(row) for row in rows]
    response.headers["Cache-Control"] = "no-store"
    return Balances(
        items=items, total=Sums(**{n: sum(getattr(i, n) for i in items) for n in Sums.model_fields})
    )


def _balance(row: tuple[str, str, str, date, int, int, int, int, int, int]) -> Balance:
    agency, name, provider, day, *sums = row
    captured, overpaid, refunded, fee, charge, owed = (int(value) for value in sums)
    return Balance(
        agency=agency,
        agency_name=name,
        provider=provider,
        day=day,
        captured=captured,
        overpaid=overpaid,
        refunded=refunded,
        held=captured + overpaid - refunded,
        fee=fee,
        charge=charge,
        owed=owed,
    )


@router.get("/proof")
async def get_proof(caller: Auditor, session: Session) -> Proof:
    """Whether captured − refunded = ledger, payment by payment and refund by refund, of all bodies."""
    found = await queries.imbalances(session)
    names = ("id", "what", "said", "booked")
    return Proof(
        balanced=not found, imbalances=[Imbalance(**dict(zip(names, row, strict=True))) for row in found]
    )


@router.get("/accounts/{agency}")
async def get_accounts(agency: AgencyCode, caller: BookReader, session: Session) -> Accounts:
    """Oldest first; of one's own bodies."""
    if "auditor" not in caller.roles and not await payments.concerns(session, caller, agency):
        raise Forbidden(roles="leader")
    return Accounts(items=[_account(row) for row in await queries.accounts(session, agency)])


@router.put("/accounts/{agency}")
async def put_account(
    agency: AgencyCode, new: NewAccount, caller: Leader, session: Session, desk: Desk
) -> AccountView:
    """The account of a body from a day on, and of those below it that have none. By a leader of the body or
    of one above it."""
    if not await payments.concerns(session, caller, agency):
        raise Forbidden(roles="leader")
    return _account(await accounts.put(session, caller, agency, new, desk.clock.now()))


def _account(row: PayeeAccount) -> AccountView:
    return AccountView(
        valid_from=row.valid.lower,
        valid_to=row.valid.upper and row.valid.upper - timedelta(days=1),
        **row.model_dump(include=set(AccountView.model_fields) - {"valid_from", "valid_to"}),
    )
