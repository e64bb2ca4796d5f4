"""Who may reconcile. A provider's account is the whole province's, so a day cannot be divided: staff of the
body that has none above it work on it, auditors read it. Others see their bodies' rows of the report.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller
from services.payment.auth import BookReader, Reconciler
from services.payment.reconciliation.errors import ProvinceOnly
from services.payment.reconciliation.queries import is_top
from services.payment.till import Desk, Till


async def _check(caller: Caller, desk: Till) -> None:
    """In a transaction of its own, so that none waits while a file is read."""
    async with desk.database.transaction() as session:
        if not await is_top(session, caller.agency):
            raise ProvinceOnly()


async def _writer(caller: Reconciler, desk: Desk) -> Caller:
    await _check(caller, desk)
    return caller


async def _reader(caller: BookReader, desk: Desk) -> Caller:
    if "auditor" not in caller.roles:
        await _check(caller, desk)
    return caller


#: Cashiers and leaders of the top body.
Writer = Annotated[Caller, Depends(_writer)]
#: They, and auditors.
Reader = Annotated[Caller, Depends(_reader)]
