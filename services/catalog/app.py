"""The composition root of the catalogue."""

from __future__ import annotations

from fastapi import FastAPI

from kit import app as kit_app
from kit.feed import feed_router
from kit.http import Neighbour
from kit.jobs import Loop
from services.catalog.bodies import routes as bodies
from services.catalog.bodies.jobs import Herald
from services.catalog.clients.volumes import Volumes
from services.catalog.codelists import CodeLists
from services.catalog.decisions import routes as decisions
from services.catalog.fees import routes as fees
from services.catalog.forms import routes as forms
from services.catalog.national import routes as national
from services.catalog.offerings import routes as offerings
from services.catalog.papers import routes as papers
from services.catalog.provision import routes as provision
from services.catalog.routes import editors, internal, public
from services.catalog.search import routes as search
from services.catalog.settings import Settings
from services.catalog.transfer import routes as transfer
from services.catalog.transfer.flat import Choices
from services.catalog.transfer.jobs import Exporter, Importer, Sweeper
from services.catalog.usage import routes as usage


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    outside = outside or kit_app.Outside()
    parts = kit_app.parts("catalog", settings, outside)
    to_dossier = Neighbour(
        "dossier", settings.dossier_url, parts.key, transport=outside.transports.get("dossier")
    )
    herald = Herald(parts.database, parts.clock)
    code_lists = CodeLists(settings.data_folder / "code-lists")
    choices = Choices(code_lists)
    importer = Importer(parts.database, parts.clock, choices)
    exporter = Exporter(parts.database, parts.clock, choices)
    sweeper = Sweeper(parts.database, parts.clock)
    return kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: catalogue",
            [
                # Literal paths come before `/procedures/{code}`.
                bodies.public,
                bodies.editors,
                bodies.internal,
                papers.router,
                fees.router,
                forms.router,
                offerings.router,
                decisions.router,
                provision.router,
                usage.router,
                national.router,
                search.router,
                transfer.router,
                editors.router,
                public.router,
                internal.router,
                feed_router("/catalog"),
            ],
            loops=[
                Loop(herald.name, herald.step, parts.bell, every=30),
                Loop(importer.name, importer.step, parts.bell),
                Loop(exporter.name, exporter.step, parts.bell),
                Loop(sweeper.name, sweeper.step, parts.bell, every=3600),
            ],
            background=settings.background,
            closing=[to_dossier.close],
            max_body=20 * kit_app.MEBIBYTE,
            state={
                "code_lists": code_lists,
                "choices": choices,
                "importer": importer,
                "exporter": exporter,
                "max_age": settings.max_age,
                "national_changes": settings.national_changes,
                "herald": herald,
                "volumes": Volumes(to_dossier),
            },
        )
    )
