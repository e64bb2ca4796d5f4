"""A start that cannot succeed: status 1 and one line that names the setting to change."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded_postgres import free_port


def _run(folder: Path, **settings: str) -> str:
    """The one line."""
    free = {
        f"{name}_PORT": str(free_port()) for name in ("GATEWAY", "CATALOG", "DOSSIER", "PAYMENT", "PORTAL")
    }
    free |= {"STAFF_IDENTITY_PORT": str(free_port()), "POSTGRES_PORT": str(free_port())}
    environment = os.environ | free | {"MOTCUA_VAR": str(folder / "var"), "PYTHONUTF8": "1"} | settings
    answer = subprocess.run(
        [sys.executable, "-m", "deploy", "run"], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    return lines[0]


def test_taken_port(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = _run(folder, CATALOG_PORT=str(port))
    assert f"port {port} is taken: set CATALOG_PORT" in line
    assert "đặt CATALOG_PORT sang số khác" in line


def test_unwritable_folder(folder: Path) -> None:
    (folder / "file").touch()
    assert "set MOTCUA_VAR to another folder" in _run(folder, MOTCUA_VAR=str(folder / "file/var"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:secret@127.0.0.1:1/postgres",
        "postgresql://postgres@nowhere.invalid/x",
        "nonsense",
    ],
)
def test_database_that_does_not_answer(folder: Path, url: str) -> None:
    line = _run(folder, DATABASE_URL=url)
    assert "cannot connect: correct DATABASE_URL" in line
    assert "secret" not in line


def test_wrong_password(folder: Path, admin_url: str) -> None:
    head, at, rest = admin_url.rpartition("@")
    assert "correct DATABASE_URL" in _run(folder, DATABASE_URL=f"{head}x{at}{rest}")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("GATEWAY_PORT", "http"), ("MOTCUA_NOW", "yesterday"), ("MOTCUA_ENVIRONMENT", "moon")],
)
def test_value_that_makes_no_sense(folder: Path, setting: str, value: str) -> None:
    assert f"change {setting}" in _run(folder, **{setting: value})


def test_a_production_runs_elsewhere(folder: Path) -> None:
    assert "docs/running.md" in _run(folder, MOTCUA_ENVIRONMENT="production")


def test_missing_procedures(folder: Path) -> None:
    assert "change PROCEDURES" in _run(folder, PROCEDURES=str(folder / "none.jsonl"))
