"""From rows to answers. Pure but for the vault."""

from __future__ import annotations

from datetime import datetime

from kit.auth import Caller
from kit.clock import VIETNAM
from kit.problem import Language
from services.dossier import answers, guards, persons, queries
from services.dossier.answers import Ref
from services.dossier.commands.perform import INPUT_SCHEMAS
from services.dossier.models import Document, Dossier, Opinion, Pause, Remark, Result, Step, Supplement
from services.dossier.office import Office
from services.dossier.queries import Around
from services.dossier.sentence import owed, sentence
from services.dossier.status import CLOSED, INWARD, LABEL, NATIONAL_CODE, TRANSITIONS, Status, Who


def frozen_ref(dossier: Dossier) -> Ref:
    return Ref(code=dossier.procedure_code, name=str(dossier.procedure["name"]))


def item(office: Office, dossier: Dossier, now: datetime, language: Language) -> answers.DossierItem:
    """A row of a list: of the applicant the name, and their number masked (rule 16)."""
    status = Status(dossier.status)
    late = dossier.promised_at is not None and status not in CLOSED and dossier.promised_at < now
    return answers.DossierItem(
        id=dossier.id,
        code=dossier.code,
        version=dossier.version,
        status=status,
        status_label=LABEL[status][language],
        procedure=frozen_ref(dossier),
        receiving_agency=dossier.receiving_agency,
        resolving_agency=dossier.resolving_agency,
        channel=dossier.channel,
        applicant=persons.in_a_list(office, dossier),
        assignee=dossier.assignee_name,
        created_at=dossier.created_at,
        submitted_at=dossier.submitted_at,
        promised_at=local(dossier.promised_at),
        late=late,
    )


def screen(
    office: Office,
    caller: Caller,
    dossier: Dossier,
    about: Around,
    who: frozenset[Who],
    language: Language,
) -> answers.DossierView:
    """The whole screen of a dossier for this caller: what it is, and what they may do now."""
    status = Status(dossier.status)
    own = dossier.owner == caller.sub
    frozen = dossier.procedure
    released = status in (Status.COMPLETED, Status.RETURNED)
    documents = [d for d in about.documents if d.kind == "paper" or not own or released]
    bodies = about.bodies
    facts = persons.facts(office, dossier, who)
    return answers.DossierView(
        id=dossier.id,
        code=dossier.code,
        version=dossier.version,
        status=status,
        status_label=LABEL[status][language],
        national_status=NATIONAL_CODE.get(status),
        channel=dossier.channel,
        procedure={
            "code": dossier.procedure_code,
            "version": frozen["version"],
            "name": frozen["name"],
            "field": frozen["field"],
            "online_level": dossier.online_level,
            "processing_time": frozen["processing_time"],
            "sample": frozen["sample"],
        },
        receiving=_body(dossier.receiving_agency, bodies),
        resolving=_body(dossier.resolving_agency, bodies),
        holder=_body(dossier.holder_agency, bodies),
        assignee=dossier.assignee_name,
        applicant=persons.applicant(office, dossier, own=own),
        form=persons.form(office, dossier, who),
        facts=answers.FactsView.model_validate(facts),
        cases=[Ref(**case) for case in frozen.get("cases") or []],
        papers=_papers(dossier, about),
        documents=[document(d) for d in documents],
        fees=_fees(dossier, about),
        fee_lines=_fee_lines(dossier, facts["explanations"]),
        fee_unknown=any(line.get("amount") is None for line in frozen["fees"]),
        supplements=[supplement(s, about.pauses) for s in about.supplements],
        results=[result(office, r) for r in about.results] if released or not own else [],
        created_at=dossier.created_at,
        submitted_at=local(dossier.submitted_at),
        answer_due_at=local(dossier.answer_due_at),
        accepted_at=local(dossier.accepted_at),
        promised_at=local(dossier.promised_at),
        scored_at=None if own else local(dossier.scored_at),
        waiting_until=local(dossier.waiting_until),
        stage=stage_view(dossier),
        finished_at=local(dossier.finished_at),
        outcome=dossier.outcome,
        returned_at=local(dossier.returned_at),
        return_method=dossier.return_method,
        external_code=dossier.external_code,
        voided_at=local(dossier.voided_at),
        purged_at=local(dossier.purged_at),
        missing=_missing(about, language),
        what_next=what_next(dossier, about, language),
        actions=actions(dossier, who, office.clock.now(), language),
    )


def actions(
    dossier: Dossier, who: frozenset[Who], now: datetime, language: Language
) -> list[answers.ActionView]:
    return [
        answers.ActionView(
            action=action,
            label=TRANSITIONS[action].label[language],
            href=f"/v1/dossiers/{dossier.id}/actions/{action}",
            input_schema=INPUT_SCHEMAS[action],
        )
        for action in guards.open_to(dossier, who, now)
    ]


