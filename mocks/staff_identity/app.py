"""The staff's OpenID Connect provider, as a mock with sample officials."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from mocks import oidc
from mocks.clock import Now, clock
from mocks.settings import MockSettings


class Settings(MockSettings):
    staff_public_url: str = "http://127.0.0.1:8011"
    #: Where browsers find it, if elsewhere than services do.
    staff_browser_url: str | None = None
    staff_client_id: str = "motcua"
    staff_client_secret: str = "secret"  # noqa: S105
    staff_redirect_uris: str = "http://127.0.0.1:8000/v1/auth/callback"
    staff_people: Path = Path(__file__).parent / "people.json"


def create_app(settings: Settings | None = None, now: Now | None = None) -> FastAPI:
    settings = settings or Settings()
    provider = oidc.Provider(
        title="Đăng nhập cán bộ (giả lập)",
        url=settings.staff_public_url,
        browser_url=settings.staff_browser_url or settings.staff_public_url,
        people=oidc.read_people(settings.staff_people),
        client=oidc.Registration(
            settings.staff_client_id,
            settings.staff_client_secret,
            tuple(settings.staff_redirect_uris.split(",")),
        ),
        now=now or clock(),
    )
    app = FastAPI(title="Staff identity (mock)", docs_url=None, redoc_url=None)
    app.include_router(oidc.router(provider))
    app.state.provider = provider

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app
