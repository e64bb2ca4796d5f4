"""The files that the page is made of: read, named by their content and compressed once, when the gateway
starts."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

_FOLDER = resources.files("services.gateway.edge.dashboard") / "assets"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "md": "text/markdown; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """`tag`: a weak ETag, as both encodings have it."""

    content: bytes
    zipped: bytes
    media_type: str
    tag: str


def asset(name: str, content: bytes) -> Asset:
    return Asset(
        content=content,
        zipped=gzip.compress(content, mtime=0),
        media_type=_TYPES[name.rpartition(".")[2]],
        tag=f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


@dataclass(frozen=True)
class Assets:
    """`files`: by path in the folder. `release` is the name of them all together: it stands in their
    addresses, so that a browser may keep them for ever and never mixes two releases."""

    files: dict[str, Asset]
    release: str

    @classmethod
    def read(cls) -> Assets:
        files = {name: asset(name, content) for name, content in sorted(_contents(_FOLDER))}
        whole = hashlib.sha256("".join(f"{name}{file.tag}" for name, file in files.items()).encode())
        return cls(files, whole.hexdigest()[:16])

    def scripts(self) -> list[str]:
        return [name for name in self.files if name.endswith(".js")]


def _contents(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _contents(entry, f"{name}/")
        else:
            yield name, entry.read_bytes()
