"""The provider's own bill of a payment, passed on and not kept."""

from __future__ import annotations

from uuid import UUID

from kit.auth import Caller
from services.payment import queries
from services.payment.commands.doubt import attempt
from services.payment.errors import BillMissing, ProviderDown
from services.payment.providers.port import Bill, InDoubt, Refused
from services.payment.status import Status
from services.payment.till import Till


async def bill_of(till: Till, caller: Caller, payment_id: UUID) -> Bill:
    """Raises PaymentMissing, BillMissing (not paid, or the provider issues none), ProviderDown."""
    async with till.database.transaction() as session:
        payment = await queries.payment(session, payment_id, caller)
    provider = till.providers.get(payment.provider)
    if provider is None or payment.status != Status.SUCCEEDED or not payment.provider_time:
        raise BillMissing()
    found = await provider.bill(attempt(payment), payment.provider_time)
    if isinstance(found, Refused):
        raise BillMissing()
    if isinstance(found, InDoubt):
        raise ProviderDown(headers={"Retry-After": "10"})
    return found
