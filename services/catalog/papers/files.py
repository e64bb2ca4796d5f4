"""What kind of file a template is, and what it is called. Pure."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import filetype

from services.catalog.papers.errors import TemplateTooLarge, TemplateTypeRefused
from services.catalog.papers.models import MOST

#: Media types by the ending of the name that a download gets.
ENDINGS = ("pdf", "docx", "doc", "xlsx", "odt")
_NAME = 120


def kind_of(content: bytes) -> tuple[str, str]:
    """Ending and media type, by content. Raises TemplateTooLarge, TemplateTypeRefused."""
    if len(content) > MOST:
        raise TemplateTooLarge(limit=MOST)
    found = filetype.guess(content) if content else None
    if found is None or found.extension not in ENDINGS:
        mime = found.mime if found else "application/octet-stream"
        raise TemplateTypeRefused(found=mime, accepted=", ".join(ENDINGS))
    return found.extension, found.mime


def clean_name(name: str, ending: str) -> str:
    """The last part of a path, NFC, without characters that no file system takes; the ending is that of the
    content."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, said = kept.strip(" .").rpartition(".")
    if not dot or len(said) > 5:
        stem = kept.strip(" .")
    return f"{stem[:_NAME].strip(' .') or 'mau'}.{ending}"
