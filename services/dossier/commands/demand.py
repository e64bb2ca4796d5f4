"""A payment that only the processing showed to be due (tax on land, for one): required, and settled."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import FieldFault, InvalidInput
from services.dossier import queries
from services.dossier.commands import clock
from services.dossier.commands.step import Move, record, step
from services.dossier.models import Dossier, FeeDue
from services.dossier.office import Office
from services.dossier.schemas import PaymentDemand
from services.dossier.status import Action, Status

_PAST = {"vi": "Hạn nộp phải sau hôm nay.", "en": "The due date must be after today."}
#: Fees of a dossier that ended so are given back, by the lines' own rule.
_GIVEN_BACK = (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED)


async def require(
    session: AsyncSession, office: Office, caller: Caller, dossier: Dossier, demand: PaymentDemand
) -> None:
    """The clock stops until the lines are paid. Raises InvalidInput."""
    async with step(session, office, caller, dossier, Action.REQUIRE_PAYMENT) as move:
        today = move.at.astimezone(VIETNAM).date()
        due_on = demand.due_on or today + timedelta(days=office.settings.payment_days)
        if due_on <= today:
            raise InvalidInput(errors=[FieldFault("due-in-the-past", _PAST, pointer="/due_on")])
        earlier = [fee for fee in await queries.fees(session, dossier.id) if fee.lines]
        fee = FeeDue(
            dossier_id=dossier.id,
            purpose=f"additional-{len(earlier) + 1}",
            amount=sum(line.amount for line in demand.lines),
            lines=[line.model_dump() for line in demand.lines],
        )
        session.add(fee)
        await clock.stop(session, dossier, "payment", move.at)
        dossier.waiting_until = datetime.combine(due_on + timedelta(days=1), time.min, VIETNAM)
        move.note, move.due_at = demand.reason, dossier.waiting_until
        move.owed = fee.amount
        move.data = {"purpose": fee.purpose, "amount": fee.amount}


async def settle(
    session: AsyncSession, office: Office, payer: Caller, dossier: Dossier, fee: FeeDue, at: datetime
) -> None:
    """`fee` was paid. The clock goes on when nothing that was required is open any more. A dossier that
    was closed meanwhile is no error: its refund is proposed (rules, section 2)."""
    fee.settled_at = at
    move = Move(at=at, data={"purpose": fee.purpose, "amount": fee.amount})
    if dossier.status in _GIVEN_BACK:
        fee.refund_proposed_at = at
        session.add(fee)
        await record(session, office, payer, dossier, "dossier.refund-proposed", move)
        return
    session.add(fee)
    await record(session, office, payer, dossier, "dossier.fee-settled", move)
    due = [fee for fee in await queries.fees(session, dossier.id) if fee.lines and fee.settled_at is None]
    if dossier.status == Status.PAYMENT_REQUIRED and not due:
        async with step(session, office, payer, dossier, Action.SETTLE) as settled:
            await clock.go_on(session, office, dossier, settled.at)
            settled.due_at = dossier.promised_at
