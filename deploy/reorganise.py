"""`motcua reorganise plan.csv`: what would move on the day, or: it moves.

The catalogue takes the plan, in one transaction. The others hear of it from its feed and let follow what they
hold, in pieces; this command shows how far they are. Killed anywhere, it can be run again.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy import plan_file
from deploy.errors import StartError
from deploy.plan_file import Fault, PlanFile
from deploy.procedures import ServiceToken
from kit.clock import VIETNAM, Clock

POLL_SECONDS, PATIENCE_SECONDS = 2.0, 120.0
_HOLDINGS = "/internal/successions/holdings"
_KEY = "gateway"

LABELS = {
    "offerings": "thủ tục đang nhận | offerings",
    "received-by": "nơi nhận thay | offices that receive for it",
    "dossiers": "hồ sơ đang xử lý | open dossiers",
    "drafts": "bản nháp | drafts",
    "openings": "hồ sơ được mở cho xem | dossiers opened to it",
    "opinions": "ý kiến đang chờ | opinions awaited",
    "payee-accounts": "tài khoản thụ hưởng | payee accounts",
    "receipt-forms": "mẫu biên lai | receipt forms",
    "receipt-series": "ký hiệu biên lai trong năm | receipt series of the year",
    "cash-shifts": "ca thu đang mở | open cash shifts",
    "payments": "thanh toán chưa xong | payments under way",
    "refunds": "khoản hoàn chưa xong | refunds under way",
    "clients": "hệ thống kết nối | client systems",
    "staff": "tài khoản cán bộ | staff accounts",
}


@dataclass
class Report:
    """`holdings`: what old bodies hold now, of all services: {body, what, count, first, moves}. `exact`:
    totals of what several of them may share."""

    faults: list[Fault] = field(default_factory=list)
    digest: str = ""
    nothing_to_do: bool = False
    applied: bool = False
    founded: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    holdings: list[dict[str, Any]] = field(default_factory=list)
    exact: dict[str, int] = field(default_factory=dict)

    def totals(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for holding in self.holdings:
            found[holding["what"]] += holding["count"]
        return {what: self.exact.get(what, found[what]) for what in LABELS if found[what]}

    def heirs(self) -> dict[str, str | None]:
        """Old body → who takes what it has."""
        found: dict[str, str | None] = {}
        for pair in self.pairs:
            if pair["main"] or pair["old"] not in found:
                found[pair["old"]] = pair["new"] if pair["main"] else None
        return found

    def days(self) -> dict[str, str]:
        return {pair["old"]: pair["from"] for pair in self.pairs}

    def warnings(self) -> list[str]:
        said = []
        heirs = self.heirs()
        for holding in self.holdings:
            body, what = holding["body"], holding["what"]
            if what == "cash-shifts":
                who = ", ".join(holding["first"])
                said.append(f"{body}: đóng ca thu trước ngày chuyển | close the shifts before the day: {who}")
            if heirs.get(body) is None and holding["moves"]:
                label = LABELS[what]
                said.append(f"{body}: không có cơ quan kế thừa | no successor for {holding['count']} {label}")
        return said

    def as_json(self) -> dict[str, Any]:
        return {
            "faults": [vars(fault) for fault in self.faults],
            "plan": self.digest,
            "nothing_to_do": self.nothing_to_do,
            "applied": self.applied,
            "founded": self.founded,
            "successions": self.pairs,
            "holdings": self.holdings,
            "totals": self.totals(),
            "warnings": self.warnings(),
        }


class System:
    """The services of a system that is up. `urls`: by name; `secrets`: of `keys.load`; `by`: who does it."""

    def __init__(self, urls: dict[str, str], secrets: dict[str, Any], clock: Clock, by: str) -> None:
        self._urls, self.clock, self.by = urls, clock, by
        self._client = httpx.Client(
            auth=ServiceToken(secrets[f"{_KEY}_key"], clock),
            headers={"Accept-Language": "vi"},
            timeout=120,
            trust_env=False,
        )

    def today(self) -> date:
        return self.clock.now().astimezone(VIETNAM).date()

    def post(self, service: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """Raises StartError where nobody answers, or not as one should."""
        try:
            answer = self._client.post(f"{self._urls[service]}{path}", json=body)
        except httpx.HTTPError:
            raise StartError(
                f"Dịch vụ {service} không trả lời: hệ thống phải đang chạy (make run)",
                f"{service} does not answer: the system must be running",
            ) from None
        if not answer.is_success and answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            raise StartError(f"Dịch vụ {service} từ chối: {answer.text[:300]}", f"{service} refused")
        return answer

    def close(self) -> None:
        self._client.close()


def examine(system: System, plan: PlanFile) -> Report:
    """A dry run: nothing changes anywhere. All faults at once."""
    report = Report(faults=list(plan.faults))
    if not plan.rows:
        return report
    _ask_catalogue(system, plan, report, dry_run=True)
    if not report.faults:
        report.holdings += _elsewhere(system, report)
    return report


def _ask_catalogue(system: System, plan: PlanFile, report: Report, *, dry_run: bool) -> None:
    body = {"rows": plan.rows, "dry_run": dry_run, "by": system.by}
    answer = system.post("catalog", "/internal/reorganisations", body)
    said = answer.json()
    if not answer.is_success:
        report.faults += [_fault(error, plan) for error in said.get("errors", [])]
        return
    report.digest, report.nothing_to_do = said["digest"], said["nothing_to_do"]
    report.applied = said["applied"]
    if dry_run:
        report.pairs, report.founded, report.holdings = said["pairs"], said["founded"], said["holdings"]


def _fault(error: dict[str, Any], plan: PlanFile) -> Fault:
    """The catalogue speaks of places in the list that it was given; people, of lines in their file."""
    parts = str(error.get("pointer", "")).split("/")
    place = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else None
    line = plan.rows[place]["line"] if place is not None and place < len(plan.rows) else 0
    column = {"starts": "from"}.get(parts[3], parts[3]) if len(parts) > 3 else ""
    return Fault(line, column, error["detail"])


def _elsewhere(system: System, report: Report) -> list[dict[str, Any]]:
    """What the old bodies hold at the others."""
    asked: dict[str, Any] = {"dossier": report.heirs(), "payment": report.days(), "gateway": [*report.days()]}
    found: list[dict[str, Any]] = []
    for service, bodies in asked.items():
        said = system.post(service, _HOLDINGS, {"bodies": bodies}).json()
        found += said["items"]
        report.exact |= said.get("totals", {})
    return found


def apply(system: System, plan: PlanFile, report: Report) -> None:
    """The catalogue's part; applied before, there is nothing to do."""
    _ask_catalogue(system, plan, report, dry_run=False)


