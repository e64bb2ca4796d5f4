"""Secrets of a system in containers: a JSON file for each process, PostgreSQL's password, and all keys.

The sample's lie in `deploy/sample-secrets`, so that `docker compose up` works at once; a production refuses
each of them by name, and the addresses of the mocks.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from deploy import databases, keys, settings
from deploy.console import Mock
from deploy.errors import StartError

SAMPLE = Path(__file__).parent / "sample-secrets"
#: Names of the containers that play the parties outside.
MOCKS = tuple(mock.value.replace("_", "-") for mock in Mock)
_MODE = 0o644
_SHORTEST = 20  # of a secret
#: Where the services find them; where browsers on the machine itself find them, and the gateway.
_PLAYED = {f"{name}:8000" for name in MOCKS} | {f"127.0.0.1:{port}" for port in (8000, *range(8010, 8015))}


def write(folder: Path, host: str) -> list[str]:
    """What is missing, be it a file or a setting in one; what is there stays. Returns the names of the files
    written. `host`: of PostgreSQL, for the services' URLs.

    The files may be read by anybody who can enter the folder, which is nobody but its owner: in containers
    another user reads them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known, written = _keys(folder), []
    password = folder / "postgres_password"
    if not password.exists():
        _put(password, secrets.token_urlsafe(24))
        written.append(password.name)
    for name, content in _files(known, password.read_text().strip(), host).items():
        path = folder / name
        there = json.loads(path.read_text()) if path.exists() else {}
        if content.keys() - there.keys():
            _put(path, json.dumps(content | there, indent=1))
            written.append(name)
    return written


def renew(folder: Path) -> list[str]:
    """A new key for personal data before those of each service, which go on opening what they have sealed.
    Returns the names of the files."""
    if not (folder / "keys.json").exists():
        raise StartError(f"Không có {folder / 'keys.json'}", f"there is no {folder / 'keys.json'}")
    keys.renew(folder / "keys.json", [f"{name}_data_key" for name in databases.SERVICES])
    known = _keys(folder)
    for name in databases.SERVICES:
        content = json.loads((folder / f"{name}.json").read_text())
        _put(
            folder / f"{name}.json", json.dumps(content | {"data_keys": known[f"{name}_data_key"]}, indent=1)
        )
    return [f"{name}.json" for name in databases.SERVICES]


def _keys(folder: Path) -> dict[str, Any]:
    known = keys.load(folder / "keys.json")
    (folder / "keys.json").chmod(_MODE)
    return known


def _put(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.chmod(_MODE)  # whatever the umask
    draft.rename(path)


def _files(known: dict[str, Any], password: str, host: str) -> dict[str, dict[str, str]]:
    admin_url = f"postgresql://postgres:{quote(password, safe='')}@{host}:5432/postgres"
    urls = databases.describe(admin_url)
    files = {"admin.json": {"database_url": admin_url}, "mocks.json": {}}
    for name in databases.SERVICES:
        files[f"{name}.json"] = {"database_url": urls[name].app_url} | keys.settings(name, known)
    for name in sorted(keys.HELD_BY.keys() - set(databases.SERVICES)):
        files["mocks.json"] |= keys.settings(name, known)
    return files


def refuse_samples(environment: Mapping[str, str], process: str) -> None:
    """Raises StartError naming each setting of this process that is the sample's secret or address, in
    production. `process`: a service, or a command."""
    if environment.get("MOTCUA_ENVIRONMENT") != "production":
        return
    path = environment.get("MOTCUA_SECRETS")
    told: dict[str, Any] = json.loads(Path(path).read_text()) if path else {}
    told |= {name.lower(): value for name, value in environment.items() if value}
    read = settings.of(process if process in databases.SERVICES else None).model_fields
    told = {name: value for name, value in told.items() if name in read}
    samples = {part for file in SAMPLE.glob("*.json") for part in _parts(json.loads(file.read_text()))}
    secret = [name.upper() for name, value in sorted(told.items()) if samples & _parts(value)]
    if secret:
        raise StartError(
            f"{process}: {', '.join(secret)} là bí mật mẫu: hãy tạo bí mật riêng bằng motcua secrets THƯ_MỤC",
            f"{process}: {', '.join(secret)}: the sample's secrets; make your own by motcua secrets FOLDER",
        )
    mocked = [
        name.upper()
        for name, value in sorted(told.items())
        if name.endswith("_url") and urlsplit(str(value)).netloc in _PLAYED
    ]
    if mocked:
        raise StartError(
            f"{process}: {', '.join(mocked)} là địa chỉ mẫu: hãy đặt địa chỉ thật trong .env",
            f"{process}: {', '.join(mocked)}: the sample's addresses; set the real ones in .env",
        )


def _parts(value: Any) -> set[str]:
    """The secrets in it: whatever is as long as one, among words, lists and keys in JSON."""
    return {part for part in re.findall(r"[^\s,\"{}\[\]\\]+", json.dumps(value)) if len(part) >= _SHORTEST}
