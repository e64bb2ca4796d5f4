"""Background work: loops over state rows. What is wanted and what is done stand in the tables of
the service; a loop claims rows (SKIP LOCKED, lease), works, and records the outcome."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from kit.clock import elapsed, pause
from kit.db import Bell, sqlstate
from kit.metrics import LOOP_FAILURES, LOOP_STEPS

log = structlog.get_logger()

#: A turn that has taken so many seconds will not end.
STUCK_SECONDS = 15 * 60.0

#: Does a piece of work; True when there may be more to do at once.
Step = Callable[[], Awaitable[bool]]


class Loop:
    """Runs `step` for ever: again at once while it finds work, else after the bell or `every` seconds.

    A failure is logged, counted and retried with growing pauses; it never ends the loop.
    """

    def __init__(
        self, name: str, step: Step, bell: Bell, every: float = 5.0, stuck_after: float = STUCK_SECONDS
    ) -> None:
        self.name = name
        self.step = step
        self._bell, self._every, self._stuck_after = bell, every, stuck_after
        self._began: float | None = None

    @property
    def stuck(self) -> bool:
        return self._began is not None and elapsed() - self._began > self._stuck_after

    async def run(self) -> None:
        failures = 0
        while True:
            ticket, self._began = self._bell.ticket(), elapsed()
            try:
                more = await self.step()
            except Exception as error:  # noqa: BLE001
                # Whatever it was, the loop goes on: the rows still say what is wanted.
                failures += 1
                LOOP_FAILURES.labels(self.name).inc()
                log.warning("loop-failed", loop=self.name, error=_told(error), failures=failures)
                self._began = None
                await pause(backoff(failures))
                continue
            failures, self._began = 0, None
            LOOP_STEPS.labels(self.name).inc()
            if not more:
                await self._bell.wait(ticket, self._every)


def _told(error: Exception) -> str:
    """Of an error that quotes what it was given, only its kind: that may be personal data."""
    if isinstance(error, DBAPIError):
        return f"{type(error).__name__} {sqlstate(error)}"
    return type(error).__name__ if isinstance(error, ValidationError) else repr(error)[:300]


def backoff(attempts: int, longest: float = 60.0) -> float:
    """Seconds to wait after so many failures: doubling from a quarter second, with jitter."""
    span: float = min(longest, 0.25 * 2.0 ** min(attempts, 12))
    return span * random.uniform(0.5, 1.0)
