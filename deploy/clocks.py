"""The clock of a system that is up, for commands that speak to it: tokens are signed by its time."""

import json
from datetime import datetime
from pathlib import Path

from kit.clock import Clock, clock_from

_FILE = "clock.json"


def write(var: Path, now: str, started: float) -> None:
    """`now`: MOTCUA_NOW; `started`: Unix seconds at which the clock showed it."""
    (var / _FILE).write_text(json.dumps({"now": now, "started": started}))


def read(var: Path) -> Clock:
    """The real one, where nothing was written."""
    try:
        kept = json.loads((var / _FILE).read_text())
    except FileNotFoundError:
        return clock_from(None)
    return clock_from(None if kept["now"] == "now" else datetime.fromisoformat(kept["now"]), kept["started"])
