"""Documents pass through the gateway and the dossier service without ever lying in memory."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.people import Citizen
from tests.processes import System, living, service_pid

SIZE, AT_ONCE, ROUNDS, MB = 10_000_000, 12, 3, 1024
#: In kB, over three rounds of 120 MB in and 120 MB out; the allocator settles in the round before.
MOST = 48 * MB


@pytest.fixture
def system() -> Iterator[System]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-load-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    system = System(folder / "var", "-m", "deploy", "run")
    system.start()
    yield system
    family = system.family()
    system.end(signal.SIGTERM)
    assert not living(family, 0)
    shutil.rmtree(folder)


@pytest.mark.parametrize("service", ["dossier", "gateway"])
def test_documents_travel_in_flat_memory(system: System, service: str) -> None:
    with Citizen(system.gateway) as citizen, ThreadPoolExecutor(AT_ONCE) as pool:
        draft = citizen.draft()
        pid = service_pid(system, service)
        _round_trip(citizen, draft, pool)
        before = _peak_kb(pid)
        for _ in range(ROUNDS):
            _round_trip(citizen, draft, pool)
        grown = _peak_kb(pid) - before
    assert grown < MOST, f"{service} grew by {grown // MB} MB"


def _round_trip(citizen: Citizen, draft: str, pool: ThreadPoolExecutor) -> None:
    """Files go in at once, then come out at once, whole."""
    contents = [b"%PDF-1.4\n" + os.urandom(SIZE) for _ in range(AT_ONCE)]
    documents = list(pool.map(lambda content: citizen.upload(draft, content), contents))
    digests = list(pool.map(lambda document: _fetch(citizen, draft, document["id"]), documents))
    assert digests == [hashlib.sha256(content).hexdigest() for content in contents]


def _fetch(citizen: Citizen, draft: str, document: str) -> str:
    digest = hashlib.sha256()
    path = f"/v1/dossiers/{draft}/documents/{document}/content"
    with citizen.person.client.stream("GET", path) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            digest.update(piece)
    return digest.hexdigest()


def _peak_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError("no VmHWM")
