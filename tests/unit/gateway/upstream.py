"""A service on a real socket that tells what reached it and misbehaves on demand."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

_ENDLESS = 50


class Upstream:
    """`/v1/procedures/{what}` decides. Without a special `what` the answer tells the request."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.received = 0
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        what = scope["path"].rsplit("/", 1)[-1]
        if what == "upload":
            await self._upload(receive, send)
            return
        body = await self._body(receive)
        told = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in scope["headers"]],
            "body": body.decode("latin-1"),
        }
        self.seen.append(told)
        await getattr(self, f"_{what.replace('-', '_')}", self._echo)(told, send)

    async def _body(self, receive: Receive) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body

    async def _echo(self, told: dict[str, Any], send: Send) -> None:
        await _answer(send, json.dumps(told).encode(), [(b"content-type", b"application/json")])

    async def _cookies(self, _: Any, send: Send) -> None:
        headers = [(b"set-cookie", b"theirs=1"), (b"connection", b"x-secret"), (b"x-secret", b"1")]
        await _answer(send, b"{}", [*headers, (b"keep-alive", b"timeout=5"), (b"etag", b'"7"')])

    async def _zipped(self, _: Any, send: Send) -> None:
        await _answer(send, gzip.compress(b"plain"), [(b"content-encoding", b"gzip")])

    async def _elsewhere(self, _: Any, send: Send) -> None:
        await _answer(send, b"", [(b"location", b"http://elsewhere.test/x?a=%2F")], 303)

    async def _refused(self, _: Any, send: Send) -> None:
        headers = [(b"content-type", b"application/problem+json")]
        await _answer(send, b'{"code":"procedure-not-found"}', headers, 404)

    async def _slow(self, _: Any, send: Send) -> None:
        await asyncio.sleep(30)

    async def _drip(self, _: Any, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _piece in range(_ENDLESS):
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
            await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b""})

    async def _break_off(self, _: Any, send: Send) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * 10, "more_body": True})
        await asyncio.sleep(0.05)
        raise ConnectionAbortedError

    async def _upload(self, receive: Receive, send: Send) -> None:
        more, self.received = True, 0
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.received += len(message.get("body", b""))
            more = message.get("more_body", False)
        await _answer(send, str(self.received).encode(), [])


async def _answer(send: Send, body: bytes, headers: list[tuple[bytes, bytes]], status: int = 200) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The app on a free port of this machine; its base address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", proxy_headers=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await task
