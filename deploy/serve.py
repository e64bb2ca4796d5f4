"""One application in one process.

`python -m deploy.serve services.catalog.app:create_app 8001` is how the supervisor starts one: it imports
the application at once, then waits for a line on standard input before it serves, as the supervisor brings
the database up meanwhile, and imports are most of a start. In containers `motcua serve|worker|mock` do the
same without waiting.
"""

import importlib
import json
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

#: Seconds for answers under way when we are told to end.
GRACE, LONG_GRACE = 3, 10


class OnlyHealth:
    """Pure ASGI: of a worker's application, whose loops are what it is for, only health and metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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


def serve(app: str | Callable[[], ASGIApp], port: int, host: str = "127.0.0.1", grace: int = GRACE) -> None:
    """`app`: an application's factory, or uvicorn's name of one. Until a signal comes."""
    uvicorn.run(
        app,
        factory=True,
        host=host,
        port=port,
        access_log=False,
        log_config=None,  # as the application configures it
        server_header=False,
        # Nobody stands before us who could be believed about whom they speak for.
        proxy_headers=False,
        timeout_graceful_shutdown=grace,
    )


def factory(app: str) -> Callable[[], ASGIApp]:
    module, _, name = app.partition(":")
    found: Callable[[], ASGIApp] = getattr(importlib.import_module(module), name)
    return found


def main(app: str, port: int) -> None:
    importlib.import_module(app.partition(":")[0])
    if not sys.stdin.readline():  # end of file: nobody is left who would want us
        return
    serve(app, port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
