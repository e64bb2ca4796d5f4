"""What dates are counted from, so that they can be counted again; results that keep their own decision."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENTS = ("given_promise", "extended_to", "stage_entered_at")


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("dossier", sa.Column(name, sa.DateTime(timezone=True)))
    # The history says what was promised first. A date of a district may have been printed: it is kept.
    op.execute(
        "UPDATE dossier SET given_promise = (SELECT due_at FROM step WHERE step.dossier_id = dossier.id"
        " AND action IN ('accept', 'reopen') AND due_at IS NOT NULL ORDER BY seq LIMIT 1)"
        " WHERE accepted_at IS NOT NULL AND (procedure->>'processing_time' IS NULL"
        " OR EXISTS (SELECT FROM reference WHERE reference.dossier_id = dossier.id))"
    )
    _from_last_step("extended_to", "due_at", "'extend'", "extended_at IS NOT NULL")
    _from_last_step("stage_entered_at", "at", "'start', 'pass-on'", "stage IS NOT NULL")
    op.execute(
        "UPDATE pause SET new_promise = NULL"
        " WHERE ended_at IS NOT NULL AND new_promise = old_promise AND cause <> 'closed'"
    )
    op.create_check_constraint(
        op.f("pause_new_promise_check"), "pause", "new_promise IS NULL OR ended_at IS NOT NULL"
    )
    _results()


def _from_last_step(column: str, of_step: str, actions: str, where: str) -> None:
    op.execute(
        f"UPDATE dossier SET {column} = (SELECT {of_step} FROM step"
        f" WHERE step.dossier_id = dossier.id AND action IN ({actions}) ORDER BY seq DESC LIMIT 1)"
        f" WHERE {where}"
    )


def _results() -> None:
    # Null only of what older code signs while this runs: it is then read as the dossier says.
    op.add_column("result", sa.Column("outcome", sa.Text()))
    op.execute(
        "UPDATE result SET outcome = coalesce((SELECT data->>'outcome' FROM event"
        " WHERE subject = result.dossier_id::text AND type = 'dossier.completed' AND time = result.issued_at"
        " ORDER BY seq DESC LIMIT 1), (SELECT outcome FROM dossier WHERE dossier.id = result.dossier_id))"
    )
    op.create_check_constraint(op.f("result_outcome_check"), "result", "outcome IN ('granted', 'rejected')")
    # Two that replaced each other: neither stands instead of the other.
    op.execute(
        "UPDATE result SET replaced_by = NULL FROM result AS other"
        " WHERE other.verification_code = result.replaced_by AND other.replaced_by IS NOT NULL"
    )
    op.create_foreign_key(
        op.f("result_replaced_by_fkey"), "result", "result", ["replaced_by"], ["verification_code"]
    )
    op.create_check_constraint(
        op.f("result_replaced_by_check"),
        "result",
        "replaced_by IS NULL OR (revoked_at IS NOT NULL AND replaced_by <> verification_code)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("result_replaced_by_check"), "result", type_="check")
    op.drop_constraint(op.f("result_replaced_by_fkey"), "result", type_="foreignkey")
    op.drop_constraint(op.f("result_outcome_check"), "result", type_="check")
    op.drop_column("result", "outcome")
    op.drop_constraint(op.f("pause_new_promise_check"), "pause", type_="check")
    op.execute(
        "UPDATE pause SET new_promise = old_promise WHERE ended_at IS NOT NULL AND new_promise IS NULL"
    )
    for name in _MOMENTS:
        op.drop_column("dossier", name)
