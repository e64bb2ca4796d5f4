"""What the gateway remembers of its dealings with the national portal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "federated_dossier",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("wanted_version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column("steps_offered", sa.Integer(), nullable=False),
        sa.Column("steps_sent", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("wanted_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at_portal", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at_portal", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'refused', 'unknown', 'parked')",
            name=op.f("federated_dossier_state_check"),
        ),
        sa.CheckConstraint("steps_sent <= steps_offered", name=op.f("federated_dossier_steps_check")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("federated_dossier_pkey")),
        sa.UniqueConstraint("code", name=op.f("federated_dossier_code_key")),
    )
    op.create_index(
        "federated_dossier_due_idx",
        "federated_dossier",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'unknown', 'refused')"),
    )
    op.create_index(
        op.f("federated_dossier_state_code_idx"), "federated_dossier", ["state", "code"], unique=False
    )
    op.create_table(
        "national_procedure",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("national_procedure_pkey")),
    )
    op.create_table(
        "portal_link",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("session", sa.LargeBinary(), nullable=True),
        sa.Column("reachable", sa.Boolean(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=op.f("portal_link_pkey")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("force", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("withdrawn", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("kept", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("sync_run_state_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sync_run_pkey")),
    )
    op.create_index(
        "sync_run_one_open_key",
        "sync_run",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "sync_row",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("repairs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("gaps", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("errors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('taken_in', 'repaired', 'refused', 'other_level', 'level_missing')",
            name=op.f("sync_row_outcome_check"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["sync_run.id"], name=op.f("sync_row_run_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("sync_row_pkey")),
    )
    op.create_index(
        "sync_row_open_idx",
        "sync_row",
        ["run_id", "position"],
        unique=False,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        op.f("sync_row_run_id_outcome_position_idx"),
        "sync_row",
        ["run_id", "outcome", "position"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("sync_row_run_id_outcome_position_idx"), table_name="sync_row")
    op.drop_index("sync_row_open_idx", table_name="sync_row", postgresql_where=sa.text("outcome IS NULL"))
    op.drop_table("sync_row")
    op.drop_index(
        "sync_run_one_open_key",
        table_name="sync_run",
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.drop_table("sync_run")
    op.drop_table("portal_link")
    op.drop_table("national_procedure")
    op.drop_index(op.f("federated_dossier_state_code_idx"), table_name="federated_dossier")
    op.drop_index(
        "federated_dossier_due_idx",
        table_name="federated_dossier",
        postgresql_where=sa.text("state IN ('waiting', 'unknown', 'refused')"),
    )
    op.drop_table("federated_dossier")
