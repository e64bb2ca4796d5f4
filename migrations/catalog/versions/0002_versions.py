"""A version carries what lists and search need, so that the one in force on a day is found by that day alone; an
abolition has its day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.text import fold, sort_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COPIED = ("name", "name_folded", "search_text", "sort_key", "field_code", "field_name")
_LISTS = ("government_levels", "audiences", "channels")
_STATES = "procedure_version_state_check"


def upgrade() -> None:
    op.add_column("procedure", sa.Column("abolished_from", sa.Date(), nullable=True))
    op.add_column("procedure_version", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("procedure_version", sa.Column("reason", sa.Text(), nullable=True))
    for name in _COPIED:
        op.add_column("procedure_version", sa.Column(name, sa.Text(), nullable=True))
    for name in _LISTS:
        op.add_column("procedure_version", sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("procedure_version", sa.Column("sample", sa.Boolean(), nullable=True))
    op.execute("ALTER TABLE procedure_version DISABLE TRIGGER procedure_version_immutable")
    lists = ", ".join(
        f"{name} = ARRAY(SELECT jsonb_array_elements_text(v.content -> '{name}'))" for name in _LISTS
    )
    op.execute(
        f"UPDATE procedure_version v SET name = v.content ->> 'name', {lists},"
        " field_code = v.content -> 'field' ->> 'code', field_name = v.content -> 'field' ->> 'name',"
        " sample = coalesce((v.content ->> 'sample')::boolean, false), reason = '', valid_from = lower(v.valid),"
        " state = CASE v.state WHEN 'superseded' THEN 'published' ELSE v.state END"
    )
    _fold()
    op.execute("ALTER TABLE procedure_version ENABLE TRIGGER procedure_version_immutable")
    op.execute(
        "UPDATE procedure p SET abolished_from = coalesce((SELECT max(upper(v.valid)) FROM procedure_version v"
        " WHERE v.procedure_code = p.code), current_date) WHERE p.status = 'abolished'"
    )
    for name in ("reason", *_COPIED, *_LISTS, "sample"):
        op.alter_column("procedure_version", name, nullable=False)
    op.drop_constraint(op.f(_STATES), "procedure_version")
    op.create_check_constraint(op.f(_STATES), "procedure_version", "state IN ('draft', 'published')")
    _indexes("procedure_version", "procedure_version", "procedure_code")
    _drop_indexes("procedure", "procedure", "code")
    for name in ("status", *_COPIED, *_LISTS, "sample"):
        op.drop_column("procedure", name)


def downgrade() -> None:
    op.add_column("procedure", sa.Column("status", sa.Text(), nullable=True))
    for name in _COPIED:
        op.add_column("procedure", sa.Column(name, sa.Text(), nullable=True))
    for name in _LISTS:
        op.add_column("procedure", sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("procedure", sa.Column("sample", sa.Boolean(), nullable=True))
    # Where a first draft was given up there is no version left to speak of.
    op.execute(
        "DELETE FROM procedure p WHERE NOT EXISTS"
        " (SELECT FROM procedure_version v WHERE v.procedure_code = p.code)"
        " AND NOT EXISTS (SELECT FROM offering o WHERE o.procedure_code = p.code)"
    )
    copied = ", ".join(f"{name} = v.{name}" for name in (*_COPIED, *_LISTS, "sample"))
    op.execute(
        f"UPDATE procedure p SET {copied}, status = CASE WHEN p.abolished_from <= current_date THEN 'abolished'"
        " WHEN v.state = 'draft' THEN 'draft' ELSE 'published' END"
        " FROM (SELECT DISTINCT ON (procedure_code) * FROM procedure_version"
        " ORDER BY procedure_code, state = 'draft', number DESC) v WHERE v.procedure_code = p.code"
    )
    for name in ("status", *_COPIED, *_LISTS, "sample"):
        op.alter_column("procedure", name, nullable=False)
    op.create_check_constraint(
        op.f("procedure_status_check"), "procedure", "status IN ('draft', 'published', 'abolished')"
    )
    _indexes("procedure", "procedure", "code")
    _drop_indexes("procedure_version", "procedure_version", "procedure_code")
    op.drop_constraint(op.f(_STATES), "procedure_version")
    op.create_check_constraint(
        op.f(_STATES), "procedure_version", "state IN ('draft', 'published', 'superseded')"
    )
    op.execute(
        "UPDATE procedure_version SET state = 'superseded' WHERE upper(valid) <= current_date OR isempty(valid)"
    )
    for name in ("valid_from", "reason", *_COPIED, *_LISTS, "sample"):
        op.drop_column("procedure_version", name)
    op.drop_column("procedure", "abolished_from")


def _fold() -> None:
    """What the service itself computes of the names, version by version."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT procedure_code AS code, number, name, field_name FROM procedure_version")
    )
    update = sa.text(
        "UPDATE procedure_version SET name_folded = :folded, sort_key = :key, search_text = :words"
        " WHERE procedure_code = :code AND number = :number"
    )
    for row in rows.all():
        words = fold(f"{row.name} {row.code} {row.code.replace('.', '')} {row.field_name}")
        of = {"code": row.code, "number": row.number, "words": words}
        connection.execute(update, {**of, "folded": fold(row.name), "key": sort_key(row.name)})


def _indexes(table: str, prefix: str, code: str) -> None:
    op.create_index(
        f"{prefix}_search_idx",
        table,
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index(op.f(f"{prefix}_sort_key_{code}_idx"), table, ["sort_key", code])
    op.create_index(op.f(f"{prefix}_field_code_idx"), table, ["field_code"])


def _drop_indexes(table: str, prefix: str, code: str) -> None:
    op.drop_index(f"{prefix}_search_idx", table_name=table)
    op.drop_index(op.f(f"{prefix}_sort_key_{code}_idx"), table_name=table)
    op.drop_index(op.f(f"{prefix}_field_code_idx"), table_name=table)
