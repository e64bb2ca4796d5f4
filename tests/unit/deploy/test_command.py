"""The script that people call, from wherever they stand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.settings import ROOT

pytestmark = pytest.mark.long


def test_a_plan_lies_where_the_person_stands(tmp_path: Path) -> None:
    (tmp_path / "deploy.py").write_text("raise SystemExit(7)")  # no module of theirs is taken for ours
    (tmp_path / "here.csv").write_text("old,new,from,decision\n", encoding="utf-8")
    for name in ("here.csv", "not-here.csv"):
        done = subprocess.run(
            [ROOT / "motcua", "reorganise", name, "--dry-run"],
            cwd=tmp_path,
            env={**os.environ, "MOTCUA_VAR": str(tmp_path)},
            capture_output=True,
            timeout=60,
            check=False,
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert ("does not exist" in said) == (name == "not-here.csv"), said
        assert done.returncode == (2 if name == "not-here.csv" else 1), said
