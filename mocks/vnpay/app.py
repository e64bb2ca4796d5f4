"""VNPAY 2.1.0, as a mock: pay page, IPN, querydr, refund, books. State in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from mocks.clock import Now, clock
from mocks.vnpay import control, routes
from mocks.vnpay.books import Books
from mocks.vnpay.merchant import Merchant
from mocks.vnpay.notices import Notifier
from mocks.vnpay.settings import Settings


def create_app(
    settings: Settings | None = None,
    now: Now | None = None,
    partner: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """`partner`: the way to the merchant, for tests."""
    settings = settings or Settings()
    books = Books(now or clock())
    notifier = Notifier(books, settings, partner)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await notifier.close()

    app = FastAPI(title="VNPAY (mock)", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.books, app.state.notifier = books, notifier
    app.include_router(routes.page_router(notifier, books, settings))
    app.include_router(routes.merchant_router(Merchant(books, settings), books))
    app.include_router(control.router(books))

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app
