"""`make run PROCEDURES=…`: what the portal serves is taken in, repaired, refused or left out, each row
accounted for; again, nothing happens; what is withdrawn is closed.

On rows written for the test; with REAL_PROCEDURES=path (`make real`) on the real ones.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy import databases
from deploy.demo.people import Person
from deploy.embedded_postgres import EmbeddedPostgres
from tests.journey import flawed
from tests.people import Silent
from tests.processes import System

REAL = Path(os.environ.get("REAL_PROCEDURES") or "/nonexistent")
SECONDS = 240


@dataclass
class Synced:
    """A system that has taken its procedures in, an editor in it, and how many rows the file has."""

    system: System
    editor: Person
    rows: int

    def sync(self) -> dict[str, Any]:
        started = self.editor.send("POST", "/v1/federation/procedures/sync", json={})
        assert started.status_code == 202, started.text
        return self.finished(started.json()["id"])

    def finished(self, sync: str) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while True:
            report: dict[str, Any] = self.editor.get(f"/v1/federation/procedures/sync/{sync}").json()
            if report["state"] not in ("waiting", "running"):
                assert report["state"] == "done", report
                return report
            assert time.monotonic() < deadline
            time.sleep(0.3)

    def outcomes(self, sync: str, outcome: str) -> list[dict[str, Any]]:
        path = f"/v1/federation/procedures/sync/{sync}/rows"
        answer = self.editor.get(path, params={"outcome": outcome, "limit": 200})
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows

    def accept(self, code: str) -> str:
        """The one proposal that waits; its kind."""
        (waiting,) = self.editor.get("/v1/procedures/proposals", params={"state": "open"}).json()["items"]
        assert waiting["procedure"]["code"] == code
        self.editor.client.headers["If-Match"] = f'"{waiting["version"]}"'
        path = f"/v1/procedures/proposals/{waiting['id']}/actions/accept"
        accepted = self.editor.send("POST", path, json={"reason": "Theo Cơ sở dữ liệu quốc gia"})
        assert accepted.status_code == 200, accepted.text
        return str(waiting["kind"])

    def published(self) -> set[str]:
        """Codes of everything that anybody can find."""
        found: set[str] = set()
        params = {"limit": "100"}
        while True:
            answer = self.editor.get("/v1/procedures", params=params)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found |= {item["code"] for item in page["items"]}
            if page["next"] is None:
                return found
            params["cursor"] = page["next"]

    def events(self) -> int:
        """How many the catalogue has ever appended, asked of its database itself."""
        server = EmbeddedPostgres(self.system.var / "postgres", self.system.ports["POSTGRES_PORT"])
        return asyncio.run(_count(databases.describe(server.admin_url)["catalog"].app_url))


async def _count(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("select count(*) from event"))
    finally:
        await connection.close()


@pytest.fixture(scope="module", params=["written for the test", "real"])
def synced(
    request: pytest.FixtureRequest, start: Callable[..., System], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Synced]:
    if request.param == "real":
        if not REAL.exists():
            pytest.skip("REAL_PROCEDURES names no file: run make real beside ../shared")
        path, rows = REAL, len(REAL.read_bytes().splitlines())
    else:
        path = tmp_path_factory.mktemp("procedures") / "flawed.jsonl"
        rows = flawed.write(path)
    system = start(PROCEDURES=str(path.absolute()))
    said = system.said("Tổng", SECONDS)
    assert str(rows) in said.rpartition("Tổng")[2]
    editor = Person(Silent(), system.gateway)
    editor.log_in("bien.dinh", "staff")
    yield Synced(system, editor, rows)
    editor.client.close()
    system.end(signal.SIGTERM)


def test_every_row_is_accounted_for_and_again_changes_nothing(synced: Synced) -> None:
    before, events = synced.published(), synced.events()
    report = synced.sync()
    assert sum(report["counts"].values()) == report["total"] == synced.rows
    assert report["unchanged"] == report["counts"]["taken_in"] + report["counts"]["repaired"]
    assert synced.published() == before
    assert synced.events() == events
    assert len(before) == report["unchanged"]
    repaired = synced.outcomes(report["id"], "repaired")
    assert repaired
    assert all(repair["before"] != repair["after"] for row in repaired for repair in row["repairs"])


def test_synced_procedures_stand_at_level_two_with_their_gaps(synced: Synced) -> None:
    page = synced.editor.get("/v1/procedures", params={"q": "cap giay phep", "limit": 1}).json()
    assert page["items"][0]["online_level"] == 2
    shown = synced.editor.get(f"/v1/procedures/{page['items'][0]['code']}").json()
    assert "no-form" in {gap["value"] for gap in shown["gaps"]}
    assert shown["source"] == "national"


def test_a_withdrawn_procedure_is_closed_and_comes_back_once_an_editor_agrees(synced: Synced) -> None:
    code = synced.editor.get("/v1/procedures", params={"limit": 5}).json()["items"][-1]["code"]
    control = synced.system.portal(f"/_mock/procedures/{code}")
    httpx.post(f"{control}/withdraw", trust_env=False).raise_for_status()
    report = synced.sync()
    assert report["withdrawn"] == [code] or report["kept_open"] == [code]
    if report["kept_open"]:  # one of a handful is more than the share that a sync may close by itself
        forced = synced.editor.send("POST", "/v1/federation/procedures/sync", json={"force": True})
        assert synced.finished(forced.json()["id"])["withdrawn"] == [code]
    assert code in synced.published()
    assert synced.accept(code) == "abolished"
    assert synced.editor.get(f"/v1/procedures/{code}").status_code == 404
    httpx.post(f"{control}/restore", trust_env=False).raise_for_status()
    assert synced.sync()["counts"]["proposed"] == 1
    assert synced.editor.get(f"/v1/procedures/{code}").status_code == 404
    assert synced.accept(code) == "returned"
    assert synced.editor.get(f"/v1/procedures/{code}").status_code == 200


def test_the_demo_holds_raising_one_procedure(synced: Synced) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "deploy.demo"],
        env=synced.system.environment,
        capture_output=True,
        timeout=100,
        check=False,
    )
    said = demo.stdout.decode()
    assert demo.returncode == 0, said[-3000:]
    assert "an editor raises it" in said
