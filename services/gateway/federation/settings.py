"""What the federation is told by the environment; the gateway's Settings inherit it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from kit.settings import ServiceSettings


class FederationSettings(ServiceSettings):
    """The adapter's address and account, and how hard we lean on it.

    Paths and `dstcode` differ from site to site (protocol facts 1.1), so all of them are settings.
    `{service}` in the array style's paths is replaced by the name of the service.
    """

    catalog_url: str = "http://127.0.0.1:8001"
    dossier_url: str = "http://127.0.0.1:8002"

    adapter_url: str = "http://127.0.0.1:8010"
    adapter_style: Literal["session", "array"] = "session"
    adapter_username: str = ""
    adapter_password: SecretStr = SecretStr("")
    adapter_unit: str = "000.00.00.H28"
    adapter_dstcode: str = "VN:GOV:000.00.00.G22:vpcpdvcqg"
    adapter_login_path: str = "/mapi/login"
    adapter_service_path: str = "/mapi/g"
    adapter_share_path: str = "/mapi/g"
    adapter_array_path: str = "/api/SynsTTHCC/{service}"
    adapter_array_read_path: str = "/KetNoiMotCuaQuocGia/{service}"
    adapter_timeout: float = Field(
        default=15.0, gt=0, le=120, description="seconds for one call, login and all"
    )

    federation_lanes: int = Field(default=4, ge=1, le=32, description="dossiers sent at once")
    federation_refused_hours: float = Field(default=6, gt=0, description="rest after a refusal by the portal")

    sync_lanes: int = Field(default=8, ge=1, le=32, description="procedures fetched at once")
    sync_closing_share: float = Field(
        default=0.05, ge=0, le=1, description="more withdrawn procedures than this are closed only by force"
    )
