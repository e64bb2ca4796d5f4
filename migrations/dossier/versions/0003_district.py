"""What districts' own systems send: batches, their references, later steps, declared totals."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, **options: bool) -> sa.Column:
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})


def _of_dossier(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(
        ["dossier_id"], ["dossier.id"], name=op.f(f"{table}_dossier_id_fkey"), ondelete="CASCADE"
    )
    return sa.Column("dossier_id", sa.Uuid(), nullable=False), key


def upgrade() -> None:
    op.add_column("dossier", _text("external_code", nullable=True))
    op.create_unique_constraint(op.f("dossier_external_code_key"), "dossier", ["external_code"])
    op.add_column("dossier", _moment("voided_at", nullable=True))
    op.add_column("intake_fact", _moment("voided_at", nullable=True))
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        _text("system"),
        _text("agency"),
        _moment("at"),
        *(sa.Column(n, sa.Integer(), nullable=False) for n in ("created", "updated", "unchanged", "refused")),
        _moment("voided_at", nullable=True),
        _text("voided_because", nullable=True),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_because IS NULL)", name=op.f("batch_voided_check")),
    )
    op.create_table(
        "reference",
        _text("system", primary_key=True),
        _text("reference", primary_key=True),
        *_of_dossier("reference"),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        _moment("voided_at", nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("reference_batch_id_fkey")),
    )
    op.create_index(op.f("reference_system_received_on_idx"), "reference", ["system", "received_on"])
    op.create_index(op.f("reference_batch_id_idx"), "reference", ["batch_id"])
    op.create_table(
        "reported_step",
        _text("system", primary_key=True),
        _text("step", primary_key=True),
        *_of_dossier("reported_step"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "declared_total",
        _text("system", primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True, nullable=False),
        _text("agency"),
        sa.Column("total", sa.Integer(), nullable=False),
        _moment("declared_at"),
        sa.CheckConstraint("total >= 0", name=op.f("declared_total_total_check")),
    )


def downgrade() -> None:
    for table in ("declared_total", "reported_step", "reference", "batch"):
        op.drop_table(table)
    op.drop_column("intake_fact", "voided_at")
    op.drop_column("dossier", "voided_at")
    op.drop_column("dossier", "external_code")
