"""One running system for all of chaos: its own folder, its own ports."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import System, living


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-chaos-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    system = System(folder / "var", "-m", "deploy", "run")
    system.start()
    yield system
    family = system.family()
    system.end(signal.SIGTERM)
    assert not living(family, 0)
    shutil.rmtree(folder)
