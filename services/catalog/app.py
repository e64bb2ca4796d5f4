"""The composition root of the catalogue."""

from __future__ import annotations

from fastapi import FastAPI

from kit import app as kit_app
from kit.feed import feed_router
from services.catalog.codelists import CodeLists
from services.catalog.fees import routes as fees
from services.catalog.papers import routes as papers
from services.catalog.routes import editors, internal, public
from services.catalog.settings import Settings


def create_app(settings: Settings | None = None, outside: kit_app.Outside | None = None) -> FastAPI:
    settings = settings or Settings()
    parts = kit_app.parts("catalog", settings, outside or kit_app.Outside())
    return kit_app.create(
        kit_app.Service(
            parts,
            "Motcua: catalogue",
            [
                # Literal paths come before `/procedures/{code}`.
                papers.router,
                fees.router,
                editors.router,
                public.router,
                internal.router,
                feed_router("/catalog"),
            ],
            background=settings.background,
            max_body=20 * kit_app.MEBIBYTE,
            state={
                "code_lists": CodeLists(settings.data_folder / "code-lists"),
                "max_age": settings.max_age,
            },
        )
    )
