"""What the commands can be told by the environment."""

import importlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.errors import StartError
from kit.heads import Shelf
from kit.settings import ObjectSettings

ROOT = Path(__file__).parent.parent
SAMPLE_MOMENT = "2020-10-26T08:00+07:00"  # the sample province lives in October 2020


class DeploySettings(ObjectSettings):
    """`motcua_now`: ISO moment at which the system starts, or "now" for real time.
    `motcua_now_at`: in containers, the Unix seconds at which all clocks showed that moment.
    `procedures`: a JSONL of procedures for the portal's mock, synced after the start.
    `database_url`: an admin of a PostgreSQL server; without it we run our own.
    `motcua_keys`: the file of all keys, by default `secrets.json` in `motcua_var`.
    `heads_url`: of the signed lists, by default `heads` in `motcua_var`.
    `catalog_url` and its like: where the services are, if elsewhere than at their ports here.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    motcua_environment: Literal["development", "test", "production"] = "development"
    motcua_var: Path = ROOT / "var"
    motcua_keys: Path | None = None
    motcua_now: str = SAMPLE_MOMENT
    motcua_now_at: float | None = None
    database_url: SecretStr | None = None
    procedures: Path | None = None
    catalog_url: str | None = None
    dossier_url: str | None = None
    payment_url: str | None = None
    gateway_url: str | None = None
    gateway_port: int = Field(8000, ge=1, le=65535)
    catalog_port: int = Field(8001, ge=1, le=65535)
    dossier_port: int = Field(8002, ge=1, le=65535)
    payment_port: int = Field(8003, ge=1, le=65535)
    portal_port: int = Field(8010, ge=1, le=65535)
    staff_identity_port: int = Field(8011, ge=1, le=65535)
    messages_port: int = Field(8012, ge=1, le=65535)
    vnpay_port: int = Field(8013, ge=1, le=65535)
    receipt_issuer_port: int = Field(8014, ge=1, le=65535)
    postgres_port: int = Field(8032, ge=1, le=65535)

    @field_validator("motcua_now")
    @classmethod
    def _a_moment(cls, value: str) -> str:
        if value != "now":
            datetime.fromisoformat(value)
        return value

    @property
    def var(self) -> Path:
        return self.motcua_var.absolute()

    @property
    def keys(self) -> Path:
        return self.motcua_keys or self.var / "secrets.json"

    @property
    def contained(self) -> bool:
        """Whether we are a command in a container, beside a system whose folder is not here."""
        return self.motcua_keys is not None

    def url(self, service: str) -> str:
        """Where a service is."""
        said: str | None = getattr(self, f"{service}_url")
        return said or f"http://127.0.0.1:{getattr(self, f'{service}_port')}"

    def shelf(self, service: str, folder: Path | None = None) -> Shelf:
        """Where the signed lists of a service lie, if not in `folder`; by default `heads` in `motcua_var`."""
        default = (folder or self.var / "heads").absolute().as_uri()
        return Shelf(self.objects(default if folder else self.heads_url or default), service)

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"

    def ports(self) -> dict[str, int]:
        """Setting → port, of everything that will listen."""
        names = [name for name in type(self).model_fields if name.endswith("_port")]
        if self.database_url:
            names.remove("postgres_port")
        return {name.upper(): getattr(self, name) for name in names}


def read() -> DeploySettings:
    """Raises StartError naming the setting that is wrong."""
    try:
        return DeploySettings()
    except ValidationError as error:
        first = error.errors()[0]
        name, reason = str(first["loc"][0]).upper(), first["msg"]
        raise StartError(f"Hãy sửa {name}: giá trị không hợp lệ", f"change {name}: {reason}") from None


def of(service: str | None) -> type[BaseSettings]:
    """What a service can be told; without one, the commands."""
    if service is None:
        return DeploySettings
    found: type[BaseSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def check(service: str) -> None:
    """Raises StartError naming all settings of a service that are wrong or missing."""
    try:
        of(service)()
    except ValidationError as error:
        wrong = [
            f"{'.'.join(str(part) for part in each['loc']).upper()} ({each['msg']})"
            for each in error.errors()
        ]
        raise StartError(f"{service}: hãy sửa {', '.join(wrong)}", "change these settings") from None
