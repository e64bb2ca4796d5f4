"""The whole life of a dossier: more states, pauses of their own, stages, opinions, notes, payments required."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD = [
    "draft",
    "submitted",
    "accepted",
    "refused",
    "in_progress",
    "supplement_requested",
    "withdrawn",
    "completed",
    "returned",
]
NEW = [*OLD[:6], "payment_required", "withdrawn", "stopped", *OLD[7:]]


def _statuses(names: list[str]) -> str:
    return f"status IN ({', '.join(repr(name) for name in names)})"


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_dossier(*, primary_key: bool = False) -> sa.Column:
    key = sa.ForeignKey("dossier.id", ondelete="CASCADE")
    return sa.Column("dossier_id", sa.Uuid(), key, primary_key=primary_key, nullable=False)


def upgrade() -> None:
    op.drop_constraint(op.f("dossier_status_check"), "dossier", type_="check")
    op.create_check_constraint(op.f("dossier_status_check"), "dossier", _statuses(NEW))
    for name in ("scored_at", "extended_at", "waiting_until", "reminded_at", "assigned_at", "stage_due_at"):
        op.add_column("dossier", _moment(name))
    op.add_column("dossier", sa.Column("rounds", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dossier", sa.Column("stage", sa.Integer()))
    op.add_column("dossier", _moment("saved_at"))
    op.execute(
        "UPDATE dossier SET saved_at = created_at, scored_at = promised_at,"
        " rounds = (SELECT count(*) FROM supplement WHERE dossier_id = dossier.id)"
    )
    op.alter_column("dossier", "saved_at", nullable=False)
    op.create_index(
        op.f("dossier_waiting_until_idx"),
        "dossier",
        ["waiting_until"],
        postgresql_where=sa.text("waiting_until IS NOT NULL"),
    )
    op.create_index(
        "dossier_draft_saved_at_idx", "dossier", ["saved_at"], postgresql_where=sa.text("status = 'draft'")
    )
    op.add_column("fee_due", sa.Column("lines", postgresql.JSONB(none_as_null=True)))
    op.add_column("fee_due", _moment("refund_proposed_at"))
    op.add_column(
        "dossier",
        sa.Column("found_by", postgresql.ARRAY(sa.BigInteger()), nullable=False, server_default="{}"),
    )
    op.alter_column("dossier", "found_by", server_default=None)
    op.create_index("dossier_found_by_idx", "dossier", ["found_by"], postgresql_using="gin")
    op.add_column("result", _moment("revoked_at"))
    for name in ("revoked_because", "replaced_by"):
        op.add_column("result", sa.Column(name, sa.Text()))
    op.add_column("document", sa.Column("reused_from", sa.Uuid()))
    op.add_column("document", sa.Column("superseded_by", sa.Uuid()))
    op.add_column("document", sa.Column("scan", sa.Text(), nullable=False, server_default="off"))
    op.alter_column("document", "scan", server_default=None)
    op.add_column("document", sa.Column("scan_attempts", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("document", "scan_attempts", server_default=None)
    op.add_column("document", _moment("scan_next_try"))
    op.create_check_constraint(
        op.f("document_scan_check"), "document", "scan IN ('off', 'waiting', 'clean', 'infected')"
    )
    op.create_index(
        "document_scan_next_try_idx",
        "document",
        ["scan_next_try"],
        postgresql_where=sa.text("scan = 'waiting'"),
    )
    op.create_table("leftover", sa.Column("storage_key", sa.Text(), primary_key=True, nullable=False))
    _pauses()
    _backroom()
    _notices()
    _ratings()


def _pauses() -> None:
    op.create_table(
        "pause",
        _of_dossier(primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        _moment("started_at", nullable=False),
        _moment("ended_at"),
        _moment("old_promise"),
        _moment("new_promise"),
        sa.CheckConstraint("cause IN ('supplement', 'payment', 'closed')", name=op.f("pause_cause_check")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("pause_ended_at_check")),
    )
    op.create_index(
        "pause_one_open_key",
        "pause",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(
        "INSERT INTO pause SELECT dossier_id, number, 'supplement', requested_at,"
        " coalesce(answered_at, closed_at), old_promise, new_promise FROM supplement WHERE pauses"
    )
    for name in ("pauses", "old_promise", "new_promise"):
        op.drop_column("supplement", name)


def _backroom() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        _of_dossier(),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        _moment("asked_at", nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("answer", sa.Text()),
        sa.Column("given_by", sa.Text()),
        _moment("given_at"),
    )
    op.create_index(
        "opinion_one_open_key",
        "opinion",
        ["dossier_id", "agency"],
        unique=True,
        postgresql_where=sa.text("given_at IS NULL"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        _of_dossier(),
        _moment("at", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index(op.f("remark_dossier_id_idx"), "remark", ["dossier_id"])
    op.create_table(
        "day_override",
        sa.Column("day", sa.Date(), primary_key=True, nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
    )
    op.create_table(
        "office_hours",
        sa.Column("agency", sa.Text(), primary_key=True, nullable=False),
        sa.Column("valid_from", sa.Date(), primary_key=True, nullable=False),
        sa.Column("spans", postgresql.JSONB(), nullable=False),
    )
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True, nullable=False),
        sa.Column("agency", sa.Text()),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        _moment("at", nullable=False),
        _moment("applied_at"),
    )
    op.create_index(
        "calendar_change_open_idx", "calendar_change", ["id"], postgresql_where=sa.text("applied_at IS NULL")
    )
    op.create_table(
        "paper_received",
        _of_dossier(primary_key=True),
        sa.Column("paper_code", sa.Text(), primary_key=True, nullable=False),
        sa.Column("originals", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.CheckConstraint("originals >= 0 AND copies >= 0", name=op.f("paper_received_counts_check")),
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("at", nullable=False),
        _moment("read_at"),
    )
    op.create_index(op.f("notice_owner_id_idx"), "notice", ["owner", "id"])
    op.create_index(op.f("notice_dossier_id_idx"), "notice", ["dossier_id"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        sa.Column("notice_id", sa.Uuid(), sa.ForeignKey("notice.id", ondelete="CASCADE"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("next_try", nullable=False),
        sa.Column("last_error", sa.Text()),
        _moment("sent_at"),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("delivery_channel_check")),
        sa.CheckConstraint(
            "state IN ('waiting', 'unknown', 'sent', 'failed')", name=op.f("delivery_state_check")
        ),
        sa.CheckConstraint(
            "(address IS NULL) = (state IN ('sent', 'failed'))", name=op.f("delivery_address_check")
        ),
    )
    op.create_index(op.f("delivery_notice_id_idx"), "delivery", ["notice_id"])
    op.create_index(
        "delivery_next_try_idx",
        "delivery",
        ["next_try"],
        postgresql_where=sa.text("state IN ('waiting', 'unknown')"),
    )


def _ratings() -> None:
    op.create_table(
        "rating",
        _of_dossier(primary_key=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("comment", sa.LargeBinary()),
        _moment("at", nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 3", name=op.f("rating_points_check")),
    )
    op.create_table(
        "check_tries",
        _of_dossier(primary_key=True),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("check_tries")
    op.drop_table("rating")
    op.drop_table("delivery")
    op.drop_table("notice")
    for name in ("revoked_at", "revoked_because", "replaced_by"):
        op.drop_column("result", name)
    for name in ("calendar_change", "office_hours", "day_override", "paper_received"):
        op.drop_table(name)
    op.drop_table("leftover")
    for name in ("reused_from", "superseded_by", "scan", "scan_attempts", "scan_next_try"):
        op.drop_column("document", name)
    op.drop_table("remark")
    op.drop_table("opinion")
    for name in ("old_promise", "new_promise"):
        op.add_column("supplement", _moment(name))
    op.add_column("supplement", sa.Column("pauses", sa.Boolean(), nullable=False, server_default="false"))
    op.execute(
        "UPDATE supplement SET pauses = true, old_promise = pause.old_promise, new_promise = pause.new_promise"
        " FROM pause WHERE pause.dossier_id = supplement.dossier_id AND started_at = requested_at"
    )
    op.alter_column("supplement", "pauses", server_default=None)
    op.drop_table("pause")
    op.drop_column("fee_due", "refund_proposed_at")
    op.drop_column("fee_due", "lines")
    op.drop_index("dossier_found_by_idx", "dossier")
    op.drop_index("dossier_draft_saved_at_idx", "dossier")
    op.drop_index(op.f("dossier_waiting_until_idx"), "dossier")
    for name in ("scored_at", "extended_at", "waiting_until", "reminded_at", "assigned_at", "stage_due_at",
                 "rounds", "stage", "saved_at", "found_by"):  # fmt: skip
        op.drop_column("dossier", name)
    # What older code cannot name stays readable to it as the nearest state that it knows.
    op.execute("UPDATE dossier SET status = 'in_progress' WHERE status = 'payment_required'")
    op.execute("UPDATE dossier SET status = 'withdrawn' WHERE status = 'stopped'")
    op.drop_constraint(op.f("dossier_status_check"), "dossier", type_="check")
    op.create_check_constraint(op.f("dossier_status_check"), "dossier", _statuses(OLD))
