"""One database and two roles per service, on any PostgreSQL from 15 on; safe to run again.

`<svc>_owner` owns the tables (migrations, retention), `<svc>_app` reads and writes rows. Role names are
fixed and shared by all databases of a server, so that copies of a migrated template keep their rights.
"""

import asyncio
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from deploy import migrate

SERVICES = ("catalog", "dossier", "payment", "gateway")
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")  # all trusted: a database's owner may create them
LOCK = 0x4D43_4442  # advisory lock: two provisions of one server take turns


@dataclass(frozen=True)
class ServiceDatabase:
    service: str
    name: str
    owner_url: str
    app_url: str


def provision(admin_url: str, name_suffix: str = "") -> dict[str, ServiceDatabase]:
    """Create what is missing (databases `<svc><name_suffix>`, roles, rights, extensions), then migrate all.

    `admin_url`: a role that may create roles and databases. The roles' passwords follow from the admin's,
    so that each run comes to the same. Raises OSError or asyncpg.PostgresError when the server says no.
    Not from inside a running event loop (Alembic starts its own): use a thread there.
    """
    databases = prepare(admin_url, name_suffix)
    for database in databases.values():
        migrate.upgrade(database.service, database.owner_url)
    return databases


def prepare(admin_url: str, name_suffix: str = "") -> dict[str, ServiceDatabase]:
    """As `provision`, without tables."""
    databases = describe(admin_url, name_suffix)
    asyncio.run(create(admin_url, list(databases.values())))
    return databases


def describe(admin_url: str, name_suffix: str = "") -> dict[str, ServiceDatabase]:
    """Names and URLs of the four databases on the server of `admin_url`; touches nothing."""
    if not re.fullmatch(r"[a-z0-9_]*", name_suffix):
        raise ValueError(f"not usable in a database name: {name_suffix!r}")

    def url(role: str, name: str) -> str:
        return _with(admin_url, role, _password(admin_url, role), name)

    return {
        service: ServiceDatabase(
            service, name, owner_url=url(f"{service}_owner", name), app_url=url(f"{service}_app", name)
        )
        for service in SERVICES
        for name in [f"{service}{name_suffix}"]
    }


async def create(admin_url: str, databases: list[ServiceDatabase]) -> None:
    """Databases, roles, rights and extensions, without tables."""
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", LOCK)
        for database in databases:
            await _create_roles(admin, admin_url, database.service)
            await _create_database(admin, database)
        await asyncio.gather(*(_prepare(database) for database in databases))
    finally:
        await admin.close()


async def _create_roles(admin: asyncpg.Connection, admin_url: str, service: str) -> None:
    for role in (f"{service}_owner", f"{service}_app"):
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await admin.execute(f"CREATE ROLE {role}")
        await admin.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{_password(admin_url, role)}'")
    # Any other admin must be a member to give a database to its owner; from 16 on, having made the role
    # isn't enough.
    if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await admin.execute(f"GRANT {service}_owner TO CURRENT_USER")


async def _create_database(admin: asyncpg.Connection, database: ServiceDatabase) -> None:
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database.name):
        builtin = admin.get_server_version().major >= 17
        provider = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" if builtin else ""
        await admin.execute(
            f"CREATE DATABASE {database.name} OWNER {database.service}_owner TEMPLATE template0"
            f" ENCODING 'UTF8' LOCALE 'C.UTF-8' {provider}"
        )
    await admin.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {database.name} FROM PUBLIC")
    await admin.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database.name} TO {database.service}_app")


async def _prepare(database: ServiceDatabase) -> None:
    """As the owner: extensions, and the application's rights on every table yet to be made."""
    app, owner = f"{database.service}_app", f"{database.service}_owner"
    connection = await asyncpg.connect(database.owner_url)
    try:
        for extension in EXTENSIONS:
            await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        rights = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT"
        await connection.execute(f"{rights} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}")
        await connection.execute(f"{rights} USAGE, SELECT ON SEQUENCES TO {app}")
    finally:
        await connection.close()


def _password(admin_url: str, role: str) -> str:
    secret = unquote(urlsplit(admin_url).password or "")
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


def _with(url: str, user: str, password: str, database: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password)}@{host}", path=f"/{database}"))
