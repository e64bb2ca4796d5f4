"""Who signs electronic receipts, as a mock: what was signed can be read on a page. State in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field

from mocks.clock import Now, clock
from mocks.html import FRAME
from mocks.national_portal.faults import Fault, Faults
from mocks.receipt_issuer import control
from mocks.receipt_issuer.faults import met
from mocks.settings import MockSettings

templates = Jinja2Templates(directory=[Path(__file__).parent / "templates", FRAME])
Short = Annotated[str, Field(max_length=500)]


class Paper(BaseModel):
    """What is to be signed; `id` is the sender's own. Whatever else it sends is kept with it."""

    model_config = ConfigDict(extra="allow")

    id: Short
    tax_code: Short
    form_code: Short
    series: Short
    number: Short
    amount: int = Field(gt=0)


class Cancellation(BaseModel):
    id: Short
    reason: Short


@dataclass
class Held:
    """`code` None: cancelled before it was ever signed, and so never will be."""

    code: str | None
    signed_at: str | None
    paper: dict[str, Any]
    cancelled: str | None = None


@dataclass
class Desk:
    """By the sender's id; `asked` counts what came for it, repetitions too."""

    now: Now
    held: dict[str, Held] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def sign(self, paper: Paper) -> Response:
        known = self.held.get(paper.id)
        sent = paper.model_dump()
        if known is None:
            if any(_name(held.paper) == _name(sent) for held in self.held.values() if held.code):
                return _no("number-used", "This number was signed for another receipt.")
            code = f"BLDT-{self.now():%Y}-{len(self.held) + 1:08d}"
            known = self.held[paper.id] = Held(code, self.now().isoformat(timespec="seconds"), sent)
        if known.code is None or known.cancelled is not None:
            return _no("cancelled", "This receipt is cancelled.")
        if known.paper != sent:
            return _no("other-content", "Another receipt was signed under this id.")
        return JSONResponse({"id": paper.id, "code": known.code, "signed_at": known.signed_at})

    def cancel(self, wish: Cancellation) -> Response:
        held = self.held.setdefault(wish.id, Held(None, None, {}))
        held.cancelled = held.cancelled or wish.reason
        return JSONResponse({"id": wish.id, "code": held.code, "status": "cancelled"})

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"id": id_, "asked": self.asked.get(id_, 0), **asdict(held)} for id_, held in self.held.items()
        ]


def _name(paper: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(paper.get(part) for part in ("tax_code", "agency", "form_code", "series", "number"))


def _no(code: str, words: str) -> Response:
    return JSONResponse({"code": code, "title": words}, 409)


class Settings(MockSettings):
    receipt_issuer_token: str | None = None


def create_app(now: Now | None = None, token: str | None = None) -> FastAPI:
    """`token`: what senders must show; by default RECEIPT_ISSUER_TOKEN, without one nothing."""
    token = token or Settings().receipt_issuer_token
    desk = Desk(now or clock())
    app = FastAPI(title="Receipt issuer (mock)", docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.include_router(_receipts(desk, token))
    app.include_router(control.router(desk.faults, desk.rows))

    @app.get("/", include_in_schema=False)
    async def home(request: Request) -> Response:
        context = {"title": "Biên lai điện tử đã ký", "rows": desk.rows()[::-1]}
        return templates.TemplateResponse(request, "receipts.html", context)

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _receipts(desk: Desk, token: str | None) -> APIRouter:
    async def known(authorization: Annotated[str, Header()] = "") -> None:
        if token and authorization != f"Bearer {token}":
            raise HTTPException(401, "who are you?")

    routes = APIRouter(dependencies=[Depends(known)])

    def _met(service: str, id_: str) -> Fault | None:
        desk.asked[id_] = desk.asked.get(id_, 0) + 1
        return desk.faults.next(service)

    @routes.post("/receipts")
    async def sign(paper: Paper) -> Response:
        """The same id again answers what it answered first."""
        return await met(_met("sign", paper.id), lambda: desk.sign(paper))

    @routes.post("/cancel")
    async def cancel(wish: Cancellation) -> Response:
        """Also of one that was never signed; it never will be then."""
        return await met(_met("cancel", wish.id), lambda: desk.cancel(wish))

    @routes.get("/receipts/{receipt_id}")
    async def receipt(receipt_id: str) -> Response:
        held = desk.held.get(receipt_id)
        return JSONResponse(asdict(held) if held else {"code": "unknown"}, 200 if held else 404)

    return routes
