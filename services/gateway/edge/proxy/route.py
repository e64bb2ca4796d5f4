"""The table as routes of the router: nothing between the caller and the service but this."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from services.gateway.edge.proxy.forward import Forwarder
from services.gateway.edge.proxy.routing import TABLE, under


class ProxyRoute(BaseRoute):
    """`path` is the label of the metrics."""

    def __init__(self, prefix: str, neighbour: str, forwarder: Forwarder) -> None:
        self.path = f"{prefix}/*"
        self._prefix, self._neighbour, self._forwarder = prefix, neighbour, forwarder

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and under(scope["path"], self._prefix):
            return Match.FULL, {"route": self}
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._forwarder.forward(self._neighbour, scope, receive, send)


def routes(forwarder: Forwarder) -> list[ProxyRoute]:
    return [ProxyRoute(prefix, neighbour, forwarder) for prefix, neighbour in TABLE]
