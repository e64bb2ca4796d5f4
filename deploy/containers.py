"""`python -m deploy` as containers call it: one process of the system, or what prepares it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy import secret_files, serve, settings
from deploy.console import Mock, Service, one_line
from deploy.errors import StartError
from deploy.supervisor import SAMPLE

app = typer.Typer()


_HOST = Annotated[str, typer.Option(help="address to listen at")]
_PORT = Annotated[int, typer.Option(min=1, max=65535)]


@app.command("serve")
def serve_command(service: Service, *, host: _HOST = "0.0.0.0", port: _PORT = 8000) -> None:  # noqa: S104
    """One service, without its consumers and jobs, until SIGTERM."""
    with one_line():
        secret_files.refuse_samples(os.environ, service)
        settings.check(service)
        os.environ["BACKGROUND"] = "false"
        serve.serve(serve.create(f"services.{service}.app:create_app"), port, host, serve.LONG_GRACE)


@app.command()
def worker(service: Service, *, host: _HOST = "0.0.0.0", port: _PORT = 8000) -> None:  # noqa: S104
    """A service's consumers and jobs, until SIGTERM; what it serves is health and metrics. Any number of
    them work side by side."""
    with one_line():
        secret_files.refuse_samples(os.environ, service)
        settings.check(service)
        os.environ["BACKGROUND"] = "true"
        app = serve.create(f"services.{service}.app:create_app")
        serve.serve(serve.OnlyHealth(app), port, host, serve.LONG_GRACE)


@app.command()
def mock(name: Mock, *, host: _HOST = "0.0.0.0", port: _PORT = 8000) -> None:  # noqa: S104
    """One of the parties outside, played; not in production."""
    with one_line():
        if os.environ.get("MOTCUA_ENVIRONMENT") == "production":
            raise StartError("Không chạy giả lập trong môi trường thật", f"no mock in production: {name}")
        serve.serve(serve.create(f"mocks.{name}.app:create_app"), port, host)


@app.command()
def sample(
    *, places_only: Annotated[bool, typer.Option("--places-only", help="units and bodies only")] = False
) -> None:
    """Load the places and the sample catalogue, as the catalogue service (its settings); in production, the
    places only."""
    with one_line():
        secret_files.refuse_samples(os.environ, Service.CATALOG)
        if os.environ.get("MOTCUA_ENVIRONMENT") == "production" and not places_only:
            raise StartError(
                "Không nạp danh mục mẫu trong môi trường thật", "no sample in production: --places-only"
            )
    arguments = [*SAMPLE, *(["--places-only"] if places_only else [])]
    raise typer.Exit(subprocess.run([sys.executable, *arguments], check=False).returncode)


@app.command()
def secrets(
    folder: Annotated[Path, typer.Argument(help="where the files go; made if it is missing")],
    *,
    host: Annotated[str, typer.Option(help="PostgreSQL's name in the services' network")] = "postgres",
    new_key: Annotated[
        bool, typer.Option("--new-key", help="put a new key for personal data before the others; see rotate")
    ] = False,
) -> None:
    """Make the secrets of a system in containers, as files; those that are there stay as they are."""
    with one_line():
        made = secret_files.renew(folder) if new_key else secret_files.write(folder, host)
        print(f"{folder}: {', '.join(made) or 'không có gì mới | nothing new'}")
