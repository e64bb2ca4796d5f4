"""What every service is told by its environment; each service adds its own fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.clock import Clock, clock_from


class ServiceSettings(BaseSettings):
    """Frozen; read once, in the composition root. Secrets are `SecretStr`, so that no log prints them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

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
    #: A folder or bucket outside the database for the signed lists of chain heads; without one, none.
    heads_url: str | None = None
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
