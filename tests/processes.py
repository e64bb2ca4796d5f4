"""A system started as a person would, in its own folder and on its own ports, and what became of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.embedded_postgres import free_port

SETTINGS = (
    "GATEWAY", "CATALOG", "DOSSIER", "PAYMENT", "PORTAL", "STAFF_IDENTITY", "MESSAGES", "VNPAY",
    "RECEIPT_ISSUER", "POSTGRES",
)  # fmt: skip


class System:
    """`command`: arguments after the interpreter. Ports and `settings` are kept over restarts."""

    def __init__(self, var: Path, *command: str, **settings: str) -> None:
        self.var, self._command, self._settings = var, command, settings
        self.ports = {f"{name}_PORT": free_port() for name in SETTINGS}
        self.gateway = f"http://127.0.0.1:{self.ports['GATEWAY_PORT']}"
        self.output = var.parent / f"{var.name}.out"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        ports = {name: str(port) for name, port in self.ports.items()}
        own = {"MOTCUA_VAR": str(self.var), "PYTHONUTF8": "1", **self._settings}
        return inherited | ports | own

    def start(self, seconds: float = 60) -> None:
        """Until the supervisor says that all is ready. Raises RuntimeError with its output otherwise."""
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + seconds
        while "Sẵn sàng" not in (text := self.output.read_text()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(text)
            time.sleep(0.05)

    def said(self, words: str, seconds: float) -> str:
        """What it has printed, once these words are among it. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while words not in (text := self.output.read_text()):
            if time.monotonic() > deadline:
                raise TimeoutError(text)
            time.sleep(0.1)
        return text

    def portal(self, path: str) -> str:
        return f"http://127.0.0.1:{self.ports['PORTAL_PORT']}{path}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def family(self) -> set[int]:
        """The supervisor and all its descendants."""
        return {self.pid} | descendants(self.pid)

    def end(self, number: signal.Signals) -> int:
        """Send the signal to the supervisor alone; its status."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(20)


def descendants(pid: int) -> set[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (facts := _stat(int(folder.name))):
            parents[int(folder.name)] = int(facts[1])
    found: set[int] = set()
    todo = {pid}
    while todo:
        todo = {child for child, parent in parents.items() if parent in todo} - found
        found |= todo
    return found


def service_pid(system: System, service: str) -> int:
    """The process that runs this service. Raises AssertionError when none does within some seconds."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for pid in descendants(system.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if f"services.{service}.app".encode() in command:
                return pid
        time.sleep(0.05)
    raise AssertionError(f"{service} does not run")


def living(pids: set[int], seconds: float) -> set[int]:
    """Those that still run after at most `seconds`; a zombie that nobody has buried doesn't run."""
    deadline = time.monotonic() + seconds
    while True:
        left = {pid for pid in pids if (facts := _stat(pid)) and facts[0] not in "ZX"}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def _stat(pid: int) -> list[str]:
    """State, parent's id and so on, or nothing when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
