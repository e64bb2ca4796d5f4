"""From data to PDF: the template beside, by typst, in a thread."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import segno
import typst

_TEMPLATES = Path(__file__).parent / "templates"


async def pdf(data: dict[str, Any], link: str) -> bytes:
    """A receipt as PDF; `link` is its QR code. The same data give the same bytes.

    Data reach the template as one JSON value: typst shows them as text and never runs them.
    """
    return await asyncio.to_thread(_compiled, {**data, "qr": _qr(link)})


def _compiled(data: dict[str, Any]) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    found = typst.compile(
        str(_TEMPLATES / "receipt.typ"), root=str(_TEMPLATES), sys_inputs=inputs, ignore_system_fonts=True
    )
    assert isinstance(found, bytes)
    return found


def _qr(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", xmldecl=False)
    return drawn.getvalue().decode()
