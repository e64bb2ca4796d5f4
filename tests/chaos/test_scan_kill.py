"""kill -9 of the service that scans: whatever is free was scanned, and in the end everything was."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.scanner import EICAR, Scanner, scanning
from tests.people import Citizen
from tests.processes import System, living, service_pid

FILES = 12
KILLS = 4
SECONDS = 90
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FREE, WAITING, LOCKED = 200, 423, 403


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with scanning(pause=0.3) as scanner:
        yield scanner


@pytest.fixture
def system(scanner: Scanner) -> Iterator[System]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-chaos-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    system = System(folder / "var", "-m", "deploy", "run", CLAMD=scanner.url, SCAN_LEASE_SECONDS="2")
    system.start()
    yield system
    family = system.family()
    system.end(signal.SIGTERM)
    assert not living(family, 0)
    shutil.rmtree(folder)


def test_nothing_is_unscanned_and_free(system: System, scanner: Scanner) -> None:
    with Citizen(system.gateway) as citizen:
        draft = citizen.draft()
        files = {citizen.upload(draft, content)["id"]: content for content in _contents()}
        for _ in range(KILLS):
            time.sleep(0.25)
            os.kill(service_pid(system, "dossier"), signal.SIGKILL)
            _free_ones_were_scanned(citizen, draft, files, scanner)
        deadline = time.monotonic() + SECONDS
        while WAITING in (found := _free_ones_were_scanned(citizen, draft, files, scanner)).values():
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
        assert found == {name: LOCKED if EICAR in content else FREE for name, content in files.items()}
        assert scanner.seen == {hashlib.sha256(content).hexdigest() for content in files.values()}


def _contents() -> list[bytes]:
    """Each one different; every third carries the test virus."""
    return [PDF + str(n).encode() + (EICAR if n % 3 == 0 else b"") for n in range(FILES)]


def _free_ones_were_scanned(
    citizen: Citizen, draft: str, files: dict[str, bytes], scanner: Scanner
) -> dict[str, int]:
    """What a download of each answers, once the service is back."""
    found = {}
    for name, content in files.items():
        found[name] = _status(citizen.person.client, f"/v1/dossiers/{draft}/documents/{name}/content")
        if found[name] == FREE:
            assert hashlib.sha256(content).hexdigest() in scanner.seen
            assert EICAR not in content
    return found


def _status(client: httpx.Client, path: str) -> int:
    for _ in range(300):
        status = client.get(path).status_code
        if status not in (502, 503, 504):
            return status
        time.sleep(0.1)
    raise AssertionError("the dossier service did not come back")
