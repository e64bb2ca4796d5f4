"""The composition root of the gateway."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from kit import app as kit_app
from kit.app import Outside, Parts
from kit.feed import feed_router
from kit.http import Neighbour
from kit.jobs import Loop
from services.gateway.edge import pages
from services.gateway.edge.clients import routes as client_routes
from services.gateway.edge.clients.bodies import Bodies
from services.gateway.edge.dashboard import routes as dashboard_routes
from services.gateway.edge.identity import routes as identity_routes
from services.gateway.edge.identity import token_routes
from services.gateway.edge.identity import wiring as identity_wiring
from services.gateway.edge.identity.sessions import SessionBearer, Sessions
from services.gateway.edge.identity.tokens import TokenIssuer
from services.gateway.edge.inward import Inward
from services.gateway.edge.limits import Limits, Rule
from services.gateway.edge.proxy import route as proxy
from services.gateway.edge.proxy.forward import Forwarder
from services.gateway.edge.reference import Reference
from services.gateway.edge.successors import consumers as successor_consumers
from services.gateway.edge.successors import routes as successor_routes
from services.gateway.federation import routes as federation_routes
from services.gateway.federation import wiring as federation_wiring
from services.gateway.settings import Settings

_ROUTERS = [
    identity_routes.router,
    token_routes.router,
    client_routes.router,
    successor_routes.router,
    federation_routes.router,
    feed_router("/gateway"),
    pages.router,
    dashboard_routes.router,
]


def create_app(settings: Settings | None = None, outside: Outside | None = None) -> FastAPI:
    settings, outside = settings or Settings(), outside or Outside()
    clock = outside.clock or settings.clock()
    lifetime = timedelta(minutes=settings.token_minutes)
    issuer = TokenIssuer(settings.signing_key.get_secret_value(), settings.public_url, lifetime, clock)
    # Our own tokens are verified with our own keys, without asking ourselves over HTTP.
    outside = replace(outside, clock=clock, issuer_keys=outside.issuer_keys or issuer.published)
    parts = kit_app.parts("gateway", settings, outside)
    identities = identity_wiring.build(parts, settings, issuer, outside)
    loops, state, closing = federation_wiring.build(parts, settings, outside)
    services = {
        "catalog": settings.catalog_url,
        "dossier": settings.dossier_url,
        "payment": settings.payment_url,
    }
    forwarder = Forwarder(services, settings.proxy_timeout)
    reference = Reference(services, settings.public_url, outside.transports)
    catalog = Neighbour(
        "catalog", settings.catalog_url, parts.key, transport=outside.transports.get("catalog")
    )
    bodies = Bodies(catalog)
    acting = successor_consumers.catalog(parts.database, catalog)
    sessions = Sessions(identities, parts.database, clock)
    app = kit_app.create(
        kit_app.Service(
            parts,
            "Motcua",
            _ROUTERS,
            loops=[*loops, Loop(acting.name, acting.poll, parts.bell)],
            background=settings.background,
            closing=[
                *closing,
                forwarder.close,
                reference.close,
                bodies.close,
                *(provider.close for provider in identities.providers.values()),
            ],
            state={
                **state,
                "identities": identities,
                "sessions": sessions,
                "reference": reference,
                "bodies": bodies,
                "acting": acting,
            },
            max_body=settings.max_upload,
            max_upload=settings.max_upload,
            max_bodies={"/v1/procedures/imports": settings.max_import},
        )
    )
    # The proxy first, because it carries almost all calls; FastAPI's own document shows the gateway alone.
    own = [route for route in app.router.routes if getattr(route, "name", "") != "openapi"]
    app.router.routes[:] = [*proxy.routes(forwarder), *own]
    # Inside what the kit has put around (request id, body limit), outermost first.
    app.user_middleware.extend(_middleware(settings, parts, sessions))
    return app


def _middleware(settings: Settings, parts: Parts, sessions: Sessions) -> list[Middleware]:
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    rules = [
        Rule.read("token", "/v1/auth/token", settings.limit_token),
        Rule.read("track", "/v1/track", settings.limit_track),
        Rule.read("default", "/", settings.limit_default),
    ]
    proxies = Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    limits = Middleware(Limits, rules=rules, storage=settings.limits_storage, verifier=parts.verifier)
    return [
        *([proxies] if settings.trusted_proxies else []),
        Middleware(Inward, verifier=parts.verifier, metrics_token=token),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.frontend_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "X-CSRF-Token",
            ],
            expose_headers=[
                "ETag",
                "Idempotency-Replayed",
                "Link",
                "Location",
                "RateLimit-Limit",
                "RateLimit-Remaining",
                "RateLimit-Reset",
                "Retry-After",
                "X-Request-Id",
            ],
        ),
        Middleware(SessionBearer, sessions=sessions),
        *([limits] if settings.limits_enabled else []),
    ]
