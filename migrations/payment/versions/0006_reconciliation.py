"""A day's payments against the statements of provider and bank."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS = (
    "kind IN ('missing-here', 'missing-there', 'amount', 'twice', 'late', 'wrong-body', 'refund-unknown',"
    " 'fee-kind', 'unreadable-row', 'dossier-unsettled')"
)
_ACTIONS = (
    "action IN ('taken-in', 'written-to-provider', 'written-to-bank', 'refund-proposed', 'corrected',"
    " 'told-again', 'carried-over', 'ignored-with-reason')"
)
_TEXT, _MOMENT = sa.Text(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provider", _TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("opened_by", _TEXT, nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.Column("closed_by", _TEXT),
        *(
            sa.Column(name, postgresql.JSONB(none_as_null=True, astext_type=_TEXT))
            for name in ("totals", "report")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (totals IS NULL)"
            " AND (closed_at IS NULL) = (report IS NULL)",
            name=op.f("reconciliation_closed_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reconciliation_pkey")),
        sa.UniqueConstraint("provider", "day", name="reconciliation_one_a_day_key"),
    )
    op.create_index(op.f("reconciliation_day_id_idx"), "reconciliation", ["day", "id"])
    _statement()
    _difference()
    op.execute("REVOKE DELETE, TRUNCATE ON reconciliation, statement, difference FROM payment_app")


def _statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("form", _TEXT, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "unreadable", "foreign")),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.Column("imported_by", _TEXT, nullable=False),
        sa.Column("replaced_at", _MOMENT),
        sa.CheckConstraint("source IN ('provider', 'bank')", name=op.f("statement_source_check")),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"], ["reconciliation.id"], name=op.f("statement_reconciliation_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("statement_pkey")),
    )
    op.create_index(
        "statement_one_current_key",
        "statement",
        ["reconciliation_id", "source"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "statement_row",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("kind", "reference", "transaction")),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", _MOMENT),
        sa.Column("account", _TEXT, nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("fee", "charge")),
        sa.Column("fault", _TEXT),
        sa.Column("raw", postgresql.JSONB(astext_type=_TEXT), nullable=False),
        sa.CheckConstraint("kind IN ('pay', 'refund')", name=op.f("statement_row_kind_check")),
        sa.CheckConstraint("amount > 0 OR fault IS NOT NULL", name=op.f("statement_row_amount_check")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("statement_row_statement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("statement_row_pkey")),
    )
    op.create_index(
        "statement_row_reference_idx",
        "statement_row",
        ["reference"],
        postgresql_where=sa.text("reference <> ''"),
    )


def _difference() -> None:
    op.create_table(
        "difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("kind", "subject")),
        *(sa.Column(name, sa.Uuid()) for name in ("payment_id", "refund_id")),
        sa.Column("facts", postgresql.JSONB(astext_type=_TEXT), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("cleared_at", _MOMENT),
        sa.Column("action", _TEXT),
        sa.Column("note", _TEXT, nullable=False),
        sa.Column("acted_at", _MOMENT),
        sa.Column("acted_by", _TEXT),
        sa.CheckConstraint(_KINDS, name=op.f("difference_kind_check")),
        sa.CheckConstraint(_ACTIONS, name=op.f("difference_action_check")),
        sa.CheckConstraint(
            "(action IS NULL) = (acted_at IS NULL) AND (action IS NULL) = (acted_by IS NULL)",
            name=op.f("difference_acted_check"),
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"], ["reconciliation.id"], name=op.f("difference_reconciliation_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("difference_pkey")),
        sa.UniqueConstraint("reconciliation_id", "kind", "subject", name="difference_once_key"),
    )


def downgrade() -> None:
    for table in ("difference", "statement_row", "statement", "reconciliation"):
        op.drop_table(table)
