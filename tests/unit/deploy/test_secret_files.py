"""Secrets as files: made once, filled in, renewed; a production refuses the sample's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from deploy import secret_files
from deploy.databases import SERVICES, describe
from deploy.errors import StartError
from kit.vault import Vault
from services.gateway.settings import Settings as GatewaySettings


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    umask = os.umask(0o077)
    try:
        made = secret_files.write(folder, "db")
    finally:
        os.umask(umask)
    assert {"postgres_password", "admin.json", "mocks.json", *(f"{name}.json" for name in SERVICES)} == set(
        made
    )
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in folder.iterdir())
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert secret_files.write(folder, "db") == []
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_the_password_opens_what_admin_and_services_connect_to(tmp_path: Path) -> None:
    secret_files.write(tmp_path, "db")
    admin = _read(tmp_path / "admin.json")["database_url"]
    assert (tmp_path / "postgres_password").read_text() in admin
    for name, database in describe(admin).items():
        assert _read(tmp_path / f"{name}.json")["database_url"] == database.app_url


def test_what_a_later_version_wants_is_filled_in(tmp_path: Path) -> None:
    secret_files.write(tmp_path, "db")
    path = tmp_path / "gateway.json"
    theirs = _read(path) | {"staff_client_secret": "what the provider gave"}
    del theirs["metrics_token"]
    path.chmod(0o600)
    path.write_text(json.dumps(theirs))
    assert secret_files.write(tmp_path, "db") == ["gateway.json"]
    now = _read(path)
    assert now["staff_client_secret"] == "what the provider gave"
    assert len(now.pop("metrics_token")) > 20
    assert now == theirs


def test_a_file_is_all_that_a_service_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_files.write(tmp_path, "db")
    monkeypatch.setenv("MOTCUA_SECRETS", str(tmp_path / "gateway.json"))
    monkeypatch.setenv("PORTAL_CLIENT_ID", "us")
    monkeypatch.setenv("STAFF_CLIENT_ID", "us")
    monkeypatch.setenv("PORTAL_APP_CLIENTS", "citizen-app, firm-app")
    settings = GatewaySettings()
    assert settings.session_key.get_secret_value() == _read(tmp_path / "gateway.json")["session_key"]
    assert settings.portal_app_clients == ("citizen-app", "firm-app")
    monkeypatch.setenv("SESSION_KEY", "of the environment")
    assert GatewaySettings().session_key.get_secret_value() == "of the environment"


def test_a_new_key_opens_what_the_old_one_has_sealed(tmp_path: Path) -> None:
    secret_files.write(tmp_path, "db")
    before = _read(tmp_path / "dossier.json")
    sealed = Vault(before["data_keys"], before["index_key"]).seal("012345678901")
    assert "dossier.json" in secret_files.renew(tmp_path)
    now = _read(tmp_path / "dossier.json")
    assert now.keys() == before.keys()
    assert now["data_keys"].endswith(f",{before['data_keys']}")
    assert Vault(now["data_keys"], now["index_key"]).open(sealed) == "012345678901"
    assert (tmp_path / "dossier.json").stat().st_mode & 0o777 == 0o644


def test_no_key_is_renewed_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"keys\.json"):
        secret_files.renew(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_production_refuses_each_secret_of_the_sample_by_name(service: str) -> None:
    path = secret_files.SAMPLE / f"{service}.json"
    production = {"MOTCUA_ENVIRONMENT": "production", "MOTCUA_SECRETS": str(path)}
    with pytest.raises(StartError) as refused:
        secret_files.refuse_samples(production, service)
    assert all(name.upper() in str(refused.value) for name in _read(path))
    secret_files.refuse_samples(production | {"MOTCUA_ENVIRONMENT": "development"}, service)


def test_a_secret_of_the_sample_among_own_ones_and_in_the_environment(tmp_path: Path) -> None:
    secret_files.write(tmp_path, "postgres")
    production = {"MOTCUA_ENVIRONMENT": "production", "MOTCUA_SECRETS": str(tmp_path / "dossier.json")}
    secret_files.refuse_samples(production, "dossier")
    known = _read(secret_files.SAMPLE / "dossier.json")["index_key"]
    with pytest.raises(StartError) as refused:
        secret_files.refuse_samples(production | {"INDEX_KEY": known}, "dossier")
    assert "INDEX_KEY" in str(refused.value)
    assert "DATA_KEYS" not in str(refused.value)


@pytest.mark.parametrize("hidden", ["new-one-of-the-provider,{}", '{{"keys": ["{}"]}}'])
def test_a_secret_of_the_sample_behind_others(tmp_path: Path, hidden: str) -> None:
    secret_files.write(tmp_path, "postgres")
    known = _read(secret_files.SAMPLE / "payment.json")["payment_platform_secrets"]
    production = {"MOTCUA_ENVIRONMENT": "production", "MOTCUA_SECRETS": str(tmp_path / "payment.json")}
    with pytest.raises(StartError, match="PAYMENT_PLATFORM_SECRETS"):
        secret_files.refuse_samples(
            production | {"PAYMENT_PLATFORM_SECRETS": hidden.format(known)}, "payment"
        )


def test_a_production_refuses_the_samples_addresses(tmp_path: Path) -> None:
    secret_files.write(tmp_path, "postgres")
    production = {"MOTCUA_ENVIRONMENT": "production", "MOTCUA_SECRETS": str(tmp_path / "gateway.json")}
    with pytest.raises(StartError) as refused:
        secret_files.refuse_samples(
            production | {"PORTAL_URL": "http://national-portal:8000", "STAFF_URL": "https://sso.test"},
            "gateway",
        )
    assert "PORTAL_URL" in str(refused.value)
    assert "STAFF_URL" not in str(refused.value)
