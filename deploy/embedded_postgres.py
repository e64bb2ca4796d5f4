"""A PostgreSQL server of our own: a child of this process, on 127.0.0.1 only, gone when we are.

    with EmbeddedPostgres(Path("var/postgres"), port=8032) as server:
        server.admin_url            # postgresql://postgres:…@127.0.0.1:8032/postgres

Works as root too: the server then runs as uid 65534. Enter it from the main thread (see `children`).
"""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.children import UNPRIVILEGED, end_with_parent
from deploy.errors import StartError
from deploy.postgres_binaries import Binaries, find, traversable

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
INITDB = ("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8")
START_SECONDS = 30  # crash recovery after a kill -9 included
LEAVING_SECONDS = 6  # a server whose supervisor was killed needs up to 5 s to end its backends


class EmbeddedPostgres:
    """`folder` holds `data/`, `password` (0600), `server.log` and, where needed, copied binaries.

    `folder` is not always the folder asked for: as root, a place that uid 65534 cannot reach is
    replaced by one under /var/lib; `moved` then says so. `settings` go over SETTINGS.
    Raises StartError with what to change.
    """

    def __init__(self, folder: Path, port: int | None = None, settings: dict[str, str] | None = None) -> None:
        self.folder, self.moved = _place(folder)
        self.port = port or free_port()
        self.settings = SETTINGS | (settings or {})
        self.log = self.folder / "server.log"
        self._data = self.folder / "data"
        self._password_file = self.folder / "password"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """URL of the superuser, database `postgres`."""
        return f"postgresql://postgres:{self._password_file.read_text()}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Initialise if new, start, and return when connections are accepted."""
        binaries = find(others=_is_root(), copies=self.folder / "binaries")
        self._initialise(binaries)
        again = _await_previous(self._data)
        deadline = time.monotonic() + START_SECONDS
        while not self._try_start(binaries, deadline):
            # Backends of a server that was killed outright hold its shared memory for a moment longer.
            if not again or time.monotonic() > deadline:
                self.stop()
                raise StartError(
                    f"PostgreSQL không khởi động được, xem {self.log}: {self._last_line()}",
                    f"PostgreSQL did not start, see {self.log} (port: POSTGRES_PORT={self.port})",
                )
            time.sleep(0.3)

    def stop(self) -> None:
        """Fast shutdown (sessions are cut, a checkpoint is written); harder when that takes too long."""
        if self._process is None:
            return
        for number, seconds in ((signal.SIGINT, 3), (signal.SIGQUIT, 1), (signal.SIGKILL, 1)):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                self._process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def _try_start(self, binaries: Binaries, deadline: float) -> bool:
        """Start once and wait until ready; False when the server ended or time is up."""
        options = [text for name, value in self.settings.items() for text in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [binaries.bin / "postgres", "-D", self._data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops us last
                # SIGQUIT, not SIGINT: no checkpoint, gone at once; the log replays at the next start.
                preexec_fn=end_with_parent(signal.SIGQUIT),  # noqa: PLW1509 (no other way)
                **_run_as(),
            )
        while self._process.poll() is None and time.monotonic() < deadline:
            lines = _pid_file(self._data)
            # Line 1 as well: a stale file of the last run may say "ready" too.
            if len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7] == "ready":
                return True
            time.sleep(0.01)
        return False

    def _initialise(self, binaries: Binaries) -> None:
        """initdb into a folder beside, then rename: an interrupted first start leaves no half cluster."""
        version = self._data / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() == str(binaries.major):
                return
            found = version.read_text().strip()
            raise StartError(
                f"{self._data} là của PostgreSQL {found}, máy này có {binaries.major}: hãy dời nó đi",
                f"{self._data} belongs to PostgreSQL {found}, here is {binaries.major}: move it away",
            )
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        if _is_root():
            os.chown(new, UNPRIVILEGED, UNPRIVILEGED)
            os.chown(self._password_file, UNPRIVILEGED, UNPRIVILEGED)
        # Without ICU in the wheel; lc_ctype must know Unicode too, pg_trgm asks it what a letter is.
        locale = ["--locale=C.UTF-8"]
        if binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if self.settings["fsync"] == "on" else ["--no-sync"]
        answer = subprocess.run(
            [binaries.bin / "initdb", "-D", new, *INITDB, *locale, *sync, f"--pwfile={self._password_file}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
            check=False,
            **_run_as(),
        )
        if answer.returncode:
            reason = " ".join(answer.stderr.split())[-300:]
            raise StartError(
                f"Không tạo được cơ sở dữ liệu ở {new}: hãy đặt MOTCUA_VAR hoặc DATABASE_URL",
                f"initdb failed in {new}: set MOTCUA_VAR or DATABASE_URL ({reason})",
            )
        new.rename(self._data)

    def _last_line(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if "FATAL" in line or "PANIC" in line), "")


@contextmanager
def temporary_server(settings: dict[str, str] | None = None) -> Iterator[EmbeddedPostgres]:
    """A server for tests: free port, own folder in the temporary directory, nothing kept, no fsync."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-postgres-"))
    folder.chmod(0o755)
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    try:
        with EmbeddedPostgres(folder, settings=fast | (settings or {})) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_root() -> bool:
    return os.geteuid() == 0


def _run_as() -> dict[str, Any]:
    """Popen's arguments: PostgreSQL refuses to run as root, and must not see our PG* variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    common: dict[str, Any] = {"env": environment | {"LC_ALL": "C.UTF-8"}, "cwd": "/"}
    if not _is_root():
        return common
    return common | {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}


def _place(folder: Path) -> tuple[Path, bool]:
    """Make the folder; as root, where uid 65534 can get to it. Returns the folder and whether it moved."""
    wanted = folder.absolute()
    wanted.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _is_root() or traversable(wanted):
        return wanted, False
    mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:8]
    place = Path(f"/var/lib/motcua-{mark}")
    place.mkdir(mode=0o755, exist_ok=True)
    return place, True


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def _await_previous(data: Path) -> bool:
    """See off the server of a supervisor that was killed. Returns whether there was a trace of one."""
    lines = _pid_file(data)
    if not lines or not lines[0].isdigit():
        return False
    pid = int(lines[0])
    if not _is_server(pid, data):
        # Another program's number by now (after a reboot, in a container): PostgreSQL would refuse.
        (data / "postmaster.pid").unlink(missing_ok=True)
        return True
    for number in (None, signal.SIGQUIT, signal.SIGKILL):
        if number and _is_server(pid, data):
            os.kill(pid, number)
        deadline = time.monotonic() + LEAVING_SECONDS
        while _is_server(pid, data) and time.monotonic() < deadline:
            time.sleep(0.05)
    return True


def _is_server(pid: int, data: Path) -> bool:
    """Whether `pid` is a PostgreSQL on this data folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(data).encode() in command
