"""Values under names that nobody can guess, each for the same number of seconds."""

from __future__ import annotations

import secrets
from typing import Generic, TypeVar

from mocks.clock import Now

T = TypeVar("T")


class Expiring(Generic[T]):
    def __init__(self, now: Now, seconds: int) -> None:
        self._now, self._seconds = now, seconds
        self._held: dict[str, tuple[T, float]] = {}

    def keep(self, value: T) -> str:
        while self._held and self.get(oldest := next(iter(self._held))) is None:
            del self._held[oldest]
        name = secrets.token_urlsafe(32)
        self._held[name] = (value, self._now().timestamp() + self._seconds)
        return name

    def get(self, name: str) -> tuple[T, int] | None:
        """The value, and the Unix second at which it expires."""
        held = self._held.get(name)
        return (held[0], int(held[1])) if held and held[1] > self._now().timestamp() else None

    def take(self, name: str) -> T | None:
        found = self.get(name)
        self._held.pop(name, None)
        return found[0] if found else None
