"""The rights of this service, as types: a route's signature is its access policy."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require

Citizen = Annotated[Caller, Depends(require("citizen"))]
#: Whoever may see a payment: its payer, staff of a body that it concerns, auditors.
Reader = Annotated[Caller, Depends(require("citizen", "officer", "leader", "cashier", "auditor"))]
#: Who takes money at a counter.
Cashier = Annotated[Caller, Depends(require("cashier"))]
#: Who may have money given back, each as far as the refund's own rules go.
Refunder = Annotated[Caller, Depends(require("cashier", "officer", "leader"))]
ShiftReader = Annotated[Caller, Depends(require("cashier", "leader", "auditor"))]
#: Who sees the books of their bodies.
BookReader = Annotated[Caller, Depends(require("cashier", "leader", "auditor"))]
Leader = Annotated[Caller, Depends(require("leader"))]
#: Who compares a day's payments with statements: staff of the top body only (`reconciliation/rights.py`).
Reconciler = Annotated[Caller, Depends(require("cashier", "leader"))]
Auditor = Annotated[Caller, Depends(require("auditor"))]
