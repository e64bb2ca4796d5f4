"""A person with a browser: logs in where the gateway sends them, then calls the public API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

from deploy.demo.story import Story


class Page(HTMLParser):
    """The first form of a page: where it goes and its hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = named.get("action", "")
        if tag == "input" and named.get("type") == "hidden":
            self.hidden[named["name"]] = named.get("value", "")


class Person:
    """`portal`: the address of the page at which they logged in."""

    def __init__(self, story: Story, public_url: str) -> None:
        self._story, self._csrf = story, ""
        self.portal = ""
        self.client = httpx.Client(base_url=public_url, timeout=40, trust_env=False)

    def log_in(self, username: str, realm: str) -> dict[str, Any]:
        """Authorization code with PKCE, page by page as a browser would; returns who it is."""
        page = self._follow(self.client.get("/v1/auth/login", params={"realm": realm, "return_to": "/v1/me"}))
        self.portal = str(page.url.copy_with(raw_path=b"/"))
        form = Page(page.text)
        self._story.expect(form.action, f"không thấy trang đăng nhập, mà là {page.status_code}")
        chosen = {**form.hidden, "person": username}
        me = self._follow(self.client.post(urljoin(str(page.url), form.action), data=chosen))
        self._story.expect(me.status_code == 200, f"đăng nhập không được: {me.text[:300]}")
        found: dict[str, Any] = me.json()
        self._csrf = found["csrf"]
        return found

    def pay(self, page_url: str) -> httpx.Response:
        """Open the payment page and press the button; the answer is where the browser ends."""
        page = self.client.get(page_url)
        self._story.call(page)
        button = urljoin(page_url, Page(page.text).action)
        return self._follow(self.client.post(button, data={"outcome": "paid", "bank": "BIDV"}))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        self._story.call(answer)
        for _ in range(6):
            if answer.next_request is None:
                break
            answer = self.client.send(answer.next_request)
            self._story.call(answer)
        return answer

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        answer = self.client.get(path, **kwargs)
        self._story.call(answer)
        return answer

    def post_once(self, path: str, key: str, body: dict[str, Any]) -> httpx.Response:
        """Create something under an Idempotency-Key of the caller's own choice."""
        return self.client.post(path, json=body, headers=self.unsafe_headers(key))

    def unsafe_headers(self, key: str) -> dict[str, str]:
        """What a browser's session has to send along with anything that changes something."""
        return {"X-CSRF-Token": self._csrf, "Idempotency-Key": key}

    def send(
        self, method: str, path: str, *, version: httpx.Response | None = None, **kwargs: Any
    ) -> httpx.Response:
        """`version`: the answer whose ETag is what this person has seen."""
        headers = self.unsafe_headers(secrets.token_hex(16))
        if version is not None:
            headers["If-Match"] = version.headers["ETag"]
        answer = self.client.request(method, path, headers=headers, **kwargs)
        self._story.call(answer)
        return answer

    def act(self, dossier: str, action: str, body: dict[str, Any]) -> httpx.Response:
        """Look at the dossier, then take the step."""
        seen = self.client.get(dossier)
        return self.send("POST", f"{dossier}/actions/{action}", version=seen, json=body)


def everybody(story: Story, people: Mapping[str, Person]) -> None:
    """Each logs in under their name; who is no citizen of the mock portal is staff."""
    story.step("Mọi người đăng nhập | everybody logs in")
    for username, person in people.items():
        me = person.log_in(username, "citizen" if "-" in username and "." not in username else "staff")
        story.tell(f"{me['name']}: {', '.join(me['roles'])} {me['agency'] or ''}")


def example_form(story: Story, anyone: Person, procedure: str) -> dict[str, Any]:
    """A valid form of a procedure of the sample catalogue."""
    found = anyone.get(f"/v1/procedures/{procedure}/form")
    story.expect(
        found.is_success,
        "không có danh mục mẫu, hãy chạy make run không có PROCEDURES | needs the sample",
    )
    form: dict[str, Any] = found.json()["example"]
    return form
