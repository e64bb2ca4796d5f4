"""Somebody at the page with a keyboard alone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

_FARTHEST = 400


class Walker:
    """`steps`: how many controls they have activated so far; moving the focus is none. `complaints`: what the
    browser says of the page's scripts."""

    def __init__(self, page: Page, gateway: str) -> None:
        self.page, self._gateway = page, gateway
        self.steps = 0
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: ConsoleMessage) -> None:
        """The provider's log-in page has no icon, and what else is its own business."""
        if message.type in ("error", "warning") and message.location["url"].startswith(self._gateway):
            self.complaints.append(message.text)

    def log_in(self, username: str, path: str) -> None:
        """At the staff's provider, as the page's own link goes there; back at the page."""
        self.page.goto(f"{self._gateway}/v1/auth/login?realm=staff&return_to={quote(path, safe='')}")
        self.page.locator(f'[name="person"][value="{username}"]').click()
        self.page.wait_for_url(re.compile(re.escape(self._gateway + path.partition("?")[0])))

    def settled(self) -> None:
        """Until no figure is on its way any more."""
        expect(self.page.locator("main section .content").first).to_be_attached()
        expect(self.page.locator("[aria-busy=true], .waiting")).to_have_count(0, timeout=60_000)
        self.page.wait_for_load_state("networkidle")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def reach(self, control: Locator) -> None:
        """By the tabulator key."""
        for _ in range(_FARTHEST):
            if control.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {control}")

    def activate(self, control: Locator, key: str = "Enter") -> None:
        self.reach(control)
        self.page.keyboard.press(key)
        self.steps += 1
        self.settled()

    def api(self, path: str, **query: Any) -> Any:
        """What the API tells this very visitor, in Vietnamese."""
        answer = self.page.request.get(self._gateway + path, params=query, headers={"Accept-Language": "vi"})
        assert answer.ok, answer.text()
        return answer.json()
