"""What the VNPAY mock is told by its environment."""

from __future__ import annotations

from mocks.settings import MockSettings


class Settings(MockSettings):
    vnpay_public_url: str = "http://127.0.0.1:8013"
    vnpay_tmn_code: str = "MOTCUAHB"
    #: Comma-separated; the first signs, all verify.
    vnpay_secrets: str = "MOCK-VNPAY-SECRET-0001"
    vnpay_ipn_url: str = "http://127.0.0.1:8000/v1/payments/callbacks/vnpay"
    #: Seconds before each further IPN while the merchant says neither 00 nor 02; at most ten are used.
    vnpay_ipn_delays: str = "2,4,8,16"
