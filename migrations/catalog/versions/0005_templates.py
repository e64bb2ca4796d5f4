"""Template files of papers, by their SHA-256."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 = encode(sha256(content), 'hex')", name=op.f("template_sha256_check")),
        sa.CheckConstraint(
            "size = octet_length(content) AND size BETWEEN 1 AND 5242880", name=op.f("template_size_check")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("template_pkey")),
    )
    # Published versions name them.
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON template FROM catalog_app")


def downgrade() -> None:
    op.drop_table("template")
