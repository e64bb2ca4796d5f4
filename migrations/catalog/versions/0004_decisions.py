"""What was decided about offerings, and the lists of decisions: both only appended to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sa.Text(), sa.DateTime(timezone=True)
    op.create_table(
        "offering_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("agency", "procedure_code", "action")),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(none_as_null=True, astext_type=text)),
        *(sa.Column(name, text, nullable=False) for name in ("reason", "by")),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint("action IN ('offer', 'end')", name=op.f("offering_change_action_check")),
        sa.CheckConstraint(
            "(action = 'offer') = (terms IS NOT NULL)", name=op.f("offering_change_terms_check")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name=op.f("offering_change_agency_fkey")),
        sa.ForeignKeyConstraint(
            ["procedure_code"], ["procedure.code"], name=op.f("offering_change_procedure_code_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("offering_change_pkey")),
    )
    op.create_index(
        op.f("offering_change_procedure_code_agency_id_idx"),
        "offering_change",
        ["procedure_code", "agency", "id"],
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", text, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", text, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("reason", "recorded_by")),
        sa.Column("recorded_at", moment, nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("decision_revision_check")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("decision_valid_to_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("decision_pkey")),
        sa.UniqueConstraint("slug", "revision", name="decision_slug_revision_key"),
    )
    op.create_table(
        "decision_item",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, text) for name in ("code", "name", "name_folded", "agency", "government_level")),
        sa.Column("online_level", sa.SmallInteger(), nullable=False),
        sa.Column("mandated", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "code IS NOT NULL OR name IS NOT NULL", name=op.f("decision_item_procedure_check")
        ),
        sa.CheckConstraint(
            "(agency IS NULL) <> (government_level IS NULL)", name=op.f("decision_item_whom_check")
        ),
        sa.CheckConstraint("online_level BETWEEN 1 AND 4", name=op.f("decision_item_online_level_check")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("decision_item_decision_id_fkey")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name=op.f("decision_item_agency_fkey")),
        sa.PrimaryKeyConstraint("decision_id", "number", name=op.f("decision_item_pkey")),
    )
    op.create_index(op.f("decision_item_code_idx"), "decision_item", ["code"])
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON offering_change, decision, decision_item FROM catalog_app")


def downgrade() -> None:
    op.drop_table("decision_item")
    op.drop_table("decision")
    op.drop_table("offering_change")
