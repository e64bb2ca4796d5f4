"""Settings of the payment service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from kit.settings import ServiceSettings

PlatformState = Literal["paid", "waiting", "failed"]


class Settings(ServiceSettings):
    catalog_url: str = "http://127.0.0.1:8001"
    dossier_url: str = "http://127.0.0.1:8002"
    payment_platform_url: str = "http://127.0.0.1:8010/payment"
    payment_platform_partner: str
    payment_platform_secrets: SecretStr = Field(description="comma-separated; the first signs, all verify")
    payment_platform_timeout: float = Field(default=10, gt=0, le=60, description="seconds")
    #: What `TrangThaiGD` means. The national codes are not public: these are the mock's.
    payment_platform_states: Mapping[str, PlatformState] = {"00": "paid", "01": "waiting", "02": "failed"}
    #: `MaLoi` of a QUERY about a reference that the platform never heard of.
    payment_platform_unheard: str = "01"
    #: Without a terminal's code, VNPAY is not offered.
    vnpay_tmn_code: str | None = None
    vnpay_secrets: SecretStr = Field(default=SecretStr(""), description="as payment_platform_secrets")
    vnpay_pay_url: str = "http://127.0.0.1:8013/paymentv2/vpcpay.html"
    vnpay_api_url: str = "http://127.0.0.1:8013/merchant_webapi/api/transaction"
    vnpay_timeout: float = Field(default=10, gt=0, le=60, description="seconds")
    #: In đồng: above it somebody else than who asked has to approve a refund.
    refund_approval_above: int = Field(default=1_000_000, ge=0)
    #: Who signs receipts (`receipts/issuer.py`); without one they stay phiếu thu.
    receipt_issuer_url: str | None = None
    receipt_issuer_token: SecretStr | None = None
    receipt_issuer_timeout: float = Field(default=10, gt=0, le=60, description="seconds")
    #: For demonstrations: a day's reconciliation may be closed before the day is over.
    reconciliation_closes_today: bool = False
    #: Origins, comma-separated, to which a payer's browser may be sent back, beside PUBLIC_URL.
    payment_return_origins: str = ""
    payment_expires_after: timedelta = timedelta(minutes=30)
    #: How long a payment may be pending before the provider is asked.
    payment_asked_after: timedelta = timedelta(minutes=5)

    @model_validator(mode="after")
    def _a_terminal_has_its_secret(self) -> Settings:
        if self.vnpay_tmn_code and not self.vnpay_keys():
            raise ValueError("VNPAY_SECRETS must hold at least one secret where VNPAY_TMN_CODE is set")
        return self

    @field_validator("payment_platform_secrets")
    @classmethod
    def _some_secret(cls, value: SecretStr) -> SecretStr:
        if not _split(value.get_secret_value()):
            raise ValueError("PAYMENT_PLATFORM_SECRETS must hold at least one secret")
        return value

    def platform_secrets(self) -> list[str]:
        return _split(self.payment_platform_secrets.get_secret_value())

    def vnpay_keys(self) -> list[str]:
        return _split(self.vnpay_secrets.get_secret_value())

    def return_origins(self) -> list[str]:
        return [self.public_url, *_split(self.payment_return_origins)]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
