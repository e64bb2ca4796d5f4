"""One program under supervision: started, asked whether it is ready, restarted when it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import httpx

from deploy.children import end_with_parent
from deploy.errors import StartError
from deploy.programs import Program
from deploy.settings import ROOT

LONGEST_PAUSE = 30.0  # seconds between two restarts
STEADY = 60.0  # after so many seconds a program counts as healthy again, and its pause starts over


class OneShot:
    """A Python command that runs to its end: `arguments` follow the interpreter's name."""

    def __init__(
        self, name: str, arguments: tuple[str, ...], environment: dict[str, str], logs: Path
    ) -> None:
        self.name, self.log = name, logs / f"{name}.log"
        with self.log.open("wb") as log:
            self._process = _python(arguments, environment, log, subprocess.DEVNULL)

    def finish(self, seconds: float) -> None:
        """Raises StartError when it fails or takes longer."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        if status:
            raise StartError(
                f"{self.name} thất bại (mã {status}), xem {self.log}: {_last_line(self.log)}",
                f"{self.name} failed, see its log",
            )


class Child:
    def __init__(self, program: Program, logs: Path) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        self.restarts = 0
        self._pause = 0.5
        self._next_try: float | None = None
        self._spawned = 0.0
        self._process = self._spawn()

    @property
    def pid(self) -> int:
        return self._process.pid

    def go(self) -> None:
        """The database is there: serve."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"go\n")
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended already; `ready` and `watch` see that

    def ready(self, client: httpx.Client) -> bool:
        """Raises StartError when it ended instead."""
        if self._process.poll() is not None:
            raise StartError(
                f"{self.program.name} không khởi động được, xem {self.log}: {_last_line(self.log)}",
                f"{self.program.name} ended with status {self._process.returncode}, see its log",
            )
        return self.answers(client)

    def answers(self, client: httpx.Client) -> bool:
        try:
            return client.get(f"{self.program.url}/health/ready").is_success
        except httpx.HTTPError:
            return False

    def watch(self) -> str | None:
        """Restart it when it has ended, after a pause that doubles. Returns what a person should know."""
        now = time.monotonic()
        if self._process.poll() is None:
            return None
        if self._next_try is None:
            if now - self._spawned > STEADY:
                self._pause = 0.5
            self._next_try = now + self._pause
            status, pause = self._process.returncode, self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            name = self.program.name
            return f"{name} đã dừng (mã {status}), khởi động lại sau {pause:g} s | ended, restarts"
        if now >= self._next_try:
            self._next_try = None
            self.restarts += 1
            self._process = self._spawn()
            self.go()
        return None

    def terminate(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Until `deadline` (monotonic seconds), then by force."""
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._spawned = time.monotonic()
        arguments = ("-m", "deploy.serve", self.program.app, str(self.program.port))
        with self.log.open("ab") as log:
            return _python(arguments, self.program.environment, log, subprocess.PIPE)


def _python(
    arguments: tuple[str, ...], environment: dict[str, str], log: IO[bytes], stdin: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=stdin,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for the supervisor, which ends us in order
        preexec_fn=end_with_parent(signal.SIGKILL),  # noqa: PLW1509 (no other way)
    )


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
