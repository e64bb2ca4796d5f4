"""What editors see of a template."""

from __future__ import annotations

from pydantic import BaseModel

from services.catalog.papers.models import Template


class TemplateView(BaseModel):
    """`sha256` is what a paper names; `size` in bytes."""

    sha256: str
    filename: str
    media_type: str
    size: int
    href: str

    @classmethod
    def of(cls, row: Template) -> TemplateView:
        return cls(
            sha256=row.sha256,
            filename=row.filename,
            media_type=row.media_type,
            size=row.size,
            href=f"/v1/procedures/templates/{row.sha256}",
        )
