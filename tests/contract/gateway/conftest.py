"""The gateway with both real mocks behind it, and a browser that follows addresses between the three."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from kit.app import Outside
from mocks.national_portal import app as portal
from mocks.national_portal.settings import Settings as PortalSettings
from mocks.staff_identity import app as staff
from services.gateway.app import create_app
from services.gateway.settings import Settings
from tests import system

PORTAL, STAFF = "http://portal.test", "http://staff.test"
CALLBACK = f"{system.PUBLIC_URL}/v1/auth/callback"
SESSION_KEY = Fernet.generate_key().decode()


def settings(database_url: str, **more: Any) -> Settings:
    return Settings(
        **system.settings("gateway", database_url),
        **{
            "signing_key": json.dumps(system.SIGNING_KEY.as_dict(private=True)),
            "session_key": SESSION_KEY,
            "portal_url": PORTAL,
            "portal_client_id": "motcua",
            "portal_client_secret": "portal-secret",
            "staff_url": STAFF,
            "staff_client_id": "motcua",
            "staff_client_secret": "staff-secret",
            "catalog_url": "http://127.0.0.1:9",
            "dossier_url": "http://127.0.0.1:9",
            "payment_url": "http://127.0.0.1:9",
            **more,
        },
    )


@dataclass
class World:
    gateway: FastAPI
    portal: FastAPI
    staff: FastAPI
    clock: system.StoppedClock

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        mounts = {
            system.PUBLIC_URL: httpx.ASGITransport(self.gateway, raise_app_exceptions=False),
            PORTAL: httpx.ASGITransport(self.portal),
            STAFF: httpx.ASGITransport(self.staff),
        }
        async with httpx.AsyncClient(mounts=mounts, base_url=system.PUBLIC_URL) as client:
            yield client


async def at_login_page(
    browser: httpx.AsyncClient, person: str, realm: str = "citizen", return_to: str = "/v1/me"
) -> httpx.Response:
    """Goes to the issuer, chooses the person; the answer sends the browser back to the gateway."""
    asked = {"realm": realm, "return_to": return_to}
    page = await browser.get("/v1/auth/login", params=asked, follow_redirects=True)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]+)"', page.text))
    form = {"request": hidden["request"], "person": person}
    return await browser.post(str(page.url.join("/oauth2/login")), data=form)


async def log_in(browser: httpx.AsyncClient, person: str, realm: str = "citizen") -> dict[str, Any]:
    """Who the browser then is, as `/v1/me` says."""
    back = await at_login_page(browser, person, realm)
    me = await browser.get(back.headers["location"], follow_redirects=True)
    assert me.status_code == 200, me.text
    found: dict[str, Any] = me.json()
    return found


@pytest.fixture(scope="module")
def database_url(clone: Callable[[str], Any]) -> str:
    return str(clone("gateway").app_url)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    clock = system.StoppedClock()
    portal_app = portal.create_app(
        PortalSettings(
            portal_public_url=PORTAL,
            portal_client_id="motcua",
            portal_client_secret="portal-secret",
            portal_redirect_uris=CALLBACK,
        ),
        clock.now,
    )
    staff_app = staff.create_app(
        staff.Settings(
            staff_public_url=STAFF,
            staff_client_id="motcua",
            staff_client_secret="staff-secret",
            staff_redirect_uris=CALLBACK,
        ),
        clock.now,
    )
    transports = {
        "portal-identity": httpx.ASGITransport(portal_app),
        "staff-identity": httpx.ASGITransport(staff_app),
    }
    gateway = create_app(settings(database_url), Outside(clock=clock, transports=transports))
    async with system.running(gateway):
        yield World(gateway, portal_app, staff_app, clock)
