"""Accounts and what they are logged in with; the event log that the application may only append to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _event_log()
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(issuer = 'staff') = (kind = 'staff')", name=op.f("account_issuer_check")),
        sa.CheckConstraint(
            "kind IN ('citizen', 'business', 'organisation', 'staff')", name=op.f("account_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
    )
    op.create_index("account_issuer_subject_key", "account", ["issuer", "subject"], unique=True)
    op.create_table(
        "account_number",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _of_account("account_number"),
        sa.PrimaryKeyConstraint("hash", name=op.f("account_number_pkey")),
    )
    op.create_index(op.f("account_number_account_id_idx"), "account_number", ["account_id"])
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of_account("session"),
        sa.PrimaryKeyConstraint("id", name=op.f("session_pkey")),
    )
    op.create_index(op.f("session_account_id_idx"), "session", ["account_id"])
    op.create_table(
        "refresh_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of_account("refresh_token"),
        sa.PrimaryKeyConstraint("hash", name=op.f("refresh_token_pkey")),
    )
    op.create_index(op.f("refresh_token_account_id_idx"), "refresh_token", ["account_id"])
    op.create_index(op.f("refresh_token_family_idx"), "refresh_token", ["family"])
    op.execute("INSERT INTO feed (id, epoch) VALUES (1, substr(md5(random()::text), 1, 8))")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON event, feed FROM gateway_app")


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_account_id_fkey")
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete="CASCADE")


def _event_log() -> None:
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
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pos", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("cursor_pkey")),
    )


def downgrade() -> None:
    for table in ("refresh_token", "session", "account_number", "account", "cursor", "feed", "event"):
        op.drop_table(table)
