"""How the demo tells what it does: a step in a sentence, each call, what came back; and it checks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape


class StepFailedError(Exception):
    """A step did not hold; the message says which and what came instead."""


class Story:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._number = 0

    def step(self, sentence: str) -> None:
        self._number += 1
        self._console.print(f"\n[bold]{self._number:2}. {escape(sentence)}[/bold]")

    def call(self, answer: httpx.Response) -> None:
        request = answer.request
        colour = "green" if answer.status_code < 400 else "yellow"
        path = request.url.raw_path.decode("ascii")
        shown = path if len(path) <= 90 else f"{path[:87]}…"
        port = f":{request.url.port}" if request.url.port else ""
        self._console.print(f"    [dim]{request.method} {port}{escape(shown)}[/dim] "
                            f"[{colour}]{answer.status_code}[/{colour}]")  # fmt: skip

    def tell(self, *lines: str) -> None:
        for line in lines:
            self._console.print(f"      {escape(line)}")

    def expect(self, held: object, otherwise: str) -> None:
        """Raises StepFailedError with `otherwise`."""
        if not held:
            raise StepFailedError(otherwise)

    def until(self, held: Callable[[], object], otherwise: str, seconds: float = 20) -> None:
        """Ask again until it holds. Raises StepFailedError."""
        end = time.monotonic() + seconds
        while not held():
            self.expect(time.monotonic() < end, otherwise)
            time.sleep(0.2)

    def done(self, sentence: str) -> None:
        self._console.print(f"\n[bold green]✓ {escape(sentence)}[/bold green]")

    def failed(self, sentence: str) -> None:
        self._console.print(f"\n[bold red]✗ {escape(sentence)}[/bold red]")


def money(amount: int) -> str:
    return f"{amount:,} đồng".replace(",", ".")


def problem(answer: httpx.Response) -> list[str]:
    """A problem+json as lines for people."""
    body: dict[str, Any] = answer.json()
    lines = [f"{body['title']} [{body['code']}]"]
    lines += [f"· {fault.get('pointer', '')}: {fault['detail']}" for fault in body.get("errors", [])]
    return lines
