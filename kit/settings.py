"""What every service is told by its environment; each service adds its own fields."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Literal

from obstore.store import ObjectStore
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kit import objects
from kit.clock import Clock, clock_from


class FiledSettings(BaseSettings):
    """From the environment, then from the JSON file that `MOTCUA_SECRETS` names: containers get secrets as
    files. The file's names are the fields'."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = os.environ.get("MOTCUA_SECRETS")
        filed = [JsonConfigSettingsSource(settings_cls, json_file=path)] if path else []
        return init_settings, env_settings, *filed


class ObjectSettings(FiledSettings):
    """Where objects are, and what opens a bucket."""

    #: A folder or bucket outside the database for the signed lists of chain heads; without one, none.
    heads_url: str | None = None
    #: Of the storage that `s3://bucket/prefix` is in.
    s3_endpoint: str | None = None
    s3_region: str | None = None
    s3_access_key_id: SecretStr | None = None
    s3_secret_access_key: SecretStr | None = None

    def objects(self, url: str) -> ObjectStore:
        said = {name: value for name, value in self if name.startswith("s3_") and value}
        options = {
            name.removeprefix("s3_"): value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in said.items()
        }
        plain = (self.s3_endpoint or "").startswith("http://")
        return objects.store(url, **options, client_options={"allow_http": plain})


class ServiceSettings(ObjectSettings):
    """Frozen; read once, in the composition root. Secrets are `SecretStr`, so that no log prints them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    motcua_environment: Literal["development", "test", "production"] = "development"
    motcua_now: datetime | None = None
    motcua_now_at: float | None = None
    database_url: SecretStr
    database_pool: int = Field(default=10, ge=1, le=200)
    public_url: str = "http://127.0.0.1:8000"
    jwks_url: str = "http://127.0.0.1:8000/.well-known/jwks.json"
    service_key: SecretStr
    service_keys: SecretStr
    data_keys: SecretStr
    index_key: SecretStr
    background: bool = Field(default=True, description="run consumers and jobs inside this process")

    @field_validator("motcua_now", mode="before")
    @classmethod
    def _blank_is_real_time(cls, value: Any) -> Any:
        return None if value in ("", "now") else value

    @model_validator(mode="after")
    def _real_time_in_production(self) -> ServiceSettings:
        if self.motcua_environment == "production" and self.motcua_now is not None:
            raise ValueError("MOTCUA_NOW is refused in production: unset it")
        return self

    def clock(self) -> Clock:
        return clock_from(self.motcua_now, self.motcua_now_at)
