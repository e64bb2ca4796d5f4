"""kill -9 of any service between submission and sync: after its restart the portal has everything once."""

from __future__ import annotations

import os
import signal
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.people import Citizen
from tests.processes import System, service_pid

SUBMISSIONS = 8
SECONDS = 60


@pytest.mark.parametrize("service", ["dossier", "gateway", "catalog", "payment"])
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.3])
def test_the_portal_has_everything_once(system: System, service: str, pause: float) -> None:
    with Citizen(system.gateway) as citizen:
        codes = {citizen.submit(str(uuid4()))["code"] for _ in range(SUBMISSIONS)}
        time.sleep(pause)  # so that it falls before, amid and after the sending
        os.kill(service_pid(system, service), signal.SIGKILL)
    held = _await(system, codes)
    assert {code: _steps(dossier) for code, dossier in held.items()} == {code: ["1"] for code in codes}
    everything = [dossier["MaHoSo"] for dossier in _portal(system)]
    assert len(everything) == len(set(everything))
    _until_ready(system)


def _portal(system: System) -> list[dict[str, Any]]:
    answer = httpx.get(system.portal("/_mock/dossiers"), trust_env=False)
    dossiers: list[dict[str, Any]] = answer.json()
    return dossiers


def _steps(dossier: dict[str, Any]) -> list[str]:
    return [step["TrangThai"] for step in dossier["DanhSachTienDo"]]


def _await(system: System, codes: set[str]) -> dict[str, dict[str, Any]]:
    """Until the portal has a step of each, and a moment longer: a double would come late."""
    deadline = time.monotonic() + SECONDS
    while True:
        held = {d["MaHoSo"]: d for d in _portal(system) if d["MaHoSo"] in codes}
        if codes == held.keys() and all(map(_steps, held.values())):
            break
        assert time.monotonic() < deadline, f"the portal lacks {codes - held.keys()}"
        time.sleep(0.2)
    time.sleep(1)
    return {d["MaHoSo"]: d for d in _portal(system) if d["MaHoSo"] in codes}


def _until_ready(system: System) -> None:
    """The next test begins with everything there."""
    for name in ("GATEWAY", "CATALOG", "DOSSIER", "PAYMENT"):
        url = f"http://127.0.0.1:{system.ports[f'{name}_PORT']}/health/ready"
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                if httpx.get(url, trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, f"{name} did not come back"
            time.sleep(0.1)
