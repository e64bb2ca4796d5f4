"""The supervisor with two tiny programs, as processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.processes import System, living


@pytest.fixture
def system(folder: Path) -> Iterator[System]:
    system = System(folder / "var", "-m", "tests.journey.hello")
    system.start()
    yield system
    if living({system.pid}, 0):
        system.end(signal.SIGTERM)


def test_interrupt_ends_everything_in_good_order(system: System) -> None:
    family = system.family()
    assert len(family) > 5
    assert system.end(signal.SIGINT) == 0
    assert not living(family, 0)
    assert "database system is shut down" in (system.var / "postgres/server.log").read_text()


def test_kill_of_the_supervisor_takes_all_along_and_a_restart_works(system: System) -> None:
    for _ in range(2):
        family = system.family()
        system.end(signal.SIGKILL)
        assert not living(family, 5)
        system.start()
    assert httpx.get(system.gateway).text == "hello"


def test_a_program_that_falls_is_restarted(system: System) -> None:
    os.kill(_serving(system), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not _answers(system):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "gateway đã dừng" in system.output.read_text()


def test_a_second_supervisor_on_the_same_folder_says_who_is_first(system: System) -> None:
    second = System(system.var, "-m", "tests.journey.hello")
    second.output = second.output.with_suffix(".second")
    with pytest.raises(RuntimeError, match=rf"process {system.pid}, or set another MOTCUA_VAR"):
        second.start()


def test_a_program_that_cannot_start_ends_the_start_with_its_reason(folder: Path) -> None:
    system = System(folder / "var", "-m", "tests.journey.hello", "no.such.module:app")
    with pytest.raises(RuntimeError, match=r"gateway\.log: ModuleNotFoundError"):
        system.start()
    assert not living({system.pid}, 5)


def _serving(system: System) -> int:
    for pid in system.family():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if str(system.ports["GATEWAY_PORT"]).encode() in command:
            return pid
    raise AssertionError


def _answers(system: System) -> bool:
    try:
        return httpx.get(system.gateway).is_success
    except httpx.HTTPError:
        return False
