"""Which scripted faults the issuer knows; the scripting itself is the portal mock's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import Response
from fastapi.responses import JSONResponse

from mocks.national_portal.faults import Fault

#: down: nothing is done, 502. refuse: nothing is done, and the answer is no. slow: done and answered after
#: `seconds`. timeout-after-success: done, and after `seconds` a 504.
_ANY = ("down", "refuse", "slow", "timeout-after-success")
KINDS: dict[str, tuple[str, ...]] = {"sign": _ANY, "cancel": _ANY}


async def met(fault: Fault | None, work: Callable[[], Response]) -> Response:
    """The answer of `work`, by way of the fault."""
    if fault is None:
        return work()
    if fault.kind == "down":
        return Response("Bad Gateway", 502)
    if fault.kind == "refuse":
        return JSONResponse({"code": "refused", "title": "The tax code is not registered."}, 422)
    answer = work()
    await asyncio.sleep(fault.seconds)
    return Response("Gateway Timeout", 504) if fault.kind == "timeout-after-success" else answer
