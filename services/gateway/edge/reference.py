"""Serves the merged OpenAPI document and the pages that show it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from kit.clock import elapsed
from services.gateway.edge.openapi import merged

log = structlog.get_logger()
_FRESH_SECONDS = 60.0


class Reference:
    """The document, put together again after a minute. Of a service that is away the last copy stays;
    of one that never answered nothing is shown."""

    def __init__(
        self,
        services: Mapping[str, str],
        public_url: str,
        transports: Mapping[str, httpx.AsyncBaseTransport],
    ) -> None:
        self._public_url = public_url
        self._clients = {
            name: httpx.AsyncClient(base_url=url, timeout=3, transport=transports.get(name))
            for name, url in services.items()
        }
        self._documents: dict[str, dict[str, Any]] = {}
        self._merged: dict[str, Any] = {}
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def document(self, own: dict[str, Any]) -> dict[str, Any]:
        """`own`: the gateway's document."""
        async with self._lock:
            if not self._merged or self._until < elapsed():
                whole = all(await asyncio.gather(*(self._fetch(name) for name in self._clients)))
                documents = {name: d for name in self._clients if (d := self._documents.get(name))}
                self._merged = merged({"gateway": own, **documents}, self._public_url)
                self._until = elapsed() + (_FRESH_SECONDS if whole else 2.0)
            return self._merged

    async def _fetch(self, name: str) -> bool:
        try:
            answer = await self._clients[name].get("/openapi.json")
            answer.raise_for_status()
            self._documents[name] = answer.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            log.warning("openapi-not-fetched", neighbour=name, error=type(error).__name__)
            return False
        return True