def stage_view(dossier: Dossier) -> answers.StageView | None:
    stages = dossier.procedure.get("stages") or []
    if dossier.stage is None:
        return None
    at = stages[dossier.stage]
    return answers.StageView(
        number=dossier.stage + 1,
        of=len(stages),
        name=at["name"],
        signs=at["signs"],
        due_at=local(dossier.stage_due_at),
    )


def what_next(dossier: Dossier, about: Around, language: Language) -> str:
    return sentence(dossier, owed(dossier, about.fees), language)


def document(row: Document) -> answers.DocumentView:
    return answers.DocumentView(
        id=row.id,
        kind=row.kind,
        paper=row.paper_code,
        filename=row.filename,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        uploaded_at=row.uploaded_at,
        superseded_by=row.superseded_by,
        scan=row.scan,
    )


def supplement(row: Supplement, pauses: list[Pause]) -> answers.SupplementView:
    pause = next((p for p in pauses if p.started_at == row.requested_at), None)
    return answers.SupplementView(
        number=row.number,
        reason=row.reason,
        items=row.items,
        answers=row.answers,
        requested_at=row.requested_at,
        due_on=row.due_on,
        answered_at=row.answered_at,
        old_promise=local(pause.old_promise) if pause else None,
        new_promise=local(pause.new_promise) if pause else None,
    )


def result(office: Office, row: Result) -> answers.ResultView:
    return answers.ResultView(
        name=row.name,
        result_code=row.result_code,
        document=row.document_id,
        verification_code=row.verification_code,
        verify_url=f"{office.settings.public_url}/v1/results/{row.verification_code}",
        outcome=row.outcome,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
    )


def history(rows: list[Step], language: Language, *, own: bool) -> answers.History:
    """Every step; the owner isn't shown what the offices do among themselves."""
    told = [row for row in rows if not own or row.action not in INWARD]
    return answers.History(
        items=[
            answers.StepView(
                seq=row.seq,
                action=row.action,
                status=Status(row.status),
                status_label=LABEL[Status(row.status)][language],
                at=row.at.astimezone(VIETNAM),
                by=persons.taken_by(row, language),
                agency=row.agency,
                note=row.note,
                due_at=local(row.due_at),
            )
            for row in told
        ]
    )


def remark(row: Remark) -> answers.RemarkView:
    return answers.RemarkView(
        id=row.id, at=row.at.astimezone(VIETNAM), by=row.by_name, agency=row.agency, text=row.text
    )


def opinion(row: Opinion) -> answers.OpinionView:
    return answers.OpinionView(
        agency=row.agency,
        question=row.question,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        due_on=row.due_on,
        answer=row.answer,
        given_by=row.given_by,
        given_at=row.given_at,
    )


def local(moment: datetime | None) -> datetime | None:
    """The same moment, shown with Vietnam's offset."""
    return moment.astimezone(VIETNAM) if moment else None


def _body(code: str, names: dict[str, str]) -> Ref:
    return Ref(code=code, name=names.get(code, code))


def _missing(about: Around, language: Language) -> list[answers.Missing]:
    words = (fault.in_words(language) for fault in about.lacking)
    return [answers.Missing(pointer=w.pointer or "", code=w.code, detail=w.detail) for w in words]


def _papers(dossier: Dossier, about: Around) -> list[answers.PaperView]:
    found = []
    for paper in dossier.procedure["papers"]:
        received = about.received.get(paper["code"])
        found.append(
            answers.PaperView(
                code=paper["code"],
                name=paper["name"],
                required=bool(paper.get("required")),
                types=list(paper.get("types") or []),
                documents=sum(d.paper_code == paper["code"] for d in about.documents if d.counts),
                originals=received.originals if received else 0,
                copies=received.copies if received else 0,
                cases=paper.get("cases") or [],
                from_results=paper.get("from_results") or [],
                templates=[
                    answers.TemplateRef(name=t["name"], href=f"/v1/procedures/templates/{t['sha256']}")
                    for t in paper.get("templates") or []
                ],
            )
        )
    return found


def _fee_lines(dossier: Dossier, explanations: dict[str, dict[str, str]]) -> list[answers.FeeLineView]:
    return [
        answers.FeeLineView(
            **{name: line[name] for name in ("code", "name", "kind", "due_at")},
            amount=line.get("amount"),
            refundable=bool(line.get("refundable")),
            explanation=explanations.get(line["code"]),
        )
        for line in dossier.procedure["fees"]
    ]


def _fees(dossier: Dossier, about: Around) -> list[answers.FeeView]:
    return [
        answers.FeeView(
            purpose=fee.purpose,
            amount=fee.amount,
            lines=queries.fee_lines(dossier, fee),
            settled_at=local(fee.settled_at),
            payment=fee.payment_id,
            refund_proposed_at=local(fee.refund_proposed_at),
        )
        for fee in about.fees
    ]
