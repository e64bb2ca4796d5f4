"""National changes wait for an editor; the text from which they differ is kept. Codes are mapped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _texts() -> tuple[sa.Column, ...]:
    text = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    return (
        sa.Column("base", text, nullable=True),
        sa.Column("base_digest", sa.LargeBinary(), nullable=True),
        sa.Column("theirs", text, nullable=True),
        sa.Column("theirs_digest", sa.LargeBinary(), nullable=True),
    )


def upgrade() -> None:
    op.create_table(
        "national_text",
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("national_text_procedure_code_fkey")
        ),
        sa.PrimaryKeyConstraint("procedure_code", name=op.f("national_text_pkey")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *_texts(),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('changed', 'abolished', 'returned')", name=op.f("proposal_kind_check")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'rejected', 'superseded')", name=op.f("proposal_state_check")
        ),
        sa.CheckConstraint("(kind = 'abolished') = (theirs IS NULL)", name=op.f("proposal_theirs_check")),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("proposal_decided_check")),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'rejected') OR reason <> ''", name=op.f("proposal_reason_check")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("proposal_procedure_code_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("proposal_pkey")),
    )
    op.create_index(
        "proposal_one_open_key",
        "proposal",
        ["procedure_code"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("proposal_procedure_code_id_idx"), "proposal", ["procedure_code", "id"])
    op.create_index(op.f("proposal_state_id_idx"), "proposal", ["state", "id"])
    op.create_table(
        "code_mapping",
        sa.Column("local_code", sa.Text(), nullable=False),
        sa.Column("national_code", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mapped_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["local_code"], ["procedure.code"], name=op.f("code_mapping_local_code_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["national_code"], ["procedure.code"], name=op.f("code_mapping_national_code_fkey")
        ),
        sa.PrimaryKeyConstraint("local_code", name=op.f("code_mapping_pkey")),
    )
    op.create_index(op.f("code_mapping_national_code_idx"), "code_mapping", ["national_code"])
    # Which version a sync published stands in its event. No digest of its text: the next sync compares it.
    op.execute(
        """
        INSERT INTO national_text (procedure_code, content, digest, taken_at, withdrawn_at)
        SELECT p.code, v.content, '', taken.time, p.abolished_from::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
        FROM procedure p
        CROSS JOIN LATERAL (
            SELECT e.time, (e.data ->> 'number')::int AS number FROM event e
            WHERE e.subject = p.code AND e.type = 'procedure.published' AND e.data ->> 'source' = 'national'
            ORDER BY e.seq DESC LIMIT 1) taken
        JOIN procedure_version v ON v.procedure_code = p.code AND v.number = taken.number
        WHERE p.source = 'national'
        """
    )
    op.drop_column("procedure", "edited")
    op.drop_column("procedure", "digest")


def downgrade() -> None:
    op.add_column("procedure", sa.Column("digest", sa.LargeBinary(), nullable=True))
    op.add_column("procedure", sa.Column("edited", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("procedure", "edited", server_default=None)
    op.execute(
        "UPDATE procedure p SET edited = true WHERE EXISTS (SELECT FROM event e"
        " WHERE e.subject = p.code AND e.type = 'procedure.draft-changed')"
    )
    op.drop_table("code_mapping")
    op.drop_table("proposal")
    op.drop_table("national_text")
