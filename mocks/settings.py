"""Where the mocks' settings come from."""

from __future__ import annotations

import os

from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class MockSettings(BaseSettings):
    """From the environment, then from the JSON file that `MOTCUA_SECRETS` names."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

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
