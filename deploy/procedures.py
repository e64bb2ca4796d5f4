"""`make run PROCEDURES=…`: have the gateway take in what the portal's mock serves, and show the report."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.errors import StartError
from deploy.screen import Screen
from kit.clock import Clock

PATH = "/internal/procedures/sync"
POLL_SECONDS = 0.5


class ServiceToken(httpx.Auth):
    """Signs each request as the service whose private JWK is given, by the system's own clock."""

    def __init__(self, jwk: dict[str, Any], clock: Clock) -> None:
        self._key, self._clock = OKPKey.import_key(jwk), clock

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        now, name = self._clock.now(), str(self._key.kid)
        claims = {"iss": name, "sub": name, "aud": "motcua", "iat": int(now.timestamp())}
        claims["exp"] = int((now + timedelta(seconds=60)).timestamp())
        token = jwt.encode({"alg": "Ed25519", "kid": name}, claims, self._key, algorithms=["Ed25519"])
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


def sync(gateway: str, auth: httpx.Auth, screen: Screen, meanwhile: Callable[[], None]) -> None:
    """Ask for a sync, follow it to its end, show the report. `meanwhile` is called at each look.

    Raises StartError when the gateway does not answer as agreed or the sync fails.
    """
    with httpx.Client(base_url=gateway, auth=auth, timeout=30, trust_env=False) as client:
        try:
            run = client.post(PATH).raise_for_status().json()
            with screen.progress("Đồng bộ thủ tục | procedures") as show:
                while True:
                    meanwhile()
                    report = client.get(f"{PATH}/{run['id']}").raise_for_status().json()
                    show(report["done"], report["total"])
                    if report["state"] not in ("waiting", "running"):
                        break
                    time.sleep(POLL_SECONDS)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise StartError(
                f"Đồng bộ thủ tục không thành công: {error!r}",
                "procedure sync failed, see var/log/gateway.log",
            ) from None
    screen.sync_report(report["counts"], report["total"])
