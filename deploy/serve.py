"""One application in one process.

`python -m deploy.serve services.catalog.app:create_app 8001` is how the supervisor starts one: it imports
the application at once, then waits for a line on standard input before it serves, as the supervisor brings
the database up meanwhile, and imports are most of a start. In containers `motcua serve|worker|mock` do the
same without waiting.
"""

import importlib
import json
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:  # the mocks, which this starts, too, have no database
    from kit.db import Bell

#: Seconds for answers under way when we are told to end.
GRACE, LONG_GRACE = 3, 10
_NOT_STARTED = 3


class OnlyHealth:
    """Pure ASGI: of a worker's application, whose loops are what it is for, only health and metrics."""

    def __init__(self, app: Starlette) -> None:
        self._app, self.state = app, app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(("/health/", "/metrics")):
            body = json.dumps(
                {"status": 404, "code": "not-found", "title": "a worker serves nobody"}
            ).encode()
            kind = [(b"content-type", b"application/problem+json")]
            await send({"type": "http.response.start", "status": 404, "headers": kind})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """Whoever waits at this process for something new is answered as soon as it is told to end, and does not
    hold up its end until their patience is over."""

    bell: "Bell | None" = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.bell is not None:
            self.bell.leave()
        super().handle_exit(sig, frame)


def serve(app: ASGIApp, port: int, host: str = "127.0.0.1", grace: int = GRACE) -> None:
    """Until a signal comes."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # as the application configures it
        access_log=False,
        server_header=False,
        # Whom to believe about whom they speak for is the gateway's business: TRUSTED_PROXIES.
        proxy_headers=False,
        timeout_graceful_shutdown=grace,
    )
    server = _Server(config)
    server.bell = getattr(getattr(app, "state", None), "bell", None)
    server.run()
    if not server.started:
        sys.exit(_NOT_STARTED)


def create(app: str) -> Any:
    """`app`: module:factory."""
    module, _, name = app.partition(":")
    return getattr(importlib.import_module(module), name)()


def main(app: str, port: int) -> None:
    importlib.import_module(app.partition(":")[0])
    if not sys.stdin.readline():  # end of file: nobody is left who would want us
        return
    serve(create(app), port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
