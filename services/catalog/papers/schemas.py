"""What editors see of a template."""

from __future__ import annotations

from pydantic import BaseModel

from kit.clock import Local
from services.catalog.papers.models import Template

ADDRESS = "/v1/procedures/templates"


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
            href=f"{ADDRESS}/{row.sha256}",
        )


class TemplateItem(TemplateView):
    uploaded_at: Local
    uploaded_by: str

    @classmethod
    def listed(cls, row: Template) -> TemplateItem:
        return cls(
            **TemplateView.of(row).model_dump(), uploaded_at=row.uploaded_at, uploaded_by=row.uploaded_by
        )
