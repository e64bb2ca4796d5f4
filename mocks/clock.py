"""The mocks' own clock: real, or started at MOTCUA_NOW when the real time was MOTCUA_NOW_AT."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Now = Callable[[], datetime]


def clock() -> Now:
    start = os.environ.get("MOTCUA_NOW", "")
    if start in ("", "now"):
        return lambda: datetime.now(VIETNAM)
    moment = datetime.fromisoformat(start)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=VIETNAM)
    shift = moment.timestamp() - float(os.environ.get("MOTCUA_NOW_AT") or time.time())
    return lambda: datetime.fromtimestamp(time.time() + shift, VIETNAM)


def stamp(moment: datetime) -> str:
    """`yyyyMMddHHmmss` in Vietnam."""
    return moment.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")
