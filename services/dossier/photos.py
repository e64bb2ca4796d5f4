"""Photos of one paper become one PDF: turned upright, of a readable size, a page each."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import typst
from fastapi import UploadFile
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from services.dossier.errors import PhotosRefused

#: What a phone makes; more pixels than this is no photo but a bomb.
MOST_PIXELS = 60_000_000
MOST_PAGES = 40
#: An A4 page at 300 dots an inch.
PAGE = (2480, 3508)
TYPES = frozenset({"image/jpeg", "image/png", "image/heic", "image/heif"})
_SOURCE = """#set document(date: none)
#set page(paper: "a4", margin: 8mm)
#for (number, name) in json("pages.json").enumerate() {
  if number > 0 { pagebreak() }
  align(center + horizon, image(name, width: 100%, height: 100%, fit: "contain"))
}
"""
register_heif_opener()


async def as_pdf(uploads: Sequence[UploadFile]) -> UploadFile:
    """One PDF of all photos, in the order given. Raises PhotosRefused."""
    if len(uploads) > MOST_PAGES:
        raise PhotosRefused(reason=f"> {MOST_PAGES}")
    made = await asyncio.to_thread(_made, [upload.file for upload in uploads])
    return UploadFile(made, filename=f"{Path(uploads[0].filename or 'anh').stem}.pdf")


def _made(files: list[BinaryIO]) -> BinaryIO:
    """One photo at a time is in memory; the pages lie in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{number}.jpg" for number in range(len(files))]
        for name, file in zip(names, files, strict=True):
            _page(file, Path(folder) / name)
        listed = ", ".join(f'"{name}"' for name in names)
        (Path(folder) / "pages.json").write_text(f"[{listed}]")
        source = Path(folder) / "main.typ"
        source.write_text(_SOURCE)
        made = tempfile.TemporaryFile()  # noqa: SIM115
        typst.compile(str(source), root=folder, output=str(Path(folder) / "made.pdf"))
        made.write((Path(folder) / "made.pdf").read_bytes())
        made.seek(0)
        return made


def _page(file: BinaryIO, to: Path) -> None:
    try:
        with Image.open(file) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise PhotosRefused(reason=f"{photo.width} × {photo.height}")
            upright = ImageOps.exif_transpose(photo.convert("RGB"))
            upright.thumbnail(PAGE)
            upright.save(to, "JPEG", quality=85)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotosRefused(reason=type(error).__name__) from None
