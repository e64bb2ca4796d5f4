"""What the identity is made of, for its routes and for the session middleware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kit.app import Outside, Parts
from kit.vault import Vault
from services.gateway.edge.identity.claims import Realm
from services.gateway.edge.identity.cookies import Cookies
from services.gateway.edge.identity.provider import Provider, Registration
from services.gateway.edge.identity.tokens import TokenIssuer
from services.gateway.settings import Settings


@dataclass(frozen=True)
class Identities:
    """`public_url` is ours; `origins` are those of frontends where a login may return to."""

    issuer: TokenIssuer
    cookies: Cookies
    vault: Vault
    providers: dict[Realm, Provider]
    public_url: str
    origins: tuple[str, ...]
    session_lifetime: timedelta
    refresh_lifetime: timedelta


def build(parts: Parts, settings: Settings, issuer: TokenIssuer, outside: Outside) -> Identities:
    """Transports by name: "portal-identity", "staff-identity"."""
    redirect_uri = f"{settings.public_url}/v1/auth/callback"
    portal = Registration(
        "portal",
        settings.portal_url,
        settings.portal_client_id,
        settings.portal_client_secret.get_secret_value(),
        redirect_uri,
        settings.portal_app_clients,
    )
    staff = Registration(
        "staff",
        settings.staff_url,
        settings.staff_client_id,
        settings.staff_client_secret.get_secret_value(),
        redirect_uri,
        settings.staff_app_clients,
    )
    providers = {
        ours.realm: Provider(ours, parts.clock, outside.transports.get(f"{ours.realm}-identity"))
        for ours in (portal, staff)
    }
    secure = settings.public_url.startswith("https://")
    return Identities(
        issuer=issuer,
        cookies=Cookies(settings.session_key.get_secret_value(), parts.clock, secure=secure),
        vault=Vault(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value()),
        providers=providers,
        public_url=settings.public_url,
        origins=settings.frontend_origins,
        session_lifetime=timedelta(hours=settings.session_hours),
        refresh_lifetime=timedelta(days=settings.refresh_days),
    )
