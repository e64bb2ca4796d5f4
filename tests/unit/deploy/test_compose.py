"""compose.yaml and .env.example say what the programs can be told; `make compose-check` runs them."""

from __future__ import annotations

import importlib
import re
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from pydantic_core import to_json
from pydantic_settings import BaseSettings

from deploy.databases import SERVICES
from deploy.secret_files import MOCKS
from deploy.settings import ROOT, DeploySettings

COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICE: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = {name: service for name, service in SERVICE.items() if name != "postgres"}
#: NAME → value, of lines with and without a # before them.
TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
EXAMPLE = dict(re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", TEXT, re.MULTILINE))
#: What compose says itself, or each process by its command.
SAID = {"JWKS_URL", "CATALOG_URL", "DOSSIER_URL", "PAYMENT_URL", "GATEWAY_URL", "BACKGROUND"}


def _settings(module: str) -> type[BaseSettings]:
    found: type[BaseSettings] = importlib.import_module(module).Settings
    return found


def _plain(service: str) -> dict[str, Any]:
    """Setting → default, of a service: those that are no secret."""
    return {
        name.upper(): field.default
        for name, field in _settings(f"services.{service}.settings").model_fields.items()
        if "Secret" not in str(field.annotation) and field.default is not SecretStr
    }


def _written(default: Any) -> str:
    """As a person writes it."""
    if default is None or default == ():
        return ""
    if isinstance(default, (timedelta, date)):
        return to_json(default).decode().strip('"')
    if isinstance(default, dict):
        return str(default).replace("'", '"')
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


@pytest.mark.parametrize("service", SERVICES)
def test_the_example_has_every_setting(service: str) -> None:
    assert _plain(service).keys() - SAID <= EXAMPLE.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_example_leaves_out_has_the_default_that_it_tells(service: str) -> None:
    """Lines behind a # are not passed on: the programs' own defaults are true."""
    told = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", TEXT, re.MULTILINE))
    defaults = {
        name: _written(default).replace(str(ROOT), "/app")
        for name, default in _plain(service).items()
        if name in told
    }
    assert defaults == {name: told[name] for name in defaults}
    assert defaults


def test_the_example_tells_compose_s_defaults() -> None:
    asked = dict(re.findall(r"\$\{([A-Z_]+):?-([^}]*)\}", COMPOSE))
    assert asked.pop("ENV_FILE") == ".env"
    assert asked == {name: EXAMPLE.get(name) for name in asked}


def test_nobody_is_told_what_nobody_reads() -> None:
    compose = {"COMPOSE_PROFILES", *re.findall(r"\$\{([A-Z_]+)", COMPOSE)}
    read = {name for service in SERVICES for name in _plain(service)}
    assert EXAMPLE.keys() - compose <= read


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_container_reads_what_it_is_told(name: str) -> None:
    command, what = (*SERVICE[name].get("command", ["motcua"]), "catalog")[:2]
    if command in ("serve", "worker", "sample"):
        known = _settings(f"services.{what}.settings").model_fields
    elif command == "mock" and what != "messages":
        module = "settings" if what in ("national_portal", "vnpay") else "app"
        known = _settings(f"mocks.{what}.{module}").model_fields
    else:
        known = DeploySettings.model_fields
    told = {setting.lower() for setting in _environment(name)}
    everywhere = {"motcua_secrets", "motcua_environment", "motcua_now", "motcua_now_at"}
    others = {f"{service}_url" for service in SERVICES} | {"public_url", "jwks_url", "heads_url"}
    assert told - everywhere - (others if command != "mock" else set()) <= known.keys()


def _environment(name: str) -> dict[str, str]:
    found: dict[str, str] = SERVICE[name]["environment"]
    return found


@pytest.mark.parametrize("name", sorted(SERVICE))
def test_a_container_has_no_rights_and_limits(name: str) -> None:
    container = SERVICE[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= container["deploy"]["resources"]["limits"].keys()
    assert container["logging"]["options"].keys() == {"max-size", "max-file"}
    assert "volumes" not in container or all(":/" in volume for volume in container["volumes"])


def test_only_the_gateway_can_be_reached() -> None:
    published = {name for name, container in SERVICE.items() if "ports" in container}
    assert published - set(MOCKS) == {"gateway"}
    assert all(SERVICE[name]["profiles"] == ["dev"] for name in MOCKS)
    mocks = [port for name in MOCKS for port in SERVICE[name]["ports"]]
    assert all(port.startswith("127.0.0.1:") for port in mocks)


def test_every_service_has_its_worker() -> None:
    for service in SERVICES:
        assert SERVICE[service]["command"] == ["serve", service]
        assert SERVICE[f"{service}-worker"]["command"] == ["worker", service]
