"""`make run`: one process that starts everything, keeps it running, and takes it along when it ends."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType
from typing import Any

import httpx

from deploy import checks, clocks, databases, keys, procedures
from deploy.child import Child, OneShot
from deploy.embedded_postgres import EmbeddedPostgres
from deploy.errors import StartError
from deploy.programs import Plan, all_programs
from deploy.screen import Screen
from deploy.settings import DeploySettings

READY_SECONDS = 90  # a first start on a slow machine compiles every module
SERVICES_SECONDS = 5  # to end in good order; PostgreSQL has its own 5 after that
SAMPLE = ("-m", "services.catalog.sample")


class Stop(BaseException):
    """A signal asked us to end; raised wherever we are, so that a start can be broken off too."""


class Supervisor:
    """`plan` says which programs run; `sample` is the command that loads the sample catalogue."""

    def __init__(
        self,
        settings: DeploySettings,
        screen: Screen,
        plan: Plan = all_programs,
        sample: tuple[str, ...] = SAMPLE,
    ) -> None:
        self._settings, self._screen, self._plan, self._sample = settings, screen, plan, sample
        self._children: list[Child] = []
        self._postgres: EmbeddedPostgres | None = None
        self._client = httpx.Client(timeout=2, trust_env=False)

    def run(self) -> None:
        """Until a signal comes. Raises StartError; whatever was started has ended by then."""
        _on_signals(_stop)
        with ExitStack() as undo:
            try:
                self._start(undo)
                while True:
                    self._watch()
                    time.sleep(0.2)
            except Stop:
                self._screen.say("Đang dừng… | stopping")
            finally:
                _on_signals(signal.SIG_IGN)  # once is enough: all that follows is bounded
                self._end_children()
        self._screen.say("Đã dừng. | stopped")

    def _start(self, undo: ExitStack) -> None:
        begun = time.monotonic()
        settings = self._settings
        undo.enter_context(checks.hold(settings.var))
        checks.check_all(settings)
        secrets = keys.load(settings.var / "secrets.json")
        admin_url = self._start_postgres(undo)
        started = time.time()
        clocks.write(settings.var, settings.motcua_now, started)
        programs = self._plan(settings, secrets, databases.describe(admin_url), started)
        for program in programs:  # they import while the databases are being looked after
            self._children.append(Child(program, settings.var / "log"))
        databases.provision(admin_url)
        self._screen.say("Cơ sở dữ liệu: đã cập nhật | databases: migrated")
        for child in self._children:
            child.go()
        catalog = next(program for program in programs if program.name == "catalog")
        sample = (*self._sample, "--places-only") if settings.procedures else self._sample
        OneShot("sample", sample, catalog.environment, settings.var / "log").finish(READY_SECONDS)
        what = "Đơn vị, cơ quan: đã nạp | places" if settings.procedures else "Danh mục mẫu: đã nạp | sample"
        self._screen.say(f"{what}: loaded")
        self._await_ready()
        self._screen.ready(programs, settings, time.monotonic() - begun)
        if settings.procedures:
            token = procedures.ServiceToken(secrets["catalog_key"], clocks.of(settings))
            procedures.sync(settings.public_url, token, self._screen, self._watch)

    def _start_postgres(self, undo: ExitStack) -> str:
        """Returns an admin URL."""
        if self._settings.database_url:
            self._screen.say("PostgreSQL: DATABASE_URL")
            return self._settings.database_url.get_secret_value()
        server = EmbeddedPostgres(self._settings.var / "postgres", self._settings.postgres_port)
        self._postgres = undo.enter_context(server)
        reason = " (uid 65534 không vào được var | uid 65534 cannot reach var)" if server.moved else ""
        self._screen.say(f"PostgreSQL: 127.0.0.1:{server.port}, {server.folder}{reason}")
        return server.admin_url

    def _await_ready(self) -> None:
        waiting = list(self._children)
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [child for child in waiting if not child.ready(self._client)]:
            if time.monotonic() > deadline:
                raise StartError(
                    f"{waiting[0].program.name} chưa sẵn sàng sau {READY_SECONDS} s, xem {waiting[0].log}",
                    f"{waiting[0].program.name} is not ready, see its log",
                )
            time.sleep(0.05)

    def _watch(self) -> None:
        if self._postgres and not self._postgres.running:
            self._screen.warn(
                f"PostgreSQL đã dừng, khởi động lại, xem {self._postgres.log} | ended, restarts"
            )
            self._postgres.start()
        for child in self._children:
            if news := child.watch():
                self._screen.warn(news)

    def _end_children(self) -> None:
        for child in self._children:
            child.terminate()
        deadline = time.monotonic() + SERVICES_SECONDS
        for child in self._children:
            child.wait(deadline)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _on_signals(handler: Callable[[int, FrameType | None], Any] | signal.Handlers) -> None:
    """Set explicitly: a shell starts background jobs with SIGINT ignored, and that is inherited."""
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup keeps its meaning
        signal.signal(signal.SIGHUP, handler)
