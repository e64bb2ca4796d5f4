"""Receipts: what they are numbered by, and that nobody edits one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: All that may change of a receipt: what became of it.
_CHANGING = (
    "version, status, signature, signed_at, cancelled_at, cancelled_by, reason, replaced_by, told_at, attempts,"
    " next_try, last_error"
)


def upgrade() -> None:
    text = sa.Text()
    op.create_table(
        "receipt_form",
        *(sa.Column(name, text, nullable=False) for name in ("agency", "kind", "form_code", "letters")),
        sa.CheckConstraint("kind IN ('fee', 'charge')", name=op.f("receipt_form_kind_check")),
        sa.CheckConstraint(
            "form_code ~ '^[0-9]{2}BLP[0-9]-[0-9]{3}$'", name=op.f("receipt_form_form_code_check")
        ),
        sa.CheckConstraint("letters ~ '^[A-Z]{2}$'", name=op.f("receipt_form_letters_check")),
        sa.PrimaryKeyConstraint("agency", "kind", name=op.f("receipt_form_pkey")),
        sa.UniqueConstraint("agency", "form_code", name="receipt_form_kinds_apart_key"),
    )
    op.execute(
        "INSERT INTO receipt_form (agency, kind, form_code, letters)"
        " VALUES ('', 'fee', '01BLP0-001', 'HB'), ('', 'charge', '01BLP0-002', 'HB')"
    )
    op.create_table(
        "receipt_series",
        sa.Column("agency", text, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("form_code", "series", "tax_code")),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("receipt_series_last_check")),
        sa.PrimaryKeyConstraint("agency", "year", "form_code", "series", name=op.f("receipt_series_pkey")),
    )
    _receipt()
    op.execute("REVOKE DELETE, TRUNCATE ON receipt_series FROM payment_app")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON receipt FROM payment_app")
    op.execute(f"GRANT UPDATE ({_CHANGING}) ON receipt TO payment_app")


def _receipt() -> None:
    text, moment = sa.Text(), sa.DateTime(timezone=True)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("status", "kind", "agency", "agency_name")),
        *(sa.Column(name, text, nullable=False) for name in ("tax_code", "bank", "account")),
        sa.Column("year", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("form_code", "series")),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verification_code", text, nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, text, nullable=False)
            for name in ("dossier_code", "procedure_code", "procedure_name")
        ),
        sa.Column("lines", postgresql.JSONB(astext_type=text), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("provider", text, nullable=False),
        sa.Column("method", text),
        sa.Column("transaction", text, nullable=False),
        sa.Column("payer_facts", sa.LargeBinary()),
        sa.Column("replaces", sa.Uuid()),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("signature", text),
        sa.Column("signed_at", moment),
        sa.Column("cancelled_at", moment),
        *(sa.Column(name, text) for name in ("cancelled_by", "reason")),
        sa.Column("replaced_by", sa.Uuid()),
        sa.Column("told_at", moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", moment),
        sa.Column("last_error", text),
        sa.CheckConstraint("kind IN ('fee', 'charge')", name=op.f("receipt_kind_check")),
        sa.CheckConstraint("status IN ('issued', 'signed', 'cancelled')", name=op.f("receipt_status_check")),
        sa.CheckConstraint("amount > 0", name=op.f("receipt_amount_check")),
        sa.CheckConstraint("number > 0", name=op.f("receipt_number_check")),
        sa.CheckConstraint(
            "(signature IS NULL) = (signed_at IS NULL) AND (status <> 'signed' OR signature IS NOT NULL)",
            name=op.f("receipt_signed_check"),
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL) AND (cancelled_at IS NULL) = (reason IS NULL)"
            " AND (cancelled_at IS NULL) = (cancelled_by IS NULL)"
            " AND (replaced_by IS NULL OR status = 'cancelled')",
            name=op.f("receipt_cancelled_check"),
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("receipt_payment_id_fkey")),
        sa.ForeignKeyConstraint(["replaces"], ["receipt.id"], name=op.f("receipt_replaces_fkey")),
        sa.ForeignKeyConstraint(["replaced_by"], ["receipt.id"], name=op.f("receipt_replaced_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("receipt_pkey")),
        sa.UniqueConstraint("verification_code", name=op.f("receipt_verification_code_key")),
        sa.UniqueConstraint("replaces", name=op.f("receipt_replaces_key")),
        sa.UniqueConstraint("agency", "year", "form_code", "series", "number", name="receipt_number_key"),
    )
    op.create_index(
        "receipt_one_standing_key",
        "receipt",
        ["payment_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    for columns in (["payment_id"], ["dossier_code"], ["agency", "id"]):
        op.create_index(op.f(f"receipt_{'_'.join(columns)}_idx"), "receipt", columns)
    op.create_index(
        "receipt_next_try_idx", "receipt", ["next_try"], postgresql_where=sa.text("next_try IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_table("receipt")
    op.drop_table("receipt_series")
    op.drop_table("receipt_form")
