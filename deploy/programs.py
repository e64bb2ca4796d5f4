"""The processes of the system and what each is told by its environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy import keys
from deploy.databases import SERVICES, ServiceDatabase
from deploy.settings import DeploySettings

PORTAL_CLIENT = "motcua-hoa-binh"
STAFF_CLIENT = "motcua"
ADAPTER_USER = "hoa-binh"
ADAPTER_UNIT = "000.00.00.H28"
PARTNER = "HOABINH"
TERMINAL = "HOABINH1"
SUPERVISORS_OWN = ("DATABASE_URL", "PROCEDURES")  # mean something else, or too much, to a child


@dataclass(frozen=True)
class Program:
    """`app`: uvicorn's name of an application factory."""

    name: str
    app: str
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Plan = Callable[[DeploySettings, Mapping[str, Any], Mapping[str, ServiceDatabase], float], "list[Program]"]


def all_programs(
    settings: DeploySettings,
    secrets: Mapping[str, Any],
    databases: Mapping[str, ServiceDatabase],
    started: float,
) -> list[Program]:
    """`started`: Unix seconds at which the system's clock showed MOTCUA_NOW."""
    inherited = {name: value for name, value in os.environ.items() if name not in SUPERVISORS_OWN}
    common = inherited | {"MOTCUA_ENVIRONMENT": settings.motcua_environment, "PYTHONUNBUFFERED": "1"}
    common |= {"MOTCUA_NOW": "", "MOTCUA_NOW_AT": str(started)}
    if settings.motcua_now != "now":
        common["MOTCUA_NOW"] = settings.motcua_now
    programs = [
        Program("national_portal", "mocks.national_portal.app:create_app", settings.portal_port, {}),
        Program("staff_identity", "mocks.staff_identity.app:create_app", settings.staff_identity_port, {}),
    ]
    issuer_port = settings.receipt_issuer_port
    programs += [
        Program("messages", "mocks.messages.app:create_app", settings.messages_port, {}),
        Program("vnpay", "mocks.vnpay.app:create_app", settings.vnpay_port, {}),
        Program("receipt_issuer", "mocks.receipt_issuer.app:create_app", issuer_port, {}),
    ]
    programs += [
        Program(service, f"services.{service}.app:create_app", getattr(settings, f"{service}_port"), {})
        for service in SERVICES
    ]
    urls = {program.name: program.url for program in programs}
    own = {
        "national_portal": _national_portal(settings, urls),
        "staff_identity": _staff_identity(urls),
        "dossier": {
            "STORAGE_URL": f"file://{settings.var / 'documents'}",
            "SMS_URL": f"{urls['messages']}/sms",
            "EMAIL_URL": f"{urls['messages']}/email",
        },
        "vnpay": _vnpay(urls),
        "payment": _payment(urls),
        "gateway": _gateway(urls),
    }
    return [
        Program(
            program.name,
            program.app,
            program.port,
            common
            | (_service(program.name, databases, urls) if program.name in SERVICES else {})
            | ({"HEADS_URL": heads_url(settings)} if program.name in SERVICES else {})
            | own.get(program.name, {})
            | {name.upper(): value for name, value in keys.settings(program.name, dict(secrets)).items()},
        )
        for program in programs
    ]


def heads_url(settings: DeploySettings) -> str:
    """Where the signed lists of chain heads lie."""
    return settings.heads_url or f"file://{settings.var / 'heads'}"


def _service(name: str, databases: Mapping[str, ServiceDatabase], urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "DATABASE_URL": databases[name].app_url,
        "PUBLIC_URL": urls["gateway"],
        "JWKS_URL": f"{urls['gateway']}/.well-known/jwks.json",
        **{f"{service.upper()}_URL": urls[service] for service in SERVICES},
    }


def _payment(urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "PAYMENT_PLATFORM_URL": f"{urls['national_portal']}/payment",
        "PAYMENT_PLATFORM_PARTNER": PARTNER,
        "VNPAY_TMN_CODE": TERMINAL,
        "VNPAY_PAY_URL": f"{urls['vnpay']}/paymentv2/vpcpay.html",
        "VNPAY_API_URL": f"{urls['vnpay']}/merchant_webapi/api/transaction",
        "RECONCILIATION_CLOSES_TODAY": "true",  # the sample lives on one day
        "RECEIPT_ISSUER_URL": urls["receipt_issuer"],
    }


def _vnpay(urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "VNPAY_PUBLIC_URL": urls["vnpay"],
        "VNPAY_TMN_CODE": TERMINAL,
        "VNPAY_IPN_URL": f"{urls['gateway']}/v1/payments/callbacks/vnpay",
    }


def _gateway(urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "PORTAL_URL": urls["national_portal"],
        "PORTAL_CLIENT_ID": PORTAL_CLIENT,
        "STAFF_URL": urls["staff_identity"],
        "STAFF_CLIENT_ID": STAFF_CLIENT,
        "ADAPTER_URL": urls["national_portal"],
        "ADAPTER_USERNAME": ADAPTER_USER,
        "ADAPTER_UNIT": ADAPTER_UNIT,
        "ADAPTER_STYLE": os.environ.get("ADAPTER_STYLE", "session"),
    }


def _national_portal(settings: DeploySettings, urls: Mapping[str, str]) -> dict[str, str]:
    procedures = {"PORTAL_PROCEDURES": str(settings.procedures.absolute())} if settings.procedures else {}
    return procedures | {
        "PORTAL_PUBLIC_URL": urls["national_portal"],
        "PORTAL_CLIENT_ID": PORTAL_CLIENT,
        "PORTAL_REDIRECT_URIS": f"{urls['gateway']}/v1/auth/callback",
        "ADAPTER_USERNAME": ADAPTER_USER,
        "PAYMENT_PLATFORM_PARTNER": PARTNER,
        "PAYMENT_CONFIRM_URL": f"{urls['gateway']}/v1/payments/callbacks/payment-platform",
        "PAYMENT_RETURN_URL": f"{urls['gateway']}/v1/payments/return/payment-platform",
    }


def _staff_identity(urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "STAFF_PUBLIC_URL": urls["staff_identity"],
        "STAFF_CLIENT_ID": STAFF_CLIENT,
        "STAFF_REDIRECT_URIS": f"{urls['gateway']}/v1/auth/callback",
    }
