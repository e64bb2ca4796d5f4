"""Where documents lie: a folder or a bucket, through obstore. Contents pass in pieces; however many
are under way, memory stays flat."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import filetype
import obstore
from fastapi import UploadFile
from obstore.store import ObjectStore
from uuid_utils.compat import uuid7

from services.dossier.errors import DocumentEmpty, DocumentTooLarge

_CHUNK = 256 * 1024
#: A part of an upload to the store is 5 MB, the least that S3 takes; so many are in memory at once.
_PARTS_AT_ONCE = 4


@dataclass(frozen=True)
class Stored:
    """A file that lies in the store: its key, size in bytes, SHA-256 (hex), type by content."""

    key: str
    size: int
    sha256: str
    media_type: str


class Storage:
    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._parts = asyncio.Semaphore(_PARTS_AT_ONCE)

    async def put(self, upload: UploadFile, limit: int) -> Stored:
        """Keep an upload. A file whose row is never committed is only waste, never a wrong answer.

        Raises DocumentTooLarge, DocumentEmpty.
        """
        digest, size, head = hashlib.sha256(), 0, b""
        while chunk := await upload.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise DocumentTooLarge(limit=limit)
            digest.update(chunk)
            head = head or chunk[:8192]
        if not size:
            raise DocumentEmpty
        key = f"{digest.hexdigest()[:2]}/{uuid7()}"
        await upload.seek(0)
        async with self._parts:
            await obstore.put_async(self._store, key, upload.file, max_concurrency=1)
        return Stored(key, size, digest.hexdigest(), media_type(head))

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The content, piece by piece."""
        result = await obstore.get_async(self._store, key)
        async for piece in result.stream(min_chunk_size=_CHUNK):
            yield bytes(piece)

    async def copy(self, key: str, to: str) -> None:
        await obstore.copy_async(self._store, key, to)

    async def discard(self, key: str) -> None:
        """Gone afterwards, also where it was gone before."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)


def media_type(head: bytes) -> str:
    """By content, never by the name or what the sender claims."""
    kind = filetype.guess(head)
    return str(kind.mime) if kind else "application/octet-stream"
