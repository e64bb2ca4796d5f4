"""Settings of the gateway."""

from __future__ import annotations

from pydantic import Field, SecretStr

from services.gateway.federation.settings import FederationSettings


class Settings(FederationSettings):
    payment_url: str = "http://127.0.0.1:8003"
    signing_key: SecretStr
    session_key: SecretStr
    session_hours: float = Field(default=8, gt=0)
    token_minutes: float = Field(default=15, gt=0, le=60)
    refresh_days: float = Field(default=30, gt=0)
    portal_url: str = "http://127.0.0.1:8010"
    portal_client_id: str
    portal_client_secret: SecretStr
    staff_url: str = "http://127.0.0.1:8011"
    staff_client_id: str
    staff_client_secret: SecretStr
    #: Origins of web frontends: allowed by CORS and as places to return to after login.
    frontend_origins: list[str] = []
    #: Per caller; empty switches it off. In `limits` notation.
    rate_limit: str = "3000/minute"
    rate_limit_storage: str = "async+memory://"
