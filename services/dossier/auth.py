"""The rights of this service, as types: a route's signature is its access policy."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require
from services.dossier.status import Who

Citizen = Annotated[Caller, Depends(require("citizen"))]
Officer = Annotated[Caller, Depends(require("officer", "leader"))]
Leader = Annotated[Caller, Depends(require("leader"))]
Staff = Annotated[Caller, Depends(require("officer", "leader", "auditor"))]
#: Whoever may see a dossier: its owner, or staff of a body that it concerns.
Reader = Annotated[Caller, Depends(require("citizen", "officer", "leader", "auditor", "cashier"))]
CitizenOrOfficer = Annotated[Caller, Depends(require("citizen", "officer", "leader"))]


def who(caller: Caller, owner: str) -> frozenset[Who]:
    """What the caller is to a dossier of `owner`."""
    roles = {Who(role) for role in ("officer", "leader") if role in caller.roles}
    if caller.sub == owner and "citizen" in caller.roles:
        roles.add(Who.OWNER)
    return frozenset(roles)
