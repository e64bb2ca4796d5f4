"""Payments, the messages of providers; the application may append events, never change them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("cursor_pkey")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("data_digest", sa.LargeBinary(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        sa.UniqueConstraint("subject", "seq", name="event_subject_seq_key"),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("feed_pkey")),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("idempotency_pkey")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_code", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("resolving_agency", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_transaction", sa.Text(), nullable=True),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("next_url", sa.Text(), nullable=True),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("overpaid", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('submission', 'acceptance', 'return')", name=op.f("payment_purpose_check")
        ),
        sa.CheckConstraint(
            "status <> 'succeeded' OR (provider_transaction IS NOT NULL AND settled_at IS NOT NULL)",
            name=op.f("payment_succeeded_has_transaction_check"),
        ),
        sa.CheckConstraint(
            "status IN ('created', 'pending', 'unknown', 'succeeded', 'failed', 'expired', 'cancelled')",
            name=op.f("payment_status_check"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("payment_amount_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("payment_pkey")),
        sa.UniqueConstraint("reference", name=op.f("payment_reference_key")),
    )
    op.create_index(
        op.f("payment_dossier_id_purpose_id_idx"), "payment", ["dossier_id", "purpose", "id"], unique=False
    )
    op.create_index(
        "payment_next_try_idx",
        "payment",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown')"),
    )
    op.create_index(
        "payment_one_live_key",
        "payment",
        ["dossier_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown', 'succeeded')"),
    )
    op.create_table(
        "callback_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'refused') = (reason IS NOT NULL)",
            name=op.f("callback_message_refused_has_reason_check"),
        ),
        sa.CheckConstraint(
            "outcome IN ('applied', 'repeated', 'refused')", name=op.f("callback_message_outcome_check")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("callback_message_payment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("callback_message_pkey")),
    )
    op.create_index(op.f("callback_message_reference_idx"), "callback_message", ["reference"], unique=False)

    op.execute("INSERT INTO feed (id, epoch) VALUES (1, substr(md5(random()::text), 1, 8))")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event, feed FROM payment_app")


def downgrade() -> None:
    op.drop_index(op.f("callback_message_reference_idx"), table_name="callback_message")
    op.drop_table("callback_message")
    op.drop_index(
        "payment_one_live_key",
        table_name="payment",
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown', 'succeeded')"),
    )
    op.drop_index(
        "payment_next_try_idx",
        table_name="payment",
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown')"),
    )
    op.drop_index(op.f("payment_dossier_id_purpose_id_idx"), table_name="payment")
    op.drop_table("payment")
    op.drop_table("idempotency")
    op.drop_table("feed")
    op.drop_table("event")
    op.drop_table("cursor")
