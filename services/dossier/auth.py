"""The rights of this service, as types: a route's signature is its access policy."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require

Citizen = Annotated[Caller, Depends(require("citizen"))]
Officer = Annotated[Caller, Depends(require("officer", "leader"))]
Leader = Annotated[Caller, Depends(require("leader"))]
Staff = Annotated[Caller, Depends(require("officer", "leader", "auditor"))]
#: Whoever may see a dossier: its owner, or staff of a body that it concerns.
Reader = Annotated[Caller, Depends(require("citizen", "officer", "leader", "auditor", "cashier"))]
CitizenOrOfficer = Annotated[Caller, Depends(require("citizen", "officer", "leader"))]
#: A district's own system, by its client credentials.
System = Annotated[Caller, Depends(require("system"))]
SystemOrOffice = Annotated[Caller, Depends(require("system", "officer", "leader"))]
SystemOrLeader = Annotated[Caller, Depends(require("system", "leader"))]
SystemOrStaff = Annotated[Caller, Depends(require("system", "officer", "leader", "auditor"))]
Auditor = Annotated[Caller, Depends(require("auditor"))]
