"""What the letters say: plain data for the templates, in Vietnamese. Pure but for the vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.clock import VIETNAM
from services.dossier.models import Dossier, Result, Step
from services.dossier.office import Office
from services.dossier.queries import Around
from services.dossier.status import Action

_UNITS = {"working_days": "ngày làm việc", "hours": "giờ làm việc", "days": "ngày", "months": "tháng"}
_OUTCOME = {"granted": "Đồng ý giải quyết", "rejected": "Từ chối giải quyết"}


@dataclass(frozen=True)
class File:
    """Everything that a letter may draw on."""

    office: Office
    dossier: Dossier
    about: Around
    steps: list[Step]

    def last(self, action: Action) -> Step | None:
        return next((step for step in reversed(self.steps) if step.action == action), None)


def slip(file: File) -> dict[str, Any] | None:
    """Receipt of the dossier with its promised date; None before the acceptance."""
    step, frozen = file.last(Action.ACCEPT), file.dossier.procedure
    if step is None:
        step = file.last(Action.REOPEN)
    if file.dossier.accepted_at is None or step is None:
        return None
    term = frozen["processing_time"]
    owed = sum(fee.amount for fee in file.about.fees)
    papers = []
    for paper in frozen["papers"]:
        given = file.about.received.get(paper["code"])
        files = sum(document.paper_code == paper["code"] for document in file.about.documents)
        if given or files:
            counts = (given.originals, given.copies) if given else (0, 0)
            papers.append(
                {"name": paper["name"], "files": files, "originals": counts[0], "copies": counts[1]}
            )
    return {
        **_common(file, step, file.dossier.receiving_agency),
        "receiving": _name(file, file.dossier.receiving_agency),
        "resolving": _name(file, file.dossier.resolving_agency),
        "papers": papers,
        "fees": f"{owed:,} đồng".replace(",", ".") if owed else "",
        "received_at": moment(file.dossier.accepted_at),
        "term": f"{term['amount']} {_UNITS[term['unit']]}" if term else "",
        "promised_at": moment(file.dossier.promised_at),
    }


def refusal(file: File) -> dict[str, Any] | None:
    step = file.last(Action.REFUSE)
    return {**_common(file, step, file.dossier.receiving_agency), "reason": step.note} if step else None


def supplement(file: File) -> dict[str, Any] | None:
    """The latest supplement request, with everything that it asks for."""
    step = file.last(Action.REQUEST_SUPPLEMENT)
    if step is None:
        return None
    asked = file.about.supplements[-1]
    return {
        **_common(file, step, file.dossier.holder_agency),
        "reason": asked.reason,
        "items": [item["text"] for item in asked.items],
        "due_on": f"{asked.due_on:%d/%m/%Y}",
    }


def apology(file: File) -> dict[str, Any] | None:
    step = file.last(Action.EXTEND)
    if step is None:
        return None
    return {
        **_common(file, step, file.dossier.resolving_agency),
        "reason": step.note,
        "received_at": moment(file.dossier.accepted_at),
        "old_promise": moment(file.dossier.scored_at),
        "promised_at": moment(file.dossier.promised_at),
    }


def result(file: File) -> dict[str, Any] | None:
    """The results of a dossier, each with the code by which anyone verifies it; of those that are no longer
    in force it is said. What was decided is what the newest of them says."""
    step = file.last(Action.COMPLETE)
    if step is None or not file.about.results:
        return None
    outcome = file.about.results[-1].outcome or file.dossier.outcome
    return {
        **_common(file, step, file.dossier.resolving_agency),
        "outcome": _OUTCOME.get(str(outcome), ""),
        "finished_at": moment(step.at),
        "results": [
            {"name": f"{row.name}{_no_longer(row)}", "code": row.verification_code}
            for row in file.about.results
        ],
    }


def _no_longer(row: Result) -> str:
    if row.revoked_at is None:
        return ""
    how = "thay thế" if row.replaced_by else "thu hồi"
    return f" (đã bị {how} ngày {row.revoked_at.astimezone(VIETNAM):%d/%m/%Y})"


def _common(file: File, step: Step, agency: str) -> dict[str, Any]:
    applicant = file.office.vault.open(file.dossier.applicant)
    at = step.at.astimezone(VIETNAM)
    return {
        "body": _name(file, agency),
        "place": file.office.settings.province,
        "date": f"ngày {at.day} tháng {at.month} năm {at.year}",
        "number": file.dossier.code,
        "applicant": applicant["name"],
        "on_behalf": applicant.get("on_behalf", {}).get("name"),
        "procedure": str(file.dossier.procedure["name"]),
        "signer": step.actor_name,
        "footer": f"{file.dossier.code} · {moment(step.at)}",
    }


def _name(file: File, agency: str) -> str:
    return file.about.bodies.get(agency, agency)


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%H giờ %M, ngày %d/%m/%Y}" if at else ""


def link(file: File) -> str:
    """Where the QR code leads: the check of the result once there is one in force, else the tracking."""
    base = file.office.settings.public_url
    standing = [row for row in file.about.results if row.revoked_at is None]
    if standing:
        return f"{base}/v1/results/{standing[0].verification_code}"
    return f"{base}/v1/track/{file.dossier.code}"
