"""Secrets of a system: made once, kept in one file, readable by its owner only (`var/secrets.json`)."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from joserfc.jwk import OKPKey, RSAKey

from deploy.errors import StartError

SERVICES = ("catalog", "dossier", "payment", "gateway")
#: Process → its secret settings → our names of them. The mocks have the other ends of what we share.
HELD_BY: dict[str, dict[str, str]] = {
    "payment": {
        "payment_platform_secrets": "payment_platform",
        "vnpay_secrets": "vnpay",
        "receipt_issuer_token": "receipt_issuer",
    },
    "gateway": {
        "signing_key": "signing_key",
        "session_key": "session_key",
        "portal_client_secret": "portal_client",
        "staff_client_secret": "staff_client",
        "adapter_password": "adapter_password",
        "metrics_token": "metrics",
    },
    "national_portal": {
        "portal_client_secret": "portal_client",
        "adapter_password": "adapter_password",
        "payment_platform_secrets": "payment_platform",
    },
    "staff_identity": {"staff_client_secret": "staff_client"},
    "vnpay": {"vnpay_secrets": "vnpay"},
    "receipt_issuer": {"receipt_issuer_token": "receipt_issuer"},
}


def load(path: Path) -> dict[str, Any]:
    """The secrets by name; those that are missing are made and kept. JWKs are dicts, the rest strings. Raises
    StartError where they cannot be kept."""
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: make() for name, make in _makers().items() if name not in known}
    if made:
        try:
            _write(path, known | made)
        except OSError as error:
            raise StartError(
                f"Khóa ở {path} thiếu, không ghi được: hãy chạy make run, hoặc motcua secrets THƯ_MỤC",
                f"keys at {path} are missing and cannot be written ({error.strerror}): make run, or"
                f" motcua secrets FOLDER, makes {', '.join(made)}",
            ) from None
    return known | made


def renew(path: Path, names: list[str]) -> None:
    """Put a new key before those of each name; the former ones go on opening what they have sealed."""
    known = load(path)
    _write(path, known | {name: f"{_fernet()},{known[name]}" for name in names})


def public_keys(secrets_by_name: dict[str, Any]) -> dict[str, Any]:
    """The JWKS with which services recognise each other."""
    keys = (OKPKey.import_key(secrets_by_name[f"{service}_key"]) for service in SERVICES)
    return {"keys": [key.as_dict(private=False) for key in keys]}


def settings(process: str, known: dict[str, Any]) -> dict[str, str]:
    """The secret settings of a service or mock, but for DATABASE_URL."""
    held = {name: _text(known[key]) for name, key in HELD_BY.get(process, {}).items()}
    if process in SERVICES:
        held |= {
            "service_key": _text(known[f"{process}_key"]),
            "service_keys": _text(public_keys(known)),
            "data_keys": known[f"{process}_data_key"],
            "index_key": known[f"{process}_index_key"],
        }
    return held


def _text(secret: Any) -> str:
    return secret if isinstance(secret, str) else json.dumps(secret)


def _makers() -> dict[str, Callable[[], Any]]:
    makers: dict[str, Callable[[], Any]] = {
        "signing_key": lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(8)}).as_dict(private=True),
        "session_key": _fernet,
    }
    for service in SERVICES:
        makers[f"{service}_key"] = _service_key(service)
        makers[f"{service}_data_key"] = _fernet
        makers[f"{service}_index_key"] = lambda: base64.b64encode(secrets.token_bytes(32)).decode()
    shared = {key for held in HELD_BY.values() for key in held.values()} - makers.keys()
    return makers | {name: lambda: secrets.token_urlsafe(24) for name in sorted(shared)}


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
