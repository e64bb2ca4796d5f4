"""The smallest application that the supervisor can run, and a system made of it."""

import sys

from deploy.errors import StartError
from deploy.programs import Program
from deploy.screen import Screen
from deploy.settings import read
from deploy.supervisor import Supervisor


async def _app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def create_app():
    return _app


def plan(settings, _secrets, databases, _started):
    """Two programs on the gateway's and the catalog's port."""
    environment = {"DATABASE_URL": databases["catalog"].app_url, "PYTHONPATH": "."}
    ports = {"gateway": settings.gateway_port, "catalog": settings.catalog_port}
    return [
        Program(name, "tests.unit.deploy.hello:create_app", port, environment) for name, port in ports.items()
    ]


if __name__ == "__main__":
    try:
        Supervisor(read(), Screen(), plan, ("-c", "print('sample loaded')")).run()
    except StartError as error:
        sys.exit(str(error))
