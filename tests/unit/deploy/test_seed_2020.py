"""When the made-up year cannot be loaded, a line says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import seed_2020
from deploy.databases import ServiceDatabase
from deploy.errors import StartError
from deploy.screen import Screen
from deploy.settings import DeploySettings


def test_before_the_decision_there_is_nothing_to_tell(tmp_path: Path) -> None:
    settings = DeploySettings(motcua_var=tmp_path, motcua_now="2020-03-02T08:00+07:00")
    with pytest.raises(StartError, match="MOTCUA_NOW"):
        seed_2020.run(settings, "postgresql://nobody@127.0.0.1:1/none", Screen(), up=False)


def test_a_system_that_is_starting_is_waited_for(
    clone: Callable[[str], ServiceDatabase], tmp_path: Path
) -> None:
    settings = DeploySettings(motcua_var=tmp_path)
    with pytest.raises(StartError, match="try again"):
        seed_2020._sample(settings, {}, {"catalog": clone("catalog")}, up=True)
