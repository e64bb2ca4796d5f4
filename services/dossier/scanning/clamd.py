"""ClamAV's protocol: INSTREAM over TCP or a socket file. Chunks with their length, then a zero."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class ScannerDown(Exception):
    """No verdict: the scanner did not answer, or not with one."""


class Clamd:
    """`url`: tcp://host:port or unix:///path."""

    def __init__(self, url: str, seconds: float = 120) -> None:
        self._url, self._seconds = urlsplit(url), seconds

    async def infected(self, content: AsyncIterator[bytes]) -> str | None:
        """The name of what was found, None for a clean file. Raises ScannerDown."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._ask(content)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise ScannerDown(type(error).__name__) from None

    async def _ask(self, content: AsyncIterator[bytes]) -> str | None:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            async for chunk in content:
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            answer = (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace")
        finally:
            writer.close()
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        raise ScannerDown(verdict[:100])

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._url.scheme == "unix":
            return await asyncio.open_unix_connection(self._url.path)
        return await asyncio.open_connection(self._url.hostname, self._url.port)
