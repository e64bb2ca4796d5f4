"""What an officer required during the processing is paid like any fee: purposes additional-1, -2, …"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("payment_purpose_check"), "payment", type_="check")
    op.create_check_constraint(
        op.f("payment_purpose_check"),
        "payment",
        "purpose ~ '^(submission|acceptance|return|additional-[1-9][0-9]?)$'",
    )


def downgrade() -> None:
    """Payments of such purposes stay; older code just makes no new ones."""
    op.drop_constraint(op.f("payment_purpose_check"), "payment", type_="check")
    op.execute(
        "ALTER TABLE payment ADD CONSTRAINT payment_purpose_check"
        " CHECK (purpose IN ('submission', 'acceptance', 'return')) NOT VALID"
    )
