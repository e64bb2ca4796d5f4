"""Takes one receipt at a time to the issuer: to be signed, or to be told that it is cancelled."""

from __future__ import annotations

from typing import Any

from services.payment.receipts import commands, queries
from services.payment.receipts.issuer import Cancelled, InDoubt, Issuer, Refused, Signed
from services.payment.receipts.models import Receipt
from services.payment.receipts.status import ReceiptStatus
from services.payment.till import Till


class Signer:
    """Safe on many replicas at once: each receipt is leased before the issuer hears of it, in a transaction
    of its own, and what it said is written in another."""

    name = "payment-receipts"

    def __init__(self, till: Till, issuer: Issuer) -> None:
        self._till, self._issuer = till, issuer

    async def step(self) -> bool:
        now = self._till.clock.now()
        async with self._till.database.transaction() as session:
            claimed = await queries.claim(session, now)
        if claimed is None:
            return False
        said = await self._tell(claimed)
        async with self._till.database.transaction() as session:
            receipt, payment = await queries.told(session, claimed.id)
            # Signed meanwhile by another: nothing is left. Cancelled meanwhile: the issuer is told next.
            if receipt.status == claimed.status:
                await commands.learn(session, receipt, payment, said, self._till.clock.now())
        return True

    async def _tell(self, receipt: Receipt) -> Signed | Cancelled | Refused | InDoubt:
        if receipt.status == ReceiptStatus.CANCELLED:
            return await self._issuer.cancel(receipt.id, receipt.reason or "")
        return await self._issuer.sign(receipt.id, self._paper(receipt))

    def _paper(self, receipt: Receipt) -> dict[str, Any]:
        """What the issuer signs: what stands on the receipt."""
        payer = self._till.vault.open(receipt.payer_facts) if receipt.payer_facts else {}
        return {
            "kind": receipt.kind,
            "agency": receipt.agency,
            "agency_name": receipt.agency_name,
            "tax_code": receipt.tax_code,
            "form_code": receipt.form_code,
            "series": receipt.series,
            "number": f"{receipt.number:07d}",
            "payer_name": payer.get("name", ""),
            "dossier_code": receipt.dossier_code,
            "lines": [{"name": line["name"], "amount": line["amount"]} for line in receipt.lines],
            "amount": receipt.amount,
            "issued_at": receipt.issued_at.isoformat(),
            "replaces": str(receipt.replaces) if receipt.replaces else None,
        }
