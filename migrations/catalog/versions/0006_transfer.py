"""Imports and exports of procedures, with their files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = "state NOT IN ('cancelled', 'done', 'failed')"


def upgrade() -> None:
    text, moment = sa.Text(), sa.DateTime(timezone=True)
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("kind", "state", "format", "actor")),
        sa.Column("agency", text),
        sa.Column("options", postgresql.JSONB(astext_type=text), nullable=False),
        sa.Column("total", sa.Integer()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=text), nullable=False),
        sa.Column("failure", postgresql.JSONB(astext_type=text)),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid()),
        sa.Column("leased_until", moment),
        sa.CheckConstraint("kind IN ('import', 'export')", name=op.f("transfer_kind_check")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("transfer_state_check")
        ),
        sa.CheckConstraint("format IN ('jsonl', 'csv', 'xlsx')", name=op.f("transfer_format_check")),
        sa.CheckConstraint(
            "done >= 0 AND (total IS NULL OR done <= total)", name=op.f("transfer_progress_check")
        ),
        sa.CheckConstraint(f"({_OPEN}) = (finished_at IS NULL)", name=op.f("transfer_finished_check")),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("transfer_failure_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("transfer_pkey")),
    )
    op.create_index(op.f("transfer_actor_kind_id_idx"), "transfer", ["actor", "kind", "id"])
    op.create_index("transfer_open_idx", "transfer", ["kind", "id"], postgresql_where=sa.text(_OPEN))
    op.create_table(
        "transfer_chunk",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("part", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("part IN ('upload', 'result')", name=op.f("transfer_chunk_part_check")),
        _of_transfer("transfer_chunk"),
        sa.PrimaryKeyConstraint("transfer_id", "part", "number", name=op.f("transfer_chunk_pkey")),
    )
    # Files are compressed or short-lived: not worth compressing again.
    op.execute("ALTER TABLE transfer_chunk ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "transfer_piece",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=text), nullable=False),
        _of_transfer("transfer_piece"),
        sa.PrimaryKeyConstraint("transfer_id", "number", name=op.f("transfer_piece_pkey")),
    )


def _of_transfer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["transfer_id"], ["transfer.id"], name=op.f(f"{table}_transfer_id_fkey"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("transfer_piece", "transfer_chunk", "transfer"):
        op.drop_table(table)
