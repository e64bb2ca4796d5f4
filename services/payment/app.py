"""The composition root of the payment service."""

from __future__ import annotations

from fastapi import FastAPI

from kit import app as kit_app
from kit.feed import feed_router
from kit.http import Neighbour
from kit.jobs import Loop
from services.payment.clients.dossier import Dossiers
from services.payment.clients.payment_platform import Partner, PaymentPlatform
from services.payment.commands.doubt import sweep
from services.payment.routes import payments, platform
from services.payment.settings import Settings
from services.payment.till import Till


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    outside = outside or kit_app.Outside()
    parts = kit_app.parts("payment", settings, outside)
    to_dossier = Neighbour(
        "dossier", settings.dossier_url, parts.key, transport=outside.transports.get("dossier")
    )
    partner = Partner(
        url=settings.payment_platform_url,
        code=settings.payment_platform_partner,
        secrets=settings.platform_secrets(),
        states=settings.payment_platform_states,
        unheard=settings.payment_platform_unheard,
    )
    to_platform = PaymentPlatform(
        partner,
        timeout=settings.payment_platform_timeout,
        transport=outside.transports.get("payment-platform"),
    )
    till = Till(parts.clock, parts.database, Dossiers(to_dossier), to_platform, settings)

    async def ask() -> bool:
        return await sweep(till)

    return kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: payments",
            [platform.router, payments.router, feed_router("/payment")],
            loops=[Loop("payment-doubt", ask, parts.bell)],
            background=settings.background,
            closing=[to_dossier.close, to_platform.close],
            state={"till": till},
        )
    )
