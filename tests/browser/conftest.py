"""The whole system with a year of dossiers, and Debian's Chromium before it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from tests.browser.walker import Walker
from tests.browser.year import fill
from tests.processes import System

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: With these, the whole made-up year is loaded, which takes minutes.
SCREENSHOTS = bool(os.environ.get("SCREENSHOTS"))


@pytest.fixture(scope="session")
def browser(system: System) -> Iterator[Browser]:
    """After the system, whose start runs loops of its own: while Playwright works, there can be no other."""
    assert CHROMIUM is not None
    with sync_playwright() as playwright:
        # As root it has no sandbox of its own; all that it opens is ours.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    folder = Path(tempfile.mkdtemp(prefix="motcua-browser-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    system = System(folder / "var", "-m", "deploy", "run", MOTCUA_NOW="2020-12-28T08:00+07:00")
    system.start(seconds=200)
    try:
        if SCREENSHOTS:
            command = [sys.executable, "-m", "deploy", "seed-2020"]
            subprocess.run(command, env=system.environment, check=True, timeout=1500)
        else:
            fill(system)
        yield system
    finally:
        system.end(signal.SIGTERM)
        shutil.rmtree(folder)


class Open(Protocol):
    def __call__(self, width: int = 1280, path: str = "/dashboard", *, login: str = "") -> Walker: ...


@pytest.fixture
def visit(browser: Browser, system: System) -> Iterator[Open]:
    """`visit(360)`: somebody at the page, its figures there. Whatever the browser complains of, and any host
    but this machine, fails the test."""
    with ExitStack() as closing:
        walkers: list[Walker] = []

        def make(width: int = 1280, path: str = "/dashboard", *, login: str = "") -> Walker:
            context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
            closing.callback(context.close)
            walker = Walker(context.new_page(), system.gateway)

            def refuse(route: Route) -> None:
                walker.complaints.append(f"asked {route.request.url}")
                route.abort()

            context.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), refuse)
            walkers.append(walker)
            if login:
                walker.log_in(login, path)
            else:
                walker.page.goto(system.gateway + path)
            walker.settled()
            return walker

        yield make
        assert [complaint for walker in walkers for complaint in walker.complaints] == []
