"""Personal data at rest: encrypted with rotating keys, found by keyed hash, masked when shown."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from kit.text import fold


class Sealed(TypeDecorator[bytes]):
    """A column of what a `Vault` has sealed; the rotation of keys finds its columns by this type."""

    impl = LargeBinary
    cache_ok = True


class Vault:
    """`data_keys`: Fernet keys, comma-separated, the first encrypts and all decrypt (rotation).
    `index_key`: base64 of at least 32 bytes, for the keyed hash."""

    def __init__(self, data_keys: str, index_key: str) -> None:
        keys = [Fernet(key.strip()) for key in data_keys.split(",") if key.strip()]
        self._fernet, self._newest = MultiFernet(keys), keys[0]
        self._index_key = base64.b64decode(index_key)
        if len(self._index_key) < 32:
            raise ValueError("INDEX_KEY must be base64 of at least 32 bytes")

    def seal(self, value: Any) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> Any:
        return json.loads(self._fernet.decrypt(sealed))

    def resealed(self, sealed: bytes) -> bytes | None:
        """The same under the newest key; None when it is already."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self._fernet.rotate(sealed)
        return None

    def index(self, number: str) -> bytes:
        """A keyed hash under which an identity number is found again, exactly."""
        folded = "".join(number.split()).upper()
        return hmac.new(self._index_key, folded.encode(), hashlib.sha256).digest()

    def words(self, text: str) -> list[int]:
        """Keyed hashes of the words of a text, without accents: found again word by word, and nothing is
        readable of it. 64 bits each, for an index over arrays."""
        return [
            int.from_bytes(self.index(word)[:8], "big", signed=True)
            for word in dict.fromkeys(fold(text).split())
        ]


def mask(number: str) -> str:
    """Shows the last four only: "017300000001" → "********0001"."""
    return "*" * max(0, len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)
