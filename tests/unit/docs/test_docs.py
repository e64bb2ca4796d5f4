"""What the docs name exists; what is made from code is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.settings import DeploySettings
from services.dossier import status

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir())
#: Made by running; not in a clean checkout.
MADE = ("var/", ".venv/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_exist(page: Path) -> None:
    text = page.read_text()
    linked = [page.parent / target for target in re.findall(r"\]\((?!http)([^)#]+)", text)]
    named = [
        ROOT / name.split()[0]
        for name in re.findall(r"`([^`\n]+)`", text)
        if name.startswith(FOLDERS) and not name.startswith(MADE)
    ]
    assert [path for path in linked + named if not path.exists()] == []


def test_the_readme_names_every_setting_and_target() -> None:
    text = PAGES[0].read_text()
    settings = {name.upper() for name in DeploySettings.model_fields} - {"MOTCUA_ENVIRONMENT"}
    assert {name for name in settings if f"`{name}`" not in text} == set()
    rules = re.findall(r"^([a-z0-9 -]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {name for rule in rules for name in rule.split()}
    assert {name for name in re.findall(r"`?make ([a-z0-9-]+)", text) if name not in targets} == set()
    called = set(re.findall(r"make ([a-z-]+)", (ROOT / ".ci/run").read_text()))
    assert {name for name in called if f"`make {name}`" not in text} == set()


def test_the_diagram_of_states_is_the_table() -> None:
    page = (ROOT / "docs/dossier-states.md").read_text()
    assert f"```mermaid\n{status.diagram()}\n```" in page, "make states"
    assert status.listing() in page, "make states"
