"""People who use a running system from outside, as the demo's do, but without telling of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Self
from uuid import uuid4

import httpx

from deploy.demo.people import Person
from deploy.demo.story import Story


class Silent(Story):
    """Checks, and says nothing."""

    def step(self, sentence: str) -> None:
        pass

    def call(self, answer: httpx.Response) -> None:
        pass

    def tell(self, *lines: str) -> None:
        pass


class Citizen:
    """A citizen who submits a procedure that needs neither papers nor fees."""

    PROCEDURE, AGENCY = "9.000003", "000.00.11.H28"

    def __init__(self, gateway: str, username: str = "an-nguyen", procedure: tuple[str, str] | None = None):
        """`procedure`: another one, and its body; without papers, too."""
        self.person = Person(Silent(), gateway)
        self.person.log_in(username, "citizen")
        code, agency = procedure or (self.PROCEDURE, self.AGENCY)
        form = self.person.client.get(f"/v1/procedures/{code}/form").json()["example"]
        self.new = {"procedure": code, "agency": agency, "form": form, "submit": True}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.person.client.close()

    def submit(self, key: str) -> dict[str, Any]:
        """The dossier, once it was answered 201; asked again, under the same key, while that is in flight
        or a service is on its way back.

        Raises httpx.HTTPStatusError for any other answer.
        """
        return self.create("/v1/dossiers", key, self.new)

    def create(self, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """As `submit`, of anything."""
        for _ in range(150):
            answer = self.person.post_once(path, key, body)
            if answer.status_code not in (409, 502, 503, 504):
                break
            time.sleep(0.1)
        answer.raise_for_status()
        assert answer.status_code == 201
        found: dict[str, Any] = answer.json()
        return found

    def draft(self) -> str:
        """The id of a draft whose procedure wants papers."""
        new = {"procedure": "9.000001", "agency": "000.00.09.H28", "form": {}}
        answer = self.person.post_once("/v1/dossiers", str(uuid4()), new).raise_for_status()
        return str(answer.json()["id"])

    def upload(self, draft: str, content: bytes) -> dict[str, Any]:
        """The document, a PDF, as one more of the draft's first paper."""
        answer = self.person.client.post(
            f"/v1/dossiers/{draft}/documents",
            files={"file": ("don.pdf", content)},
            data={"paper": "GT-01"},
            headers=self.person.unsafe_headers(str(uuid4())),
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def dossiers(self) -> dict[str, dict[str, Any]]:
        """All of mine, by id."""
        return {item["id"]: item for item in self._pages()}

    def _pages(self) -> Iterator[dict[str, Any]]:
        params = {"limit": "200"}
        while True:
            page = self.person.client.get("/v1/dossiers", params=params).raise_for_status().json()
            yield from page["items"]
            if page["next"] is None:
                return
            params["cursor"] = page["next"]

    def history(self, dossier: str) -> list[str]:
        answer = self.person.client.get(f"/v1/dossiers/{dossier}/history").raise_for_status()
        return [step["action"] for step in answer.json()["items"]]
