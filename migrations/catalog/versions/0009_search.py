"""What search looks in: the words of a version's name, and with less weight those of its code and field, as a
column that the database itself keeps, with a GIN index in place of the one of trigrams."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEX, _TABLE = "procedure_version_search_idx", "procedure_version"
#: `search_text` begins with the name and is without accents, as the name is. Dots stand within codes and
#: amounts; whatever else is no letter or digit parts words.
_FUNCTION = """CREATE FUNCTION search_words(name text, everything text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  setweight(to_tsvector('pg_catalog.simple',
    regexp_replace(replace(name, '.', ''), '[^a-z0-9]+', ' ', 'g')), 'A')
  || setweight(to_tsvector('pg_catalog.simple',
    regexp_replace(replace(substr(everything, length(name) + 1), '.', ''), '[^a-z0-9]+', ' ', 'g')), 'C')"""

#: The words of a body's name, to find it in a query. Immutable as long as nobody changes the rules of unaccent.
_PLAIN = """CREATE FUNCTION plain_words(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 RETURN
  trim(regexp_replace(replace(lower(public.unaccent('public.unaccent'::regdictionary, name)), '.', ''),
    '[^a-z0-9]+', ' ', 'g'))"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute(_PLAIN)
    for table in ("agency", "unit"):
        op.create_index(f"{table}_plain_words_idx", table, [sa.text("plain_words(name)")])
    op.drop_index(_INDEX, table_name=_TABLE)
    words = sa.Computed("search_words(name_folded, search_text)", persisted=True)
    op.add_column(_TABLE, sa.Column("search", postgresql.TSVECTOR(), words, nullable=True))
    op.create_index(_INDEX, _TABLE, ["search"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index(_INDEX, table_name=_TABLE)
    op.drop_column(_TABLE, "search")
    for table in ("agency", "unit"):
        op.drop_index(f"{table}_plain_words_idx", table_name=table)
    op.execute("DROP FUNCTION plain_words(text)")
    op.execute("DROP FUNCTION search_words(text, text)")
    op.create_index(
        _INDEX,
        _TABLE,
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
