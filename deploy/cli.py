"""`python -m deploy`: run, status, migrate, verify, recount, and what else `--help` lists."""

import asyncio
import getpass
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from alembic.util import CommandError

from deploy import (
    checks,
    clocks,
    containers,
    databases,
    epochs,
    keys,
    migrate,
    reorganise,
    sealing,
    secret_files,
    settings,
)
from deploy.children import follow_parent
from deploy.console import Service, one_line
from deploy.embedded_postgres import EmbeddedPostgres, temporary_server
from deploy.errors import StartError
from deploy.screen import Screen
from deploy.supervisor import Supervisor
from kit.vault import Vault

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(containers.app)


@app.command()
def run(
    *,
    with_parent: Annotated[
        bool, typer.Option(help="end at once when the process that started us does")
    ] = False,
) -> None:
    """Start PostgreSQL, the services and the mocks; stop them on Ctrl-C."""
    if with_parent:
        follow_parent(signal.SIGKILL)
    with one_line():
        chosen = settings.read()
        if chosen.motcua_environment == "production":
            raise StartError(
                "Môi trường thật chạy bằng container: docs/running.md",
                "production runs in containers: docs/running.md",
            )
        Supervisor(chosen, Screen()).run()


@app.command()
def status() -> None:
    """Say which parts of the system answer. Status 1 unless all do."""
    with one_line():
        chosen = settings.read()
        pid = checks.holder(chosen.var)
        print(f"supervisor: {pid or '-'} ({chosen.var})")
        well = pid is not None
        for name, port in chosen.ports().items():
            if name != "POSTGRES_PORT":
                answer = _answer(f"http://127.0.0.1:{port}/health/ready")
                well = well and answer == "ready"
                print(f"{name.removesuffix('_PORT').lower():<16} {port:>5}  {answer}")
    raise typer.Exit(0 if well else 1)


@app.command("migrate")
def migrate_command(
    service: Annotated[Service | None, typer.Argument(help="one service; otherwise all")] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="only compare tables and models")] = False,
) -> None:
    """Create databases and roles, and bring the tables to the newest revision."""
    with one_line():
        secret_files.refuse_samples(os.environ, "migrate")
        with _server(settings.read()) as admin_url:
            known = databases.describe(admin_url)
            if not check:
                databases.prepare(admin_url)
            for name in [service.value] if service else databases.SERVICES:
                url = known[name].owner_url
                if check:
                    _compare(name, url)
                done = "ok" if check else "migrated" if migrate.upgrade(name, url) else "up to date"
                print(f"{name}: {done}")


@app.command()
def verify(
    service: Annotated[Service | None, typer.Argument(help="one service; otherwise all")] = None,
    *,
    heads: Annotated[
        Path | None, typer.Option(help="folder of the signed lists; by default var/heads")
    ] = None,
) -> None:
    """Check every chain of the event logs, the logs against the signed lists of chain heads, and what closed
    months have frozen against the logs. Works beside a running system, on a stopped one, and on any
    DATABASE_URL. Status 1 names what is wrong."""
    # Imported only now, as below: the tables of a service cost a second, at every start of the system.
    from deploy import audit  # noqa: PLC0415

    with one_line():
        chosen = settings.read()
        keys_ = json.dumps(keys.public_keys(keys.load(chosen.keys)))
        whole = True
        with _server(chosen, running=True) as admin_url:
            known = databases.describe(admin_url)
            for name in [service.value] if service else databases.SERVICES:
                found = asyncio.run(audit.check(known[name].app_url, name, chosen.shelf(name, heads), keys_))
                whole = whole and not found.faults
                print(found.line())
                for fault in found.faults:
                    print(f"  ✗ {fault}")
    raise typer.Exit(0 if whole else 1)


@app.command()
def recount(*, most: Annotated[int, typer.Option(min=1, help="differences to name")] = 100) -> None:
    """Count the figures anew: facts against dossiers and daily counts, sums by month against facts. Works
    beside a running system, on a stopped one, and on any DATABASE_URL. Status 1 names each difference: table,
    key, what is kept ≠ what is counted."""
    from deploy import figures  # noqa: PLC0415

    with one_line():
        with _server(settings.read(), running=True) as admin_url:
            found = asyncio.run(figures.check(databases.describe(admin_url)["dossier"].app_url, most))
        print(*found.lines(), sep="\n")
    raise typer.Exit(1 if found.differences else 0)


@app.command()
def seal(
    service: Annotated[Service | None, typer.Argument(help="one service; otherwise all")] = None,
) -> None:
    """Sign the heads of all chains that have moved since the last list, which otherwise is done once a day:
    from here on `verify` sees what is cut off or written anew."""
    from deploy import audit  # noqa: PLC0415

    with one_line():
        chosen = settings.read()
        held = keys.load(chosen.keys)
        with _server(chosen, running=True) as admin_url:
            known = databases.describe(admin_url)
            for name in [service.value] if service else databases.SERVICES:
                key = json.dumps(held[f"{name}_key"])
                signed = asyncio.run(audit.seal(known[name].app_url, name, chosen.shelf(name), key))
                print(f"{name}: {signed or 'không có gì mới | nothing new'}")


