"""Secrets of a development system: made once, kept in `var/secrets.json`, readable by its owner only."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from joserfc.jwk import OKPKey, RSAKey

SERVICES = ("catalog", "dossier", "payment", "gateway")


def load(path: Path) -> dict[str, Any]:
    """The secrets by name; those that are missing are made and kept. JWKs are dicts, the rest strings."""
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: make() for name, make in _makers().items() if name not in known}
    if made:
        _write(path, known | made)
    return known | made


def renew(path: Path, names: list[str]) -> None:
    """Put a new key before those of each name; the former ones go on opening what they have sealed."""
    known = load(path)
    _write(path, known | {name: f"{_fernet()},{known[name]}" for name in names})


def public_keys(secrets_by_name: dict[str, Any]) -> dict[str, Any]:
    """The JWKS with which services recognise each other."""
    keys = (OKPKey.import_key(secrets_by_name[f"{service}_key"]) for service in SERVICES)
    return {"keys": [key.as_dict(private=False) for key in keys]}


def _makers() -> dict[str, Callable[[], Any]]:
    makers: dict[str, Callable[[], Any]] = {
        "signing_key": lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(8)}).as_dict(private=True),
        "session_key": _fernet,
    }
    for service in SERVICES:
        makers[f"{service}_key"] = _service_key(service)
        makers[f"{service}_data_key"] = _fernet
        makers[f"{service}_index_key"] = lambda: base64.b64encode(secrets.token_bytes(32)).decode()
    for name in ("portal_client", "portal_inbound", "staff_client", "adapter_password", "payment_platform",
                 "vnpay", "receipt_issuer"):  # fmt: skip
        makers[name] = lambda: secrets.token_urlsafe(24)
    return makers


def _service_key(service: str) -> Callable[[], Any]:
    return lambda: OKPKey.generate_key("Ed25519", {"kid": service}).as_dict(private=True)


def _fernet() -> str:
    return Fernet.generate_key().decode()


def _write(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    draft.rename(path)
