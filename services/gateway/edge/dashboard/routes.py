"""`/dashboard`: the page that leaders look at. Its figures come from `/v1`, as everybody else's do."""

from __future__ import annotations

from functools import cache
from html import escape
from string import Template
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from kit.auth import MaybeCaller
from kit.clock import VIETNAM
from kit.problem import NotFound
from services.gateway.edge.dashboard.assets import Asset, Assets, asset

router = APIRouter(include_in_schema=False)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOR_EVER = "public, max-age=31536000, immutable"
_PAGE = "page.html"
_PRELOAD = '<link rel="modulepreload" href="{base}/{name}">'

Encodings = Annotated[str, Header(alias="Accept-Encoding", max_length=2000)]
Seen = Annotated[str, Header(alias="If-None-Match", max_length=2000)]

_assets = cache(Assets.read)


@router.api_route("/dashboard", methods=["GET", "HEAD"])
async def dashboard(
    request: Request, caller: MaybeCaller, encodings: Encodings = "", seen: Seen = ""
) -> Response:
    """Told to the page: its files, that no script waits for another to name it; which day it is here; and
    whether somebody is logged in."""
    assets = _assets()
    base = f"/dashboard/{assets.release}"
    facts = {
        "base": base,
        "preloads": "\n".join(_PRELOAD.format(base=base, name=name) for name in assets.scripts()),
        "today": str(request.app.state.clock.now().astimezone(VIETNAM).date()),
        "caller": escape(caller.kind) if caller else "",
    }
    page = Template(assets.files[_PAGE].content.decode()).substitute(facts)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding, Cookie",
    }
    return _answer(asset(_PAGE, page.encode()), encodings, seen, headers)


@router.api_route("/dashboard/{release}/{name:path}", methods=["GET", "HEAD"])
async def dashboard_file(release: str, name: str, encodings: Encodings = "", seen: Seen = "") -> Response:
    """Of this release alone: under another one's address a browser would keep the wrong file."""
    assets = _assets()
    if release != assets.release or name == _PAGE or name not in assets.files:
        raise NotFound
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    return _answer(assets.files[name], encodings, seen, headers)


def _answer(file: Asset, encodings: str, seen: str, headers: dict[str, str]) -> Response:
    headers = {**headers, "ETag": file.tag}
    if file.tag in {tag.strip() for tag in seen.split(",")}:
        return Response(status_code=304, headers=headers)
    if "gzip" in {word.strip() for word in encodings.split(",")}:
        zipped = {**headers, "Content-Encoding": "gzip"}
        return Response(file.zipped, media_type=file.media_type, headers=zipped)
    return Response(file.content, media_type=file.media_type, headers=headers)
