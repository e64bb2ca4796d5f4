"""A department ends today, with a dossier on its desk: the command lists it, moves it, and has nothing more
to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy import clocks, databases, keys, reorganise
from deploy.demo.people import Person
from deploy.settings import DeploySettings
from tests.people import Citizen, Silent
from tests.processes import System

OLD, NEW = Citizen.AGENCY, "000.00.14.H28"
PLAN = """\ufeffMã cũ;Mã mới;Từ ngày;Quyết định
H28.11;H28.14;26/10/2020;01/QĐ-UBND (mẫu)
H28.9;000.00.08.H28;26/10/2020;01/QĐ-UBND (mẫu)
"""


@pytest.fixture(scope="module")
def system(start: Callable[..., System]) -> System:
    return start()


@pytest.fixture
def command(system: System) -> Iterator[reorganise.System]:
    """What the command speaks to."""
    urls = {name: f"http://127.0.0.1:{system.ports[f'{name.upper()}_PORT']}" for name in databases.SERVICES}
    clock = clocks.of(DeploySettings(motcua_var=system.var))
    speaks = reorganise.System(urls, keys.load(system.var / "secrets.json"), clock, "tests")
    yield speaks
    speaks.close()


def motcua(system: System, plan: Path, *options: str) -> tuple[int, str]:
    """As a person would type it."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "reorganise", str(plan), *options],
        env=system.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_a_department_goes_on_in_another(
    system: System, command: reorganise.System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text(PLAN, encoding="utf-8")
    with Citizen(system.gateway) as an:
        open_ = an.submit(str(uuid4()))
        status, said = motcua(system, plan, "--dry-run", "--json")
        assert status == 0, said
        found = json.loads(said)
        assert (found["totals"]["dossiers"], found["totals"]["offerings"] > 0) == (1, True)
        first = next(held for held in found["holdings"] if held["what"] == "dossiers")
        assert (first["body"], first["first"]) == (OLD, [open_["code"]])

        assert reorganise.run(command, plan.read_bytes(), dry_run=False, as_json=False)
        assert "Không còn gì phải chuyển" in capsys.readouterr().out
        now = an.person.client.get(f"/v1/dossiers/{open_['id']}").json()
        assert (now["code"], now["resolving"]["code"]) == (open_["code"], NEW)
        assert an.person.client.get(f"/v1/track/{open_['code']}").status_code == 200
        assert reorganise.run(command, plan.read_bytes(), dry_run=False, as_json=False)
        assert "không có gì phải làm" in capsys.readouterr().out
        old = an.person.client.get("/v1/agencies/H28.11").json()
        assert (old["valid_to"], old["acting"]["code"]) == ("2020-10-25", NEW)
        at_home = {**an.new, "agency": NEW}
        assert an.person.post_once("/v1/dossiers", str(uuid4()), at_home).status_code == 201
        gone = an.person.post_once("/v1/dossiers", str(uuid4()), an.new)
        assert gone.status_code in (404, 409, 422)


def test_a_plan_that_cannot_be_is_told_by_its_lines(
    command: reorganise.System, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = b"old,new,from,decision\n000.00.88.H28,000.00.13.H28,2020-11-01,x\nH28.12,H28.12,1/13/2020,\n"
    assert not reorganise.run(command, plan, dry_run=False, as_json=True)
    faults = json.loads(capsys.readouterr().out)["faults"]
    told = {(fault["line"], fault["column"]) for fault in faults}
    assert told == {(2, "old"), (3, "from"), (3, "decision")}


def test_staff_of_the_ended_body_act_for_its_successor(system: System) -> None:
    person = Person(Silent(), system.gateway)
    with person.client:
        assert person.log_in("tham.le", "staff")["agency"] == "000.00.08.H28"