def begun(system: System, report: Report) -> dict[str, str]:
    """Old body → its successor, where the day has come."""
    today, days = system.today().isoformat(), report.days()
    return {old: new for old, new in report.heirs().items() if new is not None and days[old] <= today}


def left(system: System, report: Report) -> int | None:
    """How much is still to be taken over of what the day has come for; None while the others have not heard
    of it."""
    old = begun(system, report)
    count = 0
    for service, bodies in (("dossier", old), ("payment", {one: report.days()[one] for one in old})):
        said = system.post(service, _HOLDINGS, {"bodies": bodies}).json()
        heard = {row["old"] for row in said["done"]}
        if heard != set(old):
            return None
        count += sum(item["count"] for item in said["items"] if item["moves"])
    return count


def follow(system: System, report: Report) -> bool:
    """Until nothing is left, or PATIENCE_SECONDS have passed without anything having moved."""
    before, since = left(system, report), time.monotonic()
    while before != 0:
        if time.monotonic() - since > PATIENCE_SECONDS:
            return False
        time.sleep(POLL_SECONDS)
        now = left(system, report)
        if now != before:
            before, since = now, time.monotonic()
    return True


def run(system: System, content: bytes, *, dry_run: bool, as_json: bool) -> bool:
    """The command as a whole. False for a plan that cannot be applied, or that is not done yet."""
    plan = plan_file.read(content)
    report = examine(system, plan)
    if report.faults or dry_run:
        show(report, as_json=as_json)
        return not report.faults
    apply(system, plan, report)
    done = follow(system, report)
    show(report, as_json=as_json)
    if not as_json:
        _say_the_end(system, report, done=done)
    return done


def show(report: Report, *, as_json: bool) -> None:
    """On standard output."""
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    for fault in sorted(report.faults, key=lambda fault: fault.line):
        where = f"dòng {fault.line}, cột {fault.column}" if fault.line else "tệp"
        console.print(f"[red]✗[/red] {escape(f'{where}: {fault.words}')}")
    if not report.faults:
        console.print(_pairs(report))
        console.print(_held(report))
        for warning in report.warnings():
            console.print(f"[yellow]![/yellow] {escape(warning)}")


def _pairs(report: Report) -> Table:
    table = Table("cũ | old", "kế thừa | successor", "từ ngày | from", title="Tổ chức lại | reorganisation")
    for pair in report.pairs:
        side = "" if pair["main"] or pair["new"] is None else " (một phần | a part)"
        new = f"{pair['new']} {pair['new_name']}{side}" if pair["new"] else "–"
        table.add_row(escape(f"{pair['old']} {pair['old_name']}"), escape(new), pair["from"])
    return table


def _held(report: Report) -> Table:
    table = Table(
        "cơ quan | body", "gì | what", "số | count", "trong đó | among them", title="Sẽ chuyển | moves"
    )
    for holding in sorted(report.holdings, key=lambda holding: holding["body"]):
        first = ", ".join(holding["first"])
        if 0 < len(holding["first"]) < holding["count"]:
            first += " …"
        moves = "" if holding["moves"] else " (theo quyền | by right)"
        label = LABELS[holding["what"]] + moves
        table.add_row(holding["body"], escape(label), str(holding["count"]), escape(first))
    table.add_section()
    for what, count in report.totals().items():
        table.add_row("cộng | total", LABELS[what], str(count), "")
    return table


def _say_the_end(system: System, report: Report, *, done: bool) -> None:
    if report.nothing_to_do:
        print("Danh mục: không có gì phải làm | catalogue: nothing to do")
    else:
        print(f"Danh mục: đã áp dụng kế hoạch {report.digest} | catalogue: applied")
    today = system.today().isoformat()
    later = sorted({day for day in report.days().values() if day > today})
    if later:
        print(f"Hồ sơ, tài khoản sẽ tự chuyển vào ngày {', '.join(later)} | move by themselves on the day")
    if done:
        print("Không còn gì phải chuyển | nothing is left to move")
    else:
        print("Còn đang chuyển, sẽ tự tiếp tục | still moving, and goes on by itself: run again to see")
