from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may enter: pytest's own are closed to the server's user."""
    made = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)
