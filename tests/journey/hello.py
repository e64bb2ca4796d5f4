"""The smallest application that the supervisor can run, and a system made of it (or of another one)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from deploy.databases import ServiceDatabase
from deploy.errors import StartError
from deploy.programs import Program
from deploy.screen import Screen
from deploy.settings import DeploySettings, read
from deploy.supervisor import Supervisor


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def create_app() -> Any:
    return _app


def plan(
    settings: DeploySettings,
    _secrets: Mapping[str, Any],
    databases: Mapping[str, ServiceDatabase],
    _started: float,
) -> list[Program]:
    """Two programs on the gateway's and the catalog's port."""
    environment = {"DATABASE_URL": databases["catalog"].app_url, "PYTHONPATH": "."}
    ports = {"gateway": settings.gateway_port, "catalog": settings.catalog_port}
    app = sys.argv[1] if len(sys.argv) > 1 else "tests.journey.hello:create_app"
    return [Program(name, app, port, environment) for name, port in ports.items()]


if __name__ == "__main__":
    try:
        Supervisor(read(), Screen(), plan, ("-c", "print('sample loaded')")).run()
    except StartError as error:
        sys.exit(str(error))
