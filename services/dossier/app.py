"""The composition root of the dossier service."""

from __future__ import annotations

from fastapi import FastAPI

from kit import app as kit_app
from kit.feed import feed_router
from kit.http import Neighbour
from kit.jobs import Loop
from kit.vault import Vault
from services.dossier import consumers
from services.dossier.audit import routes as audit
from services.dossier.calendars import routes as calendars
from services.dossier.clients.catalog import Catalog
from services.dossier.clients.gateway import Accounts
from services.dossier.closings import routes as closings
from services.dossier.closings.jobs import Amending
from services.dossier.counts import routes as counts
from services.dossier.district import routes as district
from services.dossier.drafts import routes as drafts
from services.dossier.drafts.jobs import Housekeeping
from services.dossier.figures import routes as figures
from services.dossier.figures.folding import Folding
from services.dossier.letters import routes as letters
from services.dossier.notices import routes as notices
from services.dossier.notices.jobs import Postman
from services.dossier.notices.sending import HttpCarrier
from services.dossier.office import Office
from services.dossier.privacy import routes as privacy
from services.dossier.ratings import routes as ratings
from services.dossier.results import routes as results
from services.dossier.routes import (
    actions,
    deadlines,
    desk,
    documents,
    dossiers,
    internal,
    public,
)
from services.dossier.scanning.clamd import Clamd
from services.dossier.scanning.jobs import Scanning
from services.dossier.score import routes as score
from services.dossier.settings import Settings
from services.dossier.statements import routes as statements
from services.dossier.storage import Storage
from services.dossier.successors import routes as successors
from services.dossier.successors.jobs import Removals
from services.dossier.targets import report_routes as target_reports
from services.dossier.targets import routes as targets
from services.dossier.volumes import routes as volumes


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    outside = outside or kit_app.Outside()
    parts = kit_app.parts("dossier", settings, outside)

    def neighbour(name: str, url: str) -> Neighbour:
        return Neighbour(name, url, parts.key, transport=outside.transports.get(name))

    to_catalog = neighbour("catalog", settings.catalog_url)
    to_gateway = neighbour("gateway", settings.gateway_url)
    to_payment = neighbour("payment", settings.payment_url)
    office = Office(
        clock=parts.clock,
        vault=Vault(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value()),
        storage=Storage(settings.objects(settings.storage_url)),
        catalog=Catalog(to_catalog),
        accounts=Accounts(to_gateway),
        settings=settings,
    )
    followers = [
        consumers.payments(parts.database, to_payment, office),
        consumers.accounts(parts.database, to_gateway, office),
        consumers.Places(parts.database, to_catalog, office.catalog),
    ]
    urls = {"sms": settings.sms_url, "email": settings.email_url}
    carriers = {
        channel: HttpCarrier(url, outside.transports.get(channel)) for channel, url in urls.items() if url
    }
    postman = Postman(parts.database, office.vault, parts.clock, carriers)
    scanning = Scanning(parts.database, office, Clamd(settings.clamd)) if settings.clamd else None
    housekeeping = Housekeeping(parts.database, office)
    removals = Removals(parts.database, parts.clock)
    folding = Folding(parts.database)
    amending = Amending(parts.database, office)
    return kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: dossiers",
            [
                drafts.router,
                district.router,
                counts.router,
                privacy.router,
                letters.router,
                notices.router,
                documents.router,
                calendars.router,
                deadlines.router,
                desk.router,
                dossiers.router,
                actions.router,
                public.router,
                results.router,
                ratings.router,
                figures.router,
                closings.router,
                score.router,
                targets.router,
                target_reports.router,
                statements.router,
                audit.router,
                successors.router,
                internal.router,
                volumes.router,
                feed_router("/dossier"),
            ],
            loops=[
                *(Loop(follower.name, follower.poll, parts.bell) for follower in followers),
                *([Loop(scanning.name, scanning.step, parts.bell)] if scanning else []),
                Loop(postman.name, postman.step, parts.bell),
                Loop(housekeeping.name, housekeeping.step, parts.bell, every=60),
                Loop(removals.name, removals.step, parts.bell),
                Loop(folding.name, folding.step, parts.bell, every=60),
                Loop(amending.name, amending.step, parts.bell, every=60),
            ],
            background=settings.background,
            closing=[
                to_catalog.close,
                to_gateway.close,
                to_payment.close,
                *(carrier.close for carrier in carriers.values()),
            ],
            state={
                "office": office,
                "consumers": {follower.name: follower for follower in followers},
                "housekeeping": housekeeping,
                "amending": amending,
                "removals": removals,
                "postman": postman,
                "scanning": scanning,
            },
        )
    )
