"""What kind of file a template is, and what it is called. Pure."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import PurePosixPath
from urllib.parse import unquote

import filetype

from services.catalog.papers.errors import TemplateDamaged, TemplateTooLarge, TemplateTypeRefused
from services.catalog.papers.models import MOST

#: Media types by the ending of the name that a download gets.
ENDINGS = ("pdf", "docx", "doc", "xlsx", "odt")
_NAME = 120
_LEAST = 100


def kind_of(content: bytes) -> tuple[str, str]:
    """Ending and media type, by content. Raises TemplateTooLarge, TemplateTypeRefused, TemplateDamaged."""
    if len(content) > MOST:
        raise TemplateTooLarge(limit=MOST)
    found = filetype.guess(content) if content else None
    if found is None or found.extension not in ENDINGS:
        mime = found.mime if found else "application/octet-stream"
        raise TemplateTypeRefused(found=mime, accepted=", ".join(ENDINGS))
    if not _whole(content, found.extension):
        raise TemplateDamaged(type=found.extension.upper())
    return found.extension, found.mime


def _whole(content: bytes, ending: str) -> bool:
    """Not only the first bytes of one: what is cut off lacks its end, where the table of its parts is."""
    if len(content) < _LEAST:
        return False
    if ending == "pdf":
        return b"%%EOF" in content
    return ending == "doc" or zipfile.is_zipfile(io.BytesIO(content))


def clean_name(name: str, ending: str) -> str:
    """The last part of a path, NFC, without characters that no file system takes; the ending is that of the
    content. Browsers send a line end or a quote in a name as `%0D%0A`, `%22`."""
    decoded = unicodedata.normalize("NFC", unquote(name, errors="ignore"))
    last = PurePosixPath(decoded.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    stem, dot, said = kept.strip(" .").rpartition(".")
    if not dot or len(said) > 5:
        stem = kept.strip(" .")
    return f"{stem[:_NAME].strip(' .') or 'mau'}.{ending}"
