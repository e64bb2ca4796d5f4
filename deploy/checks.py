"""What must be true before anything starts; each failure is one line that names the setting to change."""

import asyncio
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from deploy.errors import StartError
from deploy.settings import DeploySettings

OLDEST = 15
LEAVING_SECONDS = 3  # children of a supervisor that was just killed may still hold their ports


def check_all(settings: DeploySettings) -> None:
    """Raises StartError for the first thing that is wrong."""
    if settings.procedures and not os.access(settings.procedures, os.R_OK):
        raise StartError(
            f"Không đọc được tệp {settings.procedures}: hãy sửa PROCEDURES",
            f"cannot read {settings.procedures}: change PROCEDURES",
        )
    for setting, port in settings.ports().items():
        _check_port(setting, port)
    if settings.database_url:
        check_server(settings.database_url.get_secret_value())


def check_server(admin_url: str) -> None:
    """Raises StartError unless this is a PostgreSQL on which we may create roles and databases."""
    asyncio.run(_check_server(admin_url))


@contextmanager
def hold(var: Path) -> Iterator[None]:
    """The folder is writable and ours alone while the block runs; `lock` in it holds our process id."""
    try:
        for folder in (var, var / "log", var / "documents"):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StartError(
            f"Không ghi được vào thư mục {var}: hãy đặt MOTCUA_VAR sang thư mục khác",
            f"cannot write to {var}: set MOTCUA_VAR to another folder ({error.strerror})",
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield
    except BlockingIOError:
        raise StartError(
            f"Motcua đang chạy trên {var} (tiến trình {holder(var)}): hãy dừng nó, hoặc đặt MOTCUA_VAR khác",
            f"Motcua is already running on {var}: stop process {holder(var)}, or set another MOTCUA_VAR",
        ) from None
    finally:
        os.close(lock)


def holder(var: Path) -> int | None:
    """Process id of the supervisor that runs on this folder, or None."""
    try:
        with (var / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int((var / "lock").read_text() or 0)
    except OSError:
        pass
    return None


def _check_port(setting: str, port: int) -> None:
    deadline = time.monotonic() + LEAVING_SECONDS
    while True:
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return
        except OSError as error:
            if time.monotonic() > deadline or isinstance(error, PermissionError):
                raise StartError(
                    f"Cổng {port} đang được chương trình khác dùng: hãy đặt {setting} sang số khác",
                    f"port {port} is taken: set {setting} to another number ({error.strerror})",
                ) from None
            time.sleep(0.1)


async def _check_server(url: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StartError(
            "Không kết nối được PostgreSQL: hãy sửa DATABASE_URL, hoặc bỏ nó để dùng máy chủ kèm theo",
            f"cannot connect: correct DATABASE_URL, or unset it to use the embedded server ({reason})",
        ) from None
    try:
        able = await connection.fetchval(
            "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
        )
        version = connection.get_server_version()
    finally:
        await connection.close()
    if not able or version.major < OLDEST:
        raise StartError(
            f"DATABASE_URL cần PostgreSQL từ {OLDEST}, với quyền tạo vai trò và cơ sở dữ liệu",
            f"DATABASE_URL must be PostgreSQL {OLDEST}+ and a role with CREATEDB and CREATEROLE",
        )
