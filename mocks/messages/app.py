"""Carriers of text messages and mail, as a mock: what was sent can be read on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from mocks.html import FRAME

templates = Jinja2Templates(directory=[Path(__file__).parent / "templates", FRAME])
KEPT = 1000


class Message(BaseModel):
    reference: str = Field(max_length=100)
    to: str = Field(max_length=254)
    text: str = Field(max_length=4000)


def create_app() -> FastAPI:
    app = FastAPI(title="Messages (mock)", docs_url=None, redoc_url=None)
    held: dict[str, dict[str, Any]] = {}
    app.state.held = held

    def take(channel: str, message: Message) -> dict[str, str]:
        held.setdefault(message.reference, {"channel": channel, **message.model_dump()})
        while len(held) > KEPT:
            del held[next(iter(held))]
        return {"status": "sent"}

    @app.post("/sms", status_code=202)
    async def sms(message: Message) -> dict[str, str]:
        return take("sms", message)

    @app.post("/email", status_code=202)
    async def email(message: Message) -> dict[str, str]:
        return take("email", message)

    @app.get("/_mock/messages")
    async def messages() -> list[dict[str, Any]]:
        return list(held.values())

    @app.get("/", include_in_schema=False)
    async def home(request: Request) -> Response:
        context = {"title": "Tin nhắn và thư đã gửi", "rows": list(held.values())[::-1]}
        return templates.TemplateResponse(request, "messages.html", context)

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app
