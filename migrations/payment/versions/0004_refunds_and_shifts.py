"""Refunds, and the cash shifts of the counter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATUSES = (
    "status IN ('proposed', 'requested', 'approved', 'sending', 'pending', 'unknown', 'succeeded', 'failed',"
    " 'rejected')"
)
_CAUSES = "cause IN ('request', 'withdrawn', 'refused', 'stopped', 'closed', 'overpaid', 'reconciliation')"


def upgrade() -> None:
    _refund()
    op.create_table(
        "cash_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("agency", "cashier", "cashier_name")),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("counted", sa.BigInteger()),
        sa.Column("expected", sa.BigInteger()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("opening >= 0 AND counted >= 0", name=op.f("cash_shift_amounts_check")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (counted IS NULL) AND (closed_at IS NULL) = (expected IS NULL)",
            name=op.f("cash_shift_closed_check"),
        ),
        sa.CheckConstraint(
            "counted = expected OR note <> ''", name=op.f("cash_shift_difference_has_note_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("cash_shift_pkey")),
    )
    op.create_index(
        "cash_shift_one_open_key",
        "cash_shift",
        ["cashier"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("cash_shift_agency_opened_at_idx"), "cash_shift", ["agency", "opened_at"])


def _refund() -> None:
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("cause", "reason")),
        sa.Column("overpaid", sa.Text()),
        sa.Column("by_provider", sa.Boolean(), nullable=False),
        sa.Column("second_person", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("requested_by", "approved_by", "method")),
        sa.Column("shift_id", sa.Uuid()),
        *(sa.Column(name, sa.Text()) for name in ("provider_transaction", "failure")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text()),
        sa.CheckConstraint("amount > 0", name=op.f("refund_amount_check")),
        sa.CheckConstraint(_STATUSES, name=op.f("refund_status_check")),
        sa.CheckConstraint(_CAUSES, name=op.f("refund_cause_check")),
        sa.CheckConstraint(
            "approved_by <> requested_by OR NOT second_person", name=op.f("refund_second_person_check")
        ),
        sa.CheckConstraint(
            "(cause = 'overpaid') = (overpaid IS NOT NULL)", name=op.f("refund_overpaid_check")
        ),
        sa.CheckConstraint(
            "status <> 'succeeded' OR (provider_transaction IS NOT NULL AND settled_at IS NOT NULL)",
            name=op.f("refund_succeeded_has_transaction_check"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("refund_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("refund_pkey")),
        sa.UniqueConstraint("reference", name=op.f("refund_reference_key")),
    )
    op.create_index(
        "refund_one_abroad_key",
        "refund",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('sending', 'pending', 'unknown')"),
    )
    op.create_index(
        "refund_one_proposal_key",
        "refund",
        ["payment_id", sa.text("coalesce(overpaid, '')")],
        unique=True,
        postgresql_where=sa.text("cause <> 'request' AND status <> 'rejected'"),
    )
    op.create_index(op.f("refund_payment_id_idx"), "refund", ["payment_id"])
    op.create_index(
        "refund_next_try_idx", "refund", ["next_try"], postgresql_where=sa.text("next_try IS NOT NULL")
    )
    op.create_index(op.f("refund_status_id_idx"), "refund", ["status", "id"])


def downgrade() -> None:
    op.drop_table("cash_shift")
    op.drop_table("refund")
