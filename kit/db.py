"""PostgreSQL: one engine a process, one transaction a request, errors with names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import asyncpg
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from kit.problem import Busy, InvalidInput, Problem, respond

log = structlog.get_logger()

#: SQLSTATEs of a race lost: serialisation, deadlock, lock time-out, unique, exclusion.
_RACES = {"40001", "40P01", "55P03", "23505", "23P01"}


class DatabaseDown(Problem):
    status, code = 503, "database-unavailable"
    title = {"vi": "Cơ sở dữ liệu tạm thời không sẵn sàng", "en": "The database is unavailable"}


class Database:
    """The service's own database. `transaction()` commits when its block ends without an error."""

    def __init__(self, url: str, pool: int = 10) -> None:
        self.dsn = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self.engine = create_async_engine(
            self.dsn.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool,
            max_overflow=5,
            pool_pre_ping=True,
            hide_parameters=True,  # they are personal data, and errors are logged
            connect_args={"timeout": 5, "server_settings": {"lock_timeout": "10s"}},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self._sessions.begin()

    async def ready(self) -> bool:
        try:
            async with asyncio.timeout(2), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (TimeoutError, OSError, DBAPIError):
            return False
        return True

    async def close(self) -> None:
        await self.engine.dispose()


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


#: The request's transaction. `scope="function"` commits *before* the answer leaves, so that a failed
#: commit cannot answer 200; FastAPI's default scope would commit after it.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]


class Bell:
    """Rings when something was committed: LISTEN on one connection, many waiters in the process.

    Take a `ticket()` before you look, then `wait(ticket, seconds)`: what rang in between is not missed.
    """

    def __init__(self, dsn: str, channel: str = "event") -> None:
        self._dsn, self._channel = dsn, channel
        #: Whoever waits for others is to answer now: this process has been told to end.
        self.leaving = False
        self._rung = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def ticket(self) -> int:
        return self._rung

    def ring(self, *_: object) -> None:
        self._rung += 1
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def leave(self) -> None:
        self.leaving = True
        self.ring()

    async def wait(self, ticket: int, seconds: float) -> None:
        if ticket != self._rung:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)

    async def run(self) -> None:
        """Keep listening until cancelled; while the connection is lost, waiters fall back to time."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("bell-lost", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        """Until the connection is lost."""
        connection = await asyncpg.connect(self._dsn, timeout=5)
        try:
            closed = asyncio.Event()
            connection.add_termination_listener(lambda _: closed.set())
            await connection.add_listener(self._channel, self.ring)
            self.ring()
            await closed.wait()
        finally:
            await connection.close(timeout=1)


def sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")


def constraint(error: DBAPIError) -> str:
    """The name of the constraint that refused, or ''."""
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", "") or "")


def install(app: FastAPI) -> None:
    """A race is a 409, a lost database a 503; neither is ever a 500."""

    async def on_database(request: Request, error: Exception) -> Response:
        assert isinstance(error, DBAPIError)
        state = sqlstate(error)
        if state in _RACES:
            log.warning("race", sqlstate=state, constraint=constraint(error))
            return respond(request, Busy())
        if state.startswith("22"):  # data exception: a value that no column can hold
            log.warning("data-refused", sqlstate=state)
            return respond(request, InvalidInput())
        if isinstance(error, OperationalError | InterfaceError) or state[:2] in ("08", "57", "53"):
            log.error("database-down", sqlstate=state)
            return respond(request, DatabaseDown(headers={"Retry-After": "5"}))
        log.error("database-error", sqlstate=state, constraint=constraint(error))
        return respond(request, Problem())

    async def on_no_connection(request: Request, error: Exception) -> Response:
        log.error("database-down", error=type(error).__name__)
        return respond(request, DatabaseDown(headers={"Retry-After": "5"}))

    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(ConnectionError, on_no_connection)
