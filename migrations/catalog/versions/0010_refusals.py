"""What was rejected is remembered field by field; a national code belongs to one procedure of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusal",
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("refusal_procedure_code_fkey")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("refusal_proposal_id_fkey")),
        sa.PrimaryKeyConstraint("procedure_code", "field", "digest", name=op.f("refusal_pkey")),
    )
    # Of several with one code the first stays: each was a choice, only one can be right.
    op.execute(
        "DELETE FROM code_mapping late USING code_mapping first WHERE late.national_code = first.national_code"
        " AND (late.since, late.local_code) > (first.since, first.local_code)"
    )
    # From now on what comes under the national code is compared with ours: the text last heard is where it
    # starts.
    op.execute(
        "INSERT INTO national_text (procedure_code, content, digest, taken_at)"
        " SELECT m.local_code, t.content || jsonb_build_object('code', m.local_code), t.digest, t.taken_at"
        " FROM code_mapping m JOIN national_text t ON t.procedure_code = m.national_code"
        " ON CONFLICT DO NOTHING"
    )
    op.drop_index(op.f("code_mapping_national_code_idx"), table_name="code_mapping")
    op.create_unique_constraint(op.f("code_mapping_national_code_key"), "code_mapping", ["national_code"])


def downgrade() -> None:
    op.drop_constraint(op.f("code_mapping_national_code_key"), "code_mapping", type_="unique")
    op.create_index(op.f("code_mapping_national_code_idx"), "code_mapping", ["national_code"])
    op.execute("DELETE FROM national_text t USING code_mapping m WHERE m.local_code = t.procedure_code")
    op.drop_table("refusal")
