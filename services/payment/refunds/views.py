"""From rows to answers. Pure."""

from __future__ import annotations

from kit.auth import Caller
from kit.problem import Language
from services.payment.models import Payment
from services.payment.refunds.models import Refund
from services.payment.refunds.schemas import RefundView
from services.payment.refunds.status import LABEL, RefundSignal, RefundStatus, possible

#: Action of the address → signal, in the order of the buttons.
ACTIONS = {
    "request": RefundSignal.ASK,
    "approve": RefundSignal.APPROVE,
    "reject": RefundSignal.REJECT,
    "retry": RefundSignal.RETRY,
}
#: Shown as they are.
_SAME = set(RefundView.model_fields) & set(Refund.model_fields)
#: What only a leader may.
LEADERS = ("approve", "reject")


def refund(row: Refund, payment: Payment, caller: Caller, language: Language) -> RefundView:
    return RefundView(
        **{name: getattr(row, name) for name in _SAME},
        status_label=LABEL[RefundStatus(row.status)][language],
        dossier_id=payment.dossier_id,
        dossier_code=payment.dossier_code,
        actions=_actions(row, caller),
    )


def _actions(row: Refund, caller: Caller) -> list[str]:
    """Those that would work for this caller now."""
    if not caller.roles & {"cashier", "officer", "leader"}:
        return []
    found = [
        action
        for action, signal in ACTIONS.items()
        if possible(row.status, signal) and (action not in LEADERS or "leader" in caller.roles)
    ]
    if "approve" in found and row.second_person and row.requested_by == caller.actor:
        found.remove("approve")
    if row.status == RefundStatus.APPROVED and not row.by_provider:
        found.append("pay-out")
    return found
