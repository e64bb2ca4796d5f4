"""What the portal's mock is told by its environment."""

from __future__ import annotations

from pathlib import Path

from mocks.settings import MockSettings


class Settings(MockSettings):
    portal_public_url: str = "http://127.0.0.1:8010"
    #: Where browsers find it, if elsewhere than services do.
    portal_browser_url: str | None = None
    portal_procedures: Path | None = None
    #: A file in which it keeps dossiers and payments while it is down; without one it forgets them.
    portal_state: Path | None = None
    portal_people: Path = Path(__file__).parent / "people.json"
    portal_client_id: str = "motcua-hoa-binh"
    portal_client_secret: str = "secret"  # noqa: S105
    portal_redirect_uris: str = "http://127.0.0.1:8000/v1/auth/callback"
    portal_session_seconds: int = 1800
    adapter_username: str = "hoa-binh"
    adapter_password: str = "secret"  # noqa: S105
    payment_platform_partner: str = "HOABINH"
    payment_platform_secrets: str = "MOCK-SECRET-0001"
    payment_confirm_url: str = "http://127.0.0.1:8000/v1/payments/callbacks/payment-platform"
    #: Seconds before each further CONFIRM while the partner does not say 00.
    payment_confirm_delays: str = "2,4,8,16"
    payment_return_url: str = "http://127.0.0.1:8000/v1/payments/return/payment-platform"

    def browser_url(self) -> str:
        return self.portal_browser_url or self.portal_public_url
