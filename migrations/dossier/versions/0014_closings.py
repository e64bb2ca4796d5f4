"""Months that are closed, and what changed since: written once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = (
    "closing",
    "amendment",
    "closed_fact",
    "closed_body",
    "closed_unit",
    "closed_label",
    "closed_digest",
    "closing_seal",
)
#: The copies have the columns of what they are copied from, as plain values.
_COPIES = {
    "closed_fact": ("intake_fact", "closing_id, id, number"),
    "closed_body": ("body", "closing_id, code"),
    "closed_unit": ("unit", "closing_id, code"),
    "closed_label": ("fact_label", "closing_id, kind, code"),
}


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("closing_month_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("closing_pkey")),
        sa.UniqueConstraint("month", name=op.f("closing_month_key")),
    )
    op.create_table(
        "amendment",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("went", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("amendment_number_check")),
        sa.CheckConstraint("came + changed + went > 0", name=op.f("amendment_some_check")),
        sa.ForeignKeyConstraint(["closing_id"], ["closing.id"], name=op.f("amendment_closing_id_fkey")),
        sa.PrimaryKeyConstraint("closing_id", "number", name=op.f("amendment_pkey")),
    )
    for table, (copied, key) in _COPIES.items():
        op.execute(
            f"CREATE TABLE {table} (closing_id uuid NOT NULL, LIKE {copied}, number integer NOT NULL,"
            f" CONSTRAINT {table}_pkey PRIMARY KEY ({key}),"
            f" CONSTRAINT {table}_closing_id_fkey FOREIGN KEY (closing_id) REFERENCES closing)"
        )
    op.create_table(
        "closed_digest",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["closing_id"], ["closing.id"], name=op.f("closed_digest_closing_id_fkey")),
        sa.PrimaryKeyConstraint("closing_id", "number", "kind", "key", name=op.f("closed_digest_pkey")),
    )
    op.create_table(
        "closing_seal",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["closing_id"], ["closing.id"], name=op.f("closing_seal_closing_id_fkey")),
        sa.PrimaryKeyConstraint("closing_id", "number", name=op.f("closing_seal_pkey")),
    )
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(_TABLES)} FROM dossier_app")


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(_TABLES)}")
