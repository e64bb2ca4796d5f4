"""The composition root of the payment service."""

from __future__ import annotations

from fastapi import FastAPI

from kit import app as kit_app
from kit.clock import Clock
from kit.feed import feed_router
from kit.http import Neighbour
from kit.jobs import Loop
from kit.vault import Vault
from services.payment import consumers
from services.payment.clients.catalog import Catalog
from services.payment.clients.dossier import Dossiers
from services.payment.commands.doubt import sweep
from services.payment.counter import routes as counter
from services.payment.ledger import routes as ledger
from services.payment.providers.payment_platform import Partner, PaymentPlatform
from services.payment.providers.port import Provider
from services.payment.providers.vnpay import Account, Vnpay
from services.payment.receipts import routes as receipts
from services.payment.receipts.issuer import HttpIssuer
from services.payment.receipts.jobs import Signer
from services.payment.reconciliation import routes as reconciliation
from services.payment.refunds import routes as refunds
from services.payment.refunds.sending import send
from services.payment.routes import callbacks, payments, reports
from services.payment.settings import Settings
from services.payment.successors import routes as successors
from services.payment.successors.jobs import Removals
from services.payment.till import Till


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    outside = outside or kit_app.Outside()
    parts = kit_app.parts("payment", settings, outside)

    def neighbour(name: str, url: str) -> Neighbour:
        return Neighbour(name, url, parts.key, transport=outside.transports.get(name))

    to_dossier = neighbour("dossier", settings.dossier_url)
    to_catalog = neighbour("catalog", settings.catalog_url)
    providers = {provider.name: provider for provider in _providers(settings, parts.clock, outside)}
    till = Till(
        clock=parts.clock,
        database=parts.database,
        dossiers=Dossiers(to_dossier),
        providers=providers,
        vault=Vault(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value()),
        settings=settings,
    )
    followers = [
        consumers.catalog(parts.database, to_catalog, Catalog(to_catalog)),
        consumers.dossiers(parts.database, to_dossier),
    ]

    issuers = _issuers(settings, outside)
    removals = Removals(parts.database, parts.clock)

    async def ask() -> bool:
        return await sweep(till)

    async def repay() -> bool:
        return await send(till)

    return kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: payments",
            [
                callbacks.router,
                counter.router,
                reports.router,
                payments.router,
                receipts.router,
                reconciliation.router,
                refunds.router,
                ledger.router,
                successors.router,
                feed_router("/payment"),
            ],
            loops=[
                Loop("payment-doubt", ask, parts.bell),
                Loop("payment-refunds", repay, parts.bell),
                Loop(removals.name, removals.step, parts.bell),
                *(Loop(Signer.name, Signer(till, issuer).step, parts.bell) for issuer in issuers),
                *(Loop(follower.name, follower.poll, parts.bell) for follower in followers),
            ],
            background=settings.background,
            closing=[
                to_dossier.close,
                to_catalog.close,
                *(provider.close for provider in providers.values()),
                *(issuer.close for issuer in issuers),
            ],
            state={
                "till": till,
                "consumers": {follower.name: follower for follower in followers},
                "removals": removals,
            },
        )
    )


def _issuers(settings: Settings, outside: kit_app.Outside) -> list[HttpIssuer]:
    """Of receipts: the one that is configured, or none."""
    if settings.receipt_issuer_url is None:
        return []
    token = settings.receipt_issuer_token
    return [
        HttpIssuer(
            settings.receipt_issuer_url,
            token.get_secret_value() if token else None,
            timeout=settings.receipt_issuer_timeout,
            transport=outside.transports.get("receipt-issuer"),
        )
    ]


def _providers(settings: Settings, clock: Clock, outside: kit_app.Outside) -> list[Provider]:
    """Those that are configured."""
    partner = Partner(
        url=settings.payment_platform_url,
        code=settings.payment_platform_partner,
        secrets=settings.platform_secrets(),
        states=settings.payment_platform_states,
        unheard=settings.payment_platform_unheard,
    )
    found: list[Provider] = [
        PaymentPlatform(
            partner,
            clock,
            timeout=settings.payment_platform_timeout,
            transport=outside.transports.get("payment-platform"),
        )
    ]
    if settings.vnpay_tmn_code:
        account = Account(
            tmn_code=settings.vnpay_tmn_code,
            secrets=settings.vnpay_keys(),
            pay_url=settings.vnpay_pay_url,
            api_url=settings.vnpay_api_url,
            return_url=f"{settings.public_url}/v1/payments/return/{Vnpay.name}",
        )
        found.append(
            Vnpay(
                account,
                clock=clock,
                timeout=settings.vnpay_timeout,
                lasts=settings.payment_expires_after,
                transport=outside.transports.get("vnpay"),
            )
        )
    return found
