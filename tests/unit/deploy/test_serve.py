"""`motcua serve`, `worker` and `mock` as containers run them: processes, told by a file of secrets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import keys, secret_files
from deploy.embedded_postgres import free_port
from deploy.procedures import ServiceToken
from kit.clock import SystemClock
from tests.conftest import Clone

READY_SECONDS, END_SECONDS = 60, 15

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def settings(clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of the catalogue: what is no secret; the file has the rest."""
    folder = tmp_path_factory.mktemp("secrets")
    secret_files.write(folder, "postgres")
    return {
        "PATH": os.environ["PATH"],
        "KEYS": str(folder / "keys.json"),
        "MOTCUA_SECRETS": str(folder / "catalog.json"),
        "DATABASE_URL": clone("catalog").app_url,
        "MOTCUA_VAR": str(folder),
    }


def secret_keys(settings: dict[str, str]) -> dict[str, Any]:
    return keys.load(Path(settings["KEYS"]))


@contextmanager
def _running(settings: dict[str, str], *command: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process, ready, and its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = [sys.executable, "-m", "deploy", *command, "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(arguments, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _until_ready(process, url)
        yield process, url
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def _until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            if httpx.get(f"{url}/health/ready", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(process.communicate()[1].decode() if process.poll() is not None else "not ready")


def _status(url: str) -> int:
    return httpx.get(url, trust_env=False).status_code


def test_a_service_serves_and_ends_when_it_is_told_to(settings: dict[str, str]) -> None:
    with _running(settings, "serve", "catalog") as (process, url):
        assert _status(f"{url}/v1/procedures") == 200
        healthy = [sys.executable, "-m", "deploy.healthy"]
        port = url.rsplit(":", 1)[1]
        assert subprocess.run(healthy, env=settings | {"PORT": port}, check=False).returncode == 0
        process.send_signal(signal.SIGTERM)
        said, wrong = process.communicate(timeout=END_SECONDS)
        lines = [json.loads(line) for line in said.splitlines()]
        assert "Application shutdown complete." in [line["event"] for line in lines]
        assert wrong == b""
        assert subprocess.run(healthy, env=settings | {"PORT": port}, check=False).returncode == 1


def test_a_worker_serves_health_and_metrics_only(settings: dict[str, str]) -> None:
    with _running(settings, "worker", "catalog") as (process, url):
        refused = httpx.get(f"{url}/v1/procedures", trust_env=False)
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
        assert refused.headers["content-type"] == "application/problem+json"
        assert _status(f"{url}/metrics") == 200
        process.send_signal(signal.SIGTERM)
        process.wait(END_SECONDS)


def test_who_waits_for_something_new_does_not_hold_up_the_end(settings: dict[str, str]) -> None:
    token = ServiceToken(secret_keys(settings)["dossier_key"], SystemClock())
    with _running(settings, "serve", "catalog") as (process, url), ThreadPoolExecutor() as pool:
        asked: dict[str, Any] = {
            "url": f"{url}/internal/events",
            "auth": token,
            "trust_env": False,
            "timeout": 60,
        }
        cursor = httpx.get(**asked).json()["cursor"]
        began = time.monotonic()
        waiting = pool.submit(httpx.get, params={"after": cursor, "wait": 30}, **asked)
        time.sleep(1)
        assert not waiting.done()
        process.send_signal(signal.SIGTERM)
        assert waiting.result().json()["items"] == []
        process.wait(END_SECONDS)
        assert time.monotonic() - began < 8


def test_a_mock_serves_but_not_in_production(settings: dict[str, str]) -> None:
    with _running(settings, "mock", "messages") as (_, url):
        assert _status(f"{url}/") == 200
    refused = _refused(settings | {"MOTCUA_ENVIRONMENT": "production"}, "mock", "messages")
    assert "no mock in production" in refused


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_what_lacks_settings_ends_at_once_and_names_them_all(settings: dict[str, str], command: str) -> None:
    lacking = {name: value for name, value in settings.items() if name != "MOTCUA_SECRETS"}
    said = _refused(lacking | {"DATABASE_POOL": "many"}, command, "catalog")
    assert "INDEX_KEY" in said
    assert "DATABASE_POOL" in said
    assert "DATABASE_URL" not in said
    assert said.count("\n") == 1


def _refused(settings: dict[str, str], *command: str) -> str:
    arguments = [sys.executable, "-m", "deploy", *command, "--port", str(free_port())]
    done = subprocess.run(arguments, env=settings, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    return done.stderr.decode()
