"""The whole system, started as a person would start it, on ports and in a folder of its own."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import System


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., System]]:
    """`start(PROCEDURES=…)`: a running system with these settings, ended after the file."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-journey-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    started: list[System] = []

    def make(**settings: str) -> System:
        system = System(folder / f"var{len(started)}", "-m", "deploy", "run", **settings)
        system.start(seconds=100)
        started.append(system)
        return system

    yield make
    for system in started:
        system.end(signal.SIGTERM)
    shutil.rmtree(folder)
