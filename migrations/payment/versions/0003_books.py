"""The books, accounts of bodies, the tree of bodies, and what receipts and refunds need of a payment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Payments that succeeded before there were books.
_CAPTURED = """
INSERT INTO ledger_movement
  (at, day, kind, agency, provider, debit, credit, amount, payment_id, transaction, line)
SELECT settled_at, (settled_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 'capture', resolving_agency, provider,
  'held', line->>'kind', (line->>'amount')::bigint, id, provider_transaction, line->>'code'
FROM payment, jsonb_array_elements(lines) AS line
WHERE status = 'succeeded'
"""


_OPEN = "status IN ('created', 'pending', 'unknown')"


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("government_level", sa.Text(), nullable=False),
        sa.Column("ancestors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("body_pkey")),
    )
    op.create_table(
        "payee_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("bank", "number", "holder", "tax_code", "decision")
        ),
        postgresql.ExcludeConstraint(
            (sa.column("agency"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name="payee_account_one_a_day",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("payee_account_pkey")),
    )
    _payment()
    op.create_table(
        "ledger_movement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "agency", "provider")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("debit", "credit")),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("transaction", "line")),
        sa.CheckConstraint("amount > 0", name=op.f("ledger_movement_amount_check")),
        sa.CheckConstraint(
            "debit IN ('held', 'fee', 'charge', 'owed') AND credit IN ('held', 'fee', 'charge', 'owed')",
            name=op.f("ledger_movement_account_check"),
        ),
        sa.CheckConstraint("(debit = 'held') <> (credit = 'held')", name=op.f("ledger_movement_held_check")),
        sa.CheckConstraint(
            "kind IN ('capture', 'overpayment', 'refund')", name=op.f("ledger_movement_kind_check")
        ),
        sa.CheckConstraint(
            "(kind = 'refund') = (refund_id IS NOT NULL)", name=op.f("ledger_movement_refund_check")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("ledger_movement_payment_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_movement_pkey")),
        sa.UniqueConstraint("payment_id", "kind", "transaction", "line", name="ledger_movement_once_key"),
    )
    for columns in (["agency", "day"], ["provider", "day"], ["refund_id"]):
        op.create_index(op.f(f"ledger_movement_{'_'.join(columns)}_idx"), "ledger_movement", columns)
    op.execute(_CAPTURED)
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON ledger_movement FROM payment_app")


def _payment() -> None:
    text = sa.Text()
    for name, default in (("procedure_code", ""), ("procedure_name", "")):
        op.add_column("payment", sa.Column(name, text, nullable=False, server_default=default))
        op.alter_column("payment", name, server_default=None)
    op.add_column("payment", sa.Column("pilot", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("payment", "pilot", server_default=None)
    op.add_column("payment", sa.Column("refunding", sa.BigInteger(), nullable=False, server_default="0"))
    for column in (
        sa.Column("payer_facts", sa.LargeBinary()),
        sa.Column("payee", postgresql.JSONB(none_as_null=True, astext_type=text)),
        sa.Column("shift_id", sa.Uuid()),
        sa.Column("method", text),
        sa.Column("credited_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("payment", column)
    for name, rule in (
        ("refunding", "refunding BETWEEN 0 AND amount"),
        ("counter", "(shift_id IS NULL) = (method IS NULL)"),
        ("method", "method IN ('cash', 'card')"),
    ):
        op.create_check_constraint(op.f(f"payment_{name}_check"), "payment", rule)
    op.create_index(
        "payment_settled_idx",
        "payment",
        ["provider", "settled_at"],
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(op.f("payment_created_at_idx"), "payment", ["created_at"])
    op.alter_column("payment", "next_try", nullable=True)
    op.execute(f"UPDATE payment SET next_try = NULL WHERE NOT ({_OPEN})")
    op.drop_index("payment_next_try_idx", table_name="payment")
    op.create_index(
        "payment_next_try_idx", "payment", ["next_try"], postgresql_where=sa.text("next_try IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_table("ledger_movement")
    op.execute("UPDATE payment SET next_try = expires_at WHERE next_try IS NULL")
    op.alter_column("payment", "next_try", nullable=False)
    op.drop_index("payment_next_try_idx", table_name="payment")
    op.create_index("payment_next_try_idx", "payment", ["next_try"], postgresql_where=sa.text(_OPEN))
    op.drop_index(op.f("payment_created_at_idx"), table_name="payment")
    op.drop_index("payment_settled_idx", table_name="payment")
    for name in ("refunding", "counter", "method"):
        op.drop_constraint(op.f(f"payment_{name}_check"), "payment", type_="check")
    for name in ("credited_at", "method", "shift_id", "payee", "payer_facts", "refunding", "pilot",
                 "procedure_name", "procedure_code"):  # fmt: skip
        op.drop_column("payment", name)
    op.drop_table("payee_account")
    op.drop_table("body")