@app.command("new-client")
def new_client(
    client: Annotated[str, typer.Argument(help="its id: small letters, digits, -")],
    *,
    name: Annotated[str, typer.Option(help="as people call it")],
    agency: Annotated[str, typer.Option(help="the code of the body that it acts for: 000.00.33.H28")],
) -> None:
    """Register a district's system, whose secret is shown this once; Motcua must be running. Leaders do the
    same by `POST /v1/clients`."""
    from deploy import clients  # noqa: PLC0415

    with one_line():
        chosen = settings.read()
        with _server(chosen, running=True) as admin_url:
            database = databases.describe(admin_url)["gateway"].app_url
            found = asyncio.run(
                clients.register(
                    database, chosen.url("catalog"), clocks.of(chosen), id_=client, name=name, agency=agency
                )
            )
        print(f"client_id={found.client_id}\nclient_secret={found.client_secret}")


@app.command("new-epoch")
def new_epoch(
    service: Annotated[Service | None, typer.Argument(help="one service; otherwise all")] = None,
) -> None:
    """After a restore: readers of the event logs begin again from the start."""
    with one_line(), _server(settings.read(), running=True) as admin_url:
        known = databases.describe(admin_url)
        for name in [service.value] if service else databases.SERVICES:
            print(f"{name}: {asyncio.run(epochs.begin(known[name].owner_url))}")


@app.command()
def rotate(
    service: Annotated[Service | None, typer.Argument(help="one service; otherwise all")] = None,
    *,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="first put a new key before the others; then restart")
    ] = False,
) -> None:
    """Seal personal data anew under the newest of DATA_KEYS. First --new-key and a restart, then this; the
    old keys may go when it says 0."""
    with one_line():
        chosen = settings.read()
        path = chosen.keys
        names = [service.value] if service else list(databases.SERVICES)
        if new_key:
            keys.renew(path, [f"{name}_data_key" for name in names])
            print(f"Đã thêm khóa mới vào {path.name}, hãy khởi động lại | new keys added, now restart")
            return
        held = keys.load(path)
        with _server(chosen, running=True) as admin_url:
            known = databases.describe(admin_url)
            for name in names:
                vault = Vault(held[f"{name}_data_key"], held[f"{name}_index_key"])
                done = asyncio.run(sealing.rotate(known[name].owner_url, name, vault))
                print(f"{name}: {done} giá trị được mã hóa lại | values sealed anew")


@app.command()
def rehearse() -> None:
    """Migrate a temporary server up, down and up again, and compare the tables with the models."""
    with one_line(), temporary_server() as server:
        for name, database in databases.provision(server.admin_url).items():
            migrate.downgrade(name, database.owner_url)
            migrate.upgrade(name, database.owner_url)
            _compare(name, database.owner_url)
            print(f"{name}: up, down, up, same as the models")


@app.command("reorganise")
def reorganise_command(
    plan: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, see docs/reorganising.md")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only list what would move")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
    by: Annotated[str | None, typer.Option(help="who does it; by default, who is logged in here")] = None,
) -> None:
    """Merge, split, found and end bodies and units by a plan; the system must be running. Run again after
    whatever befell it: what is done is not done twice. Status 1 lists what stands against the plan."""
    with one_line():
        chosen = settings.read()
        urls = {name: chosen.url(name) for name in databases.SERVICES}
        system = reorganise.System(urls, keys.load(chosen.keys), clocks.of(chosen), by or getpass.getuser())
        well = reorganise.run(system, plan.read_bytes(), dry_run=dry_run, as_json=as_json)
    raise typer.Exit(0 if well else 1)


@app.command("seed-2020")
def seed_2020_command() -> None:
    """Load a made-up year 2020 with the figures of the province's report: services, and 365,040 dossiers.
    Works beside a running system, on a stopped one, and on any DATABASE_URL. Cut off and run again, it goes
    on."""
    from deploy import seed_2020  # noqa: PLC0415

    with one_line():
        chosen = settings.read()
        up = checks.holder(chosen.var) is not None
        with _server(chosen, running=True) as admin_url:
            seed_2020.run(chosen, admin_url, Screen(), up=up)


def _compare(service: str, url: str) -> None:
    try:
        migrate.check(service, url)
    except CommandError as error:
        raise StartError(
            f"{service}: bảng và models.py khác nhau, hãy viết một migration", f"{service}: {error}"
        ) from None


@contextmanager
def _server(chosen: settings.DeploySettings, *, running: bool = False) -> Iterator[str]:
    """An admin URL: DATABASE_URL, or our own server, which runs for as long as we do; with `running`, that of
    a system that is up."""
    if chosen.database_url:
        url = chosen.database_url.get_secret_value()
        checks.check_server(url)
        yield url
        return
    if running and checks.holder(chosen.var) is not None:
        yield EmbeddedPostgres(chosen.var / "postgres", chosen.postgres_port).admin_url
        return
    with checks.hold(chosen.var), EmbeddedPostgres(chosen.var / "postgres") as server:
        yield server.admin_url


def _answer(url: str) -> str:
    try:
        return "ready" if httpx.get(url, timeout=2, trust_env=False).is_success else "not ready"
    except httpx.HTTPError:
        return "no answer"
