"""What the gateway is told by its environment."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from services.gateway.federation.settings import FederationSettings

Words = Annotated[tuple[str, ...], NoDecode]


class Settings(FederationSettings):
    """`signing_key`: private RSA JWK (JSON), or a JWK set whose first key signs while all are published.
    `session_key`: Fernet keys, comma-separated, the first seals. Lists are comma-separated."""

    payment_url: str = "http://127.0.0.1:8003"

    signing_key: SecretStr
    session_key: SecretStr
    token_minutes: float = Field(default=15, gt=0, le=60)
    session_hours: float = Field(default=8, gt=0, le=24)
    refresh_days: float = Field(default=30, gt=0, le=90)

    portal_url: str = "http://127.0.0.1:8010"
    portal_client_id: str
    portal_client_secret: SecretStr
    staff_url: str = "http://127.0.0.1:8011"
    staff_client_id: str
    staff_client_secret: SecretStr
    #: Clients of mobile apps, registered at the providers, whose access tokens may be exchanged.
    portal_app_clients: Words = ()
    staff_app_clients: Words = ()

    #: Proxies before us, as addresses or networks: whom they say that they speak for is believed.
    trusted_proxies: Words = ()

    #: Origins of frontends: CORS, and where a login may return to.
    frontend_origins: Words = ()

    limits_enabled: bool = True
    #: `memory://`, or `redis://…` where several gateways count together.
    limits_storage: str = "memory://"
    limit_default: str = "3000/minute"
    limit_token: str = "60/minute"  # noqa: S105
    limit_track: str = "120/minute"

    #: Seconds until a neighbour's answer must begin; a `wait=` of the caller comes on top. A batch of
    #: 1,000, or closing a month, takes some on a busy machine.
    proxy_timeout: float = Field(default=60, gt=0, le=120)
    max_upload: int = Field(default=26 * 1024 * 1024, gt=0)
    #: A file of procedures: the catalogue's limit.
    max_import: int = Field(default=128 * 1024 * 1024, gt=0)
    #: What Prometheus shows as bearer token at `/metrics`; without it there are none at this port.
    metrics_token: SecretStr | None = None

    @field_validator(
        "trusted_proxies", "frontend_origins", "portal_app_clients", "staff_app_clients", mode="before"
    )
    @classmethod
    def _comma_separated(cls, value: Any) -> Any:
        return (
            tuple(word.strip() for word in value.split(",") if word.strip())
            if isinstance(value, str)
            else value
        )
