"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from services.catalog.models import Procedure, Version
from services.catalog.national import schemas
from services.catalog.national.models import CodeMapping, Proposal
from services.catalog.national.queries import Suggestion
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.national.threeway import Difference, difference
from services.catalog.schemas import Ref


def differences(proposal: Proposal, newest: Version) -> list[Difference]:
    """None for an abolition: there is no text to compare."""
    if proposal.theirs is None:
        return []
    return difference(proposal.base, proposal.theirs, newest.content)


def item(proposal: Proposal, procedure: Procedure, newest: Version) -> schemas.ProposalItem:
    found = differences(proposal, newest)
    return schemas.ProposalItem(
        id=proposal.id,
        version=procedure.version,
        procedure=Ref(code=procedure.code, name=newest.name),
        field=Ref(code=newest.field_code, name=newest.field_name),
        kind=ProposalKind(proposal.kind),
        state=ProposalState(proposal.state),
        changes=len(found),
        conflicts=sum(one.conflict for one in found),
        opened_at=proposal.opened_at,
        decided_at=proposal.decided_at,
        decided_by=proposal.decided_by,
        reason=proposal.reason,
    )


def proposal(
    row: Proposal,
    procedure: Procedure,
    newest: Version,
    draft: Version | None,
    against: tuple[int, list[str]],
    earlier: Sequence[Proposal],
) -> schemas.ProposalView:
    return schemas.ProposalView(
        **item(row, procedure, newest).model_dump(),
        differences=differences(row, newest),
        level=against[0],
        missing=against[1],
        seen=row.ours,
        draft=draft.number if draft else None,
        earlier=[
            schemas.EarlierProposal(
                id=before.id,
                kind=ProposalKind(before.kind),
                state=ProposalState(before.state),
                opened_at=before.opened_at,
                decided_at=before.decided_at,
                decided_by=before.decided_by,
                reason=before.reason,
            )
            for before in earlier
        ],
    )


def mapped(local: Version, mapping: CodeMapping, name: str) -> schemas.MappingView:
    return schemas.MappingView(
        local=Ref(code=local.procedure_code, name=local.name),
        national=Ref(code=mapping.national_code, name=name),
        since=mapping.since,
        mapped_by=mapping.mapped_by,
    )


def unmapped(local: Version, suggested: Sequence[Suggestion]) -> schemas.MappingView:
    return schemas.MappingView(
        local=Ref(code=local.procedure_code, name=local.name),
        suggestions=[
            schemas.SuggestedCode(
                code=one.code,
                name=one.name,
                score=one.score,
                same_field=one.same_field,
                same_level=one.same_level,
            )
            for one in suggested
        ],
    )
