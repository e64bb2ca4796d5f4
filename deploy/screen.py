"""What a person sees in the terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from deploy.programs import Program
from deploy.settings import ROOT, DeploySettings

PEOPLE = (ROOT / "mocks/national_portal/people.json", ROOT / "mocks/staff_identity/people.json")

SYNC_ROWS = {
    "taken_in": "Nhận nguyên | taken in",
    "repaired": "Nhận sau khi sửa | repaired",
    "unchanged": "Không đổi | unchanged",
    "proposed": "Chờ biên tập viên | proposed to an editor",
    "refused": "Từ chối | refused",
    "other_level": "Cấp khác | other level",
    "level_missing": "Thiếu cấp | level missing",
    "withdrawn": "Đã đóng | withdrawn at the portal",
}


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")


class Screen:
    def __init__(self, console: Console | None = None) -> None:
        # Without a terminal (a log, CI) rich would fold tables at 80 columns.
        self._console = console or Console(width=None if sys.stdout.isatty() else 120)

    def say(self, line: str) -> None:
        self._console.print(f"[dim]·[/dim] {escape(line)}")

    def warn(self, line: str) -> None:
        self._console.print(f"[yellow]![/yellow] {escape(line)}")

    def ready(self, programs: Sequence[Program], settings: DeploySettings, seconds: float) -> None:
        base = settings.public_url
        urls = Table("Địa chỉ · URL", "Là gì · what it is", title="Motcua", title_justify="left")
        urls.add_row(f"{base}/docs", "API công khai, tài liệu | public API and its documentation")
        for program in programs:
            if program.url != base:
                urls.add_row(program.url, program.name)
        urls.add_row(settings.motcua_now, "đồng hồ lúc khởi động (MOTCUA_NOW) | the clock at the start")
        people = Table("Đăng nhập · login", "Tên · name", "Vai trò · role", "Cơ quan · body")
        for person in _people():
            people.add_row(*person)
        self._console.print(urls, people, sep="\n")
        self._console.print(
            f"[green]✓[/green] Sẵn sàng sau {seconds:.1f} s | ready. "
            f"Thử tiếp | next: [bold]make demo[/bold], {base}/docs. Dừng | stop: Ctrl-C"
        )

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """Yields `show(done, total)`."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total or None)

    def sync_report(self, counts: Mapping[str, int], total: int) -> None:
        """The rows and their sum, which is the number of procedures that the portal has."""
        table = Table("Kết quả đồng bộ · sync report", "Số thủ tục")
        for name, count in counts.items():
            table.add_row(SYNC_ROWS.get(name, name), str(count))
        table.add_section()
        table.add_row("Tổng | sum", str(sum(counts.values())))
        self._console.print(table)
        if sum(counts.values()) != total:
            self.warn(f"Tổng không khớp: cổng có {total} thủ tục | the portal has {total}")


def _people() -> Iterator[tuple[str, str, str, str]]:
    for path in PEOPLE:
        for person in json.loads(path.read_text()) if path.exists() else []:
            roles = ", ".join(person.get("roles", [])) or person.get("kind", "")
            yield person.get("username", ""), person.get("name", ""), roles, person.get("agency") or ""
