"""The frame of the mocks' pages, and a page that says one sentence."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

FRAME = Path(__file__).parent / "templates"
templates = Jinja2Templates(FRAME)


def says(request: Request, title: str, text: str, status: int = 200) -> Response:
    return templates.TemplateResponse(request, "says.html", {"title": title, "text": text}, status)
