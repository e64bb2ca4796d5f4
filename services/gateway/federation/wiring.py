"""What the federation adds to the gateway: its loops, its consumer, what is to be closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from kit.app import Outside, Parts
from kit.feed import Consumer
from kit.http import Neighbour
from kit.jobs import Loop
from kit.vault import Vault
from services.gateway.federation.clients.catalogue import Catalogue
from services.gateway.federation.clients.dossiers import Dossiers
from services.gateway.federation.dossier_feed import EVERY_DOSSIER_EVENT, wanting
from services.gateway.federation.dossier_sync import DossierSync
from services.gateway.federation.portal.client import PortalClient
from services.gateway.federation.portal.link import StoredLink
from services.gateway.federation.procedure_sync import ProcedureSync
from services.gateway.federation.settings import FederationSettings

Closing = Callable[[], Awaitable[None]]


def build(
    parts: Parts, settings: FederationSettings, outside: Outside
) -> tuple[list[Loop], dict[str, Any], list[Closing]]:
    """Loops, attributes of `app.state`, and what is awaited at the end. Transports by name: "portal",
    "dossier", "catalog"."""
    vault = Vault(settings.data_keys.get_secret_value(), settings.index_key.get_secret_value())
    link = StoredLink(parts.database, vault, parts.clock, settings.adapter_unit)
    portal = PortalClient(settings, link, outside.transports.get("portal"))
    dossier, catalog = (
        Neighbour(name, url, parts.key, transport=outside.transports.get(name))
        for name, url in (("dossier", settings.dossier_url), ("catalog", settings.catalog_url))
    )
    handlers = {EVERY_DOSSIER_EVENT: wanting(parts.clock)}
    consumer = Consumer("federation-dossier", parts.database, dossier, handlers)
    sender = DossierSync(parts.database, parts.clock, portal, Dossiers(dossier), settings)
    sync = ProcedureSync(parts.database, parts.clock, portal, Catalogue(catalog), settings)
    loops = [
        Loop("federation-dossier", consumer.poll, parts.bell),
        Loop("federation", sender.step, parts.bell, every=1.0),
        Loop("procedures-sync", sync.step, parts.bell),
    ]
    state = {"federation_consumer": consumer, "federation_unit": settings.adapter_unit}
    return loops, state, [portal.close, dossier.close, catalog.close]
