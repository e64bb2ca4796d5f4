"""From rows to answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.models import Procedure, Version
from services.catalog.national import schemas
from services.catalog.national.models import CodeMapping, Proposal
from services.catalog.national.queries import Suggestion
from services.catalog.national.status import ProposalKind, ProposalState
from services.catalog.national.threeway import Difference, Refusals, difference
from services.catalog.schemas import Ref


@dataclass(frozen=True)
class Around:
    """What a proposal is seen against. `mapped`: code and name of ours to which its code is mapped."""

    newest: Version
    refusals: Refusals | None = None
    mapped: tuple[str, str] | None = None


def differences(proposal: Proposal, around: Around) -> list[Difference]:
    """None for an abolition: there is no text to compare. What is decided is shown as it was proposed."""
    if proposal.theirs is None:
        return []
    refusals = around.refusals if proposal.state == ProposalState.OPEN else None
    return difference(proposal.base, proposal.theirs, around.newest.content, refusals)


def item(proposal: Proposal, procedure: Procedure, around: Around) -> schemas.ProposalItem:
    found, newest, mapped = differences(proposal, around), around.newest, around.mapped
    return schemas.ProposalItem(
        id=proposal.id,
        version=procedure.version,
        procedure=Ref(code=procedure.code, name=newest.name),
        corresponds_to=Ref(code=mapped[0], name=mapped[1]) if mapped else None,
        field=Ref(code=newest.field_code, name=newest.field_name),
        kind=ProposalKind(proposal.kind),
        state=ProposalState(proposal.state),
        changes=sum(not one.rejected for one in found),
        conflicts=sum(one.conflict for one in found),
        opened_at=proposal.opened_at,
        decided_at=proposal.decided_at,
        decided_by=proposal.decided_by,
        reason=proposal.reason,
    )


def proposal(
    row: Proposal,
    procedure: Procedure,
    around: Around,
    draft: Version | None,
    against: tuple[int, list[str]],
    earlier: Sequence[Proposal],
) -> schemas.ProposalView:
    return schemas.ProposalView(
        **item(row, procedure, around).model_dump(),
        differences=differences(row, around),
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


def standing(twin: Procedure, *, in_force: bool, waiting: Proposal | None) -> schemas.Standing:
    return schemas.Standing(
        in_force=in_force,
        abolished_from=twin.abolished_from,
        proposal=waiting.id if waiting else None,
    )


def mapped(
    local: Version, mapping: CodeMapping, name: str, standing: schemas.Standing | None = None
) -> schemas.MappingView:
    return schemas.MappingView(
        local=Ref(code=local.procedure_code, name=local.name),
        national=Ref(code=mapping.national_code, name=name),
        since=mapping.since,
        mapped_by=mapping.mapped_by,
        standing=standing,
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
