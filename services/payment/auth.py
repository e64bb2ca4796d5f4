"""The rights of this service, as types: a route's signature is its access policy."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require

Citizen = Annotated[Caller, Depends(require("citizen"))]
#: Whoever may see a payment: its payer, staff of a body that it concerns, auditors.
Reader = Annotated[Caller, Depends(require("citizen", "officer", "leader", "cashier", "auditor"))]
