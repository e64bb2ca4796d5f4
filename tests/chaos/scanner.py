"""A scanner that speaks ClamAV's INSTREAM, slowly, and remembers what it was given."""

from __future__ import annotations

import hashlib
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: The industry's test file, in two parts so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    """`seen`: SHA-256 of each content that got a verdict."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.seen: set[str] = set()
        self.url = ""

    def verdict(self, read: Any) -> bytes:
        assert read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(_exactly(read, 4), "big"):
            content += _exactly(read, size)
        time.sleep(self.pause)
        self.seen.add(hashlib.sha256(content).hexdigest())
        return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def _exactly(read: Any, size: int) -> bytes:
    """Raises AssertionError where the stream ends before: who asked fell, and gets no verdict."""
    content: bytes = read(size)
    assert len(content) == size
    return content


@contextmanager
def scanning(pause: float) -> Iterator[Scanner]:
    """On a port of its own, until the end."""
    scanner = Scanner(pause)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                self.wfile.write(scanner.verdict(self.rfile.read))
            except (AssertionError, OSError):
                pass  # who asked was killed amid its question

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        scanner.url = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield scanner
        server.shutdown()
