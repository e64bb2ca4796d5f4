"""Secrets of a system in containers: one JSON file for each process that has some, and PostgreSQL's password.

The sample's lie in `deploy/sample-secrets`, so that `docker compose up` works at once; a production refuses
each of them by name.
"""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy import databases, keys
from deploy.errors import StartError

SAMPLE = Path(__file__).parent / "sample-secrets"


def write(folder: Path, host: str) -> list[str]:
    """Those that are missing; returns their names. `host`: of PostgreSQL, for the services' URLs.

    The files may be read by anybody who can enter the folder, which is nobody but its owner: in containers
    another user reads them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = keys.load(folder / "keys.json")
    (folder / "keys.json").chmod(0o444)
    password = _kept(folder / "postgres_password", secrets.token_urlsafe(24))
    written = []
    for name, content in _files(known, password, host).items():
        path = folder / name
        if not path.exists():
            _put(path, json.dumps(content, indent=1) if isinstance(content, dict) else content)
            written.append(name)
    return written


def _kept(path: Path, new: str) -> str:
    if not path.exists():
        _put(path, new)
    return path.read_text()


def _put(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "w") as file:
        file.write(text)


def _files(known: Mapping[str, Any], password: str, host: str) -> dict[str, dict[str, str]]:
    admin_url = f"postgresql://postgres:{quote(password)}@{host}:5432/postgres"
    urls = databases.describe(admin_url)
    public = json.dumps(keys.public_keys(dict(known)))
    files = {"admin.json": {"database_url": admin_url}}
    for name in databases.SERVICES:
        files[f"{name}.json"] = {
            "database_url": urls[name].app_url,
            "service_key": json.dumps(known[f"{name}_key"]),
            "service_keys": public,
            "data_keys": known[f"{name}_data_key"],
            "index_key": known[f"{name}_index_key"],
        }
    files["payment.json"] |= {
        "payment_platform_secrets": known["payment_platform"],
        "vnpay_secrets": known["vnpay"],
        "receipt_issuer_token": known["receipt_issuer"],
    }
    files["gateway.json"] |= {
        "signing_key": json.dumps(known["signing_key"]),
        "session_key": known["session_key"],
        "portal_client_secret": known["portal_client"],
        "portal_inbound_secret": known["portal_inbound"],
        "staff_client_secret": known["staff_client"],
        "adapter_password": known["adapter_password"],
    }
    #: Those of the mocks, which play the parties outside: each knows its side of a secret.
    files["mocks.json"] = {
        "portal_client_secret": known["portal_client"],
        "staff_client_secret": known["staff_client"],
        "adapter_password": known["adapter_password"],
        "payment_platform_secrets": known["payment_platform"],
        "vnpay_secrets": known["vnpay"],
        "receipt_issuer_token": known["receipt_issuer"],
    }
    return files


def refuse_samples(environment: Mapping[str, str], process: str) -> None:
    """Raises StartError naming each setting of this process that is the sample's, in production."""
    if environment.get("MOTCUA_ENVIRONMENT") != "production" or not SAMPLE.exists():
        return
    path = environment.get("MOTCUA_SECRETS")
    told = {name.lower(): value for name, value in environment.items()}
    told |= json.loads(Path(path).read_text()) if path else {}
    samples = {
        value
        for file in SAMPLE.glob("*.json")
        for value in json.loads(file.read_text()).values()
        if isinstance(value, str)
    }
    # What everybody may know is the same in every system with these keys.
    found = sorted(name for name, value in told.items() if value in samples)
    if found:
        names = ", ".join(name.upper() for name in found)
        raise StartError(
            f"{process}: {names} là bí mật mẫu: hãy tạo bí mật riêng bằng ./motcua secrets THƯ_MỤC",
            f"{process}: {names} are the sample's secrets: make your own by ./motcua secrets FOLDER",
        )
