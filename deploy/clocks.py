"""The clock of a system that is up, for commands that speak to it: tokens are signed by its time."""

import json
from datetime import datetime
from pathlib import Path

from deploy.settings import DeploySettings
from kit.clock import Clock, clock_from

_FILE = "clock.json"


def write(var: Path, now: str, started: float) -> None:
    """`now`: MOTCUA_NOW; `started`: Unix seconds at which the clock showed it."""
    (var / _FILE).write_text(json.dumps({"now": now, "started": started}))


def of(settings: DeploySettings) -> Clock:
    """As the supervisor has written it; in containers, as all are told by MOTCUA_NOW and MOTCUA_NOW_AT; or
    the real one."""
    try:
        kept = json.loads((settings.var / _FILE).read_text())
    except FileNotFoundError:
        told = {"motcua_now", "motcua_now_at"} <= settings.model_fields_set
        kept = {"now": settings.motcua_now if told else "now", "started": settings.motcua_now_at}
    return clock_from(None if kept["now"] == "now" else datetime.fromisoformat(kept["now"]), kept["started"])
