"""The composition root of the gateway."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from kit import app as kit_app
from kit.feed import feed_router
from services.gateway.edge.entrance import Entrance
from services.gateway.edge.limit import RateLimit
from services.gateway.edge.openapi import Merged, docs_router
from services.gateway.edge.outside import Client, Issuer
from services.gateway.edge.proxy import Proxy
from services.gateway.edge.tokens import TokenIssuer
from services.gateway.federation import wiring
from services.gateway.federation.routes import router as federation_router
from services.gateway.routes import auth, internal
from services.gateway.settings import Settings


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    outside = outside or kit_app.Outside()
    clock = outside.clock or settings.clock()
    tokens = TokenIssuer(
        settings.signing_key.get_secret_value(), settings.public_url, settings.token_minutes, clock
    )
    # The gateway verifies its own tokens by its own key: it does not ask itself over HTTP.
    outside = kit_app.Outside(clock, outside.issuer_keys or tokens.published, outside.transports)
    parts = kit_app.parts("gateway", settings, outside)
    issuers = _issuers(settings, outside, parts)
    entrance = Entrance(settings, clock, parts.database, issuers, tokens)
    services = {
        "catalog": settings.catalog_url,
        "dossier": settings.dossier_url,
        "payment": settings.payment_url,
    }
    proxy = Proxy(services, entrance)
    loops, state, closing = wiring.build(parts, settings, outside)
    app = kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: gateway",
            [auth.router, internal.router, federation_router, docs_router(), feed_router("/gateway")],
            loops=loops,
            background=settings.background,
            closing=[*closing, proxy.close, *(issuer.close for issuer in issuers.values())],
            state={"entrance": entrance, "merged": Merged(services, outside.transports), **state},
        )
    )
    app.mount("/", proxy)
    if settings.rate_limit:
        app.add_middleware(RateLimit, limit=settings.rate_limit, storage=settings.rate_limit_storage)
    if settings.frontend_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.frontend_origins,
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "Location", "Idempotency-Replayed", "Retry-After"],
        )
    return app


def _issuers(settings: Settings, outside: kit_app.Outside, parts: kit_app.Parts) -> dict[str, Issuer]:
    redirect_uri = f"{settings.public_url}/v1/auth/callback"
    clients = (
        Client(
            "citizen",
            settings.portal_url,
            settings.portal_client_id,
            settings.portal_client_secret.get_secret_value(),
            (("acr_values", "LoA1"),),
        ),
        Client(
            "staff",
            settings.staff_url,
            settings.staff_client_id,
            settings.staff_client_secret.get_secret_value(),
        ),
    )
    transports = {"citizen": "portal", "staff": "staff"}
    return {
        client.realm: Issuer(
            client, redirect_uri, parts.clock, outside.transports.get(transports[client.realm])
        )
        for client in clients
    }
