"""From jobs to answers. Pure."""

from __future__ import annotations

from services.catalog.transfer.models import Transfer
from services.catalog.transfer.schemas import Counts, ExportView, ImportView, Progress, TransferView
from services.catalog.transfer.status import Kind, State

_RESULT = {Kind.IMPORT: "report", Kind.EXPORT: "content"}


def whole(job: Transfer) -> ImportView | ExportView:
    return imported(job) if job.kind == Kind.IMPORT else exported(job)


def imported(job: Transfer) -> ImportView:
    options = {name: job.options[name] for name in ("name", "dry_run", "publish", "reason")}
    return ImportView(**_common(job).model_dump(), **options, counts=Counts.model_validate(job.counts))


def exported(job: Transfer) -> ExportView:
    filters = {name: value for name, value in job.options.items() if name != "on"}
    return ExportView(**_common(job).model_dump(), filters=filters, on=job.options.get("on"))


def _common(job: Transfer) -> TransferView:
    here = f"/v1/procedures/{job.kind}s/{job.id}"
    links = {"self": here}
    if job.state == State.DONE:
        links[_RESULT[job.kind]] = f"{here}/{_RESULT[job.kind]}"
    return TransferView(
        id=job.id,
        state=job.state,
        format=job.format,
        progress=Progress(done=job.done, total=job.total),
        created_at=job.created_at,
        finished_at=job.finished_at,
        failure=job.failure,
        links=links,
    )
