"""Scripted faults: what the next calls of a service meet. Which fault a service knows is a table."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse

#: down: nothing is done, 502. error: nothing is done, the portal says so in its own words. slow: done
#: and answered after `seconds`. timeout-after-success: done, and after `seconds` a 504.
_ANY = ("down", "error", "slow", "timeout-after-success")
KINDS: dict[str, tuple[str, ...]] = {
    "login": _ANY,
    **dict.fromkeys(("INIT", "QUERY", "GET_BILL"), _ANY),
    # bad-session: all sessions end, and the call is refused.
    **dict.fromkeys(
        ("CapNhatTienDoHoSoMC", "TraCuuHoSo", "LayThuTuc", "LayDanhSachTTHC", "LayDanhMucCoQuan",
         "LayDanhMucLinhVuc", "TraCuuTechID"),
        (*_ANY, "bad-session"),
    ),
    # duplicate: done, and answered 3 "đã tồn tại", as if an earlier call had done it.
    "DongBoHoSoMC": (*_ANY, "bad-session", "duplicate"),
    # down: never sent. slow: sent `seconds` after the payer has gone back. duplicate: sent twice.
    "CONFIRM": ("down", "slow", "duplicate", "wrong-amount", "wrong-signature"),
}  # fmt: skip


@dataclass
class Fault:
    """`seconds`: how long a slow or lost answer takes."""

    kind: str
    times: int
    seconds: float = 0.0


class Faults:
    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = defaultdict(list)

    def order(self, service: str, fault: Fault) -> None:
        self._waiting[service].append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        return [
            {"service": service, **vars(fault)} for service, all_ in self._waiting.items() for fault in all_
        ]

    def next(self, service: str) -> Fault | None:
        """The fault that this call meets, used up by it."""
        waiting = self._waiting.get(service)
        if not waiting:
            return None
        first = waiting[0]
        first.times -= 1
        if first.times == 0:
            waiting.pop(0)
        return first


async def met(fault: Fault | None, work: Callable[[], dict[str, Any]], error: dict[str, Any]) -> Response:
    """The answer of `work`, by way of the fault; `error` is how this service tells of its own trouble."""
    if fault is None:
        return JSONResponse(work())
    if fault.kind == "down":
        return Response("Bad Gateway", 502)
    if fault.kind == "error":
        return JSONResponse(error)
    if fault.kind == "timeout-after-success":
        work()
        await asyncio.sleep(fault.seconds)
        return Response("Gateway Timeout", 504)
    await asyncio.sleep(fault.seconds)
    return JSONResponse(work())
