"""The national public-service portal, as a mock: adapter, login, payment platform, pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from mocks import oidc
from mocks.clock import Now, clock
from mocks.national_portal import adapter, control, pages, payment, payment_routes
from mocks.national_portal.procedures import Procedures
from mocks.national_portal.settings import Settings
from mocks.national_portal.store import Store


def create_app(
    settings: Settings | None = None,
    now: Now | None = None,
    partner: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """`partner`: the way to the province, for tests."""
    settings = settings or Settings()
    now = now or clock()
    people = oidc.read_people(settings.portal_people)
    store = Store(now, Procedures(settings.portal_procedures), people, settings.portal_session_seconds)
    platform = payment.Platform(store, settings, partner)
    provider = oidc.Provider(
        title="Đăng nhập Cổng Dịch vụ công Quốc gia (giả lập)",
        url=settings.portal_public_url,
        browser_url=settings.browser_url(),
        people=people,
        client=oidc.Registration(
            settings.portal_client_id,
            settings.portal_client_secret,
            tuple(settings.portal_redirect_uris.split(",")),
        ),
        now=now,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if settings.portal_state:
            store.load(settings.portal_state)
        yield
        await platform.close()
        if settings.portal_state:
            store.save(settings.portal_state)

    app = FastAPI(title="National portal (mock)", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.store, app.state.provider, app.state.platform = store, provider, platform
    app.include_router(oidc.router(provider))
    app.include_router(adapter.router(store, settings))
    app.include_router(payment_routes.router(platform, store, settings))
    app.include_router(control.router(store))
    app.include_router(pages.router(store))

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app
