"""Find cases by words: an index of all pairs of neighbouring characters, which the database itself keeps.

Chinese has no spaces, and most of its words are two characters long; the indexes
that come with databases begin at three or at a space. Each pair of characters
of what is searched stands in the index, and so does each place that a case lies
at, was given to or was asked of, with the places above: who sees one community
finds what is there without meeting what others wrote. The index only proposes;
whether a text really holds the words is read from the case.

Triggers write the index with the case, in the same transaction: what was
erased is found no more, whoever erased it, and a restored node has its index.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from renwang.base.pure.text import search_key
from renwang.cases.models import Case
from renwang.chain.reach import Viewer

WORDS = 5  # of a search
_LONGEST = 80  # characters of a word that are looked for
_NUMBER = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_PLACES = ("path", "held_path", "asked_path")

# A pair is written as the hexadecimal digits of its bytes: no tokenizer then takes it apart.
_PAIRS_SQLITE = """(
WITH RECURSIVE
  pair(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM pair WHERE i < length({row}.search)),
  place(p) AS (SELECT {row}.path UNION SELECT {row}.held_path UNION SELECT {row}.asked_path),
  above(p, i) AS (
    SELECT p, 1 FROM place
    UNION SELECT p, i + instr(substr(p, i + 1), '/') FROM above WHERE i < length(p))
SELECT group_concat(gram, ' ') FROM (
  SELECT hex(substr({row}.search, i, 2)) AS gram FROM pair
  UNION ALL SELECT 'p' || hex(substr(p, 1, i)) FROM above WHERE i > 1))"""
_WATCHED = ("search", *_PLACES)
_CHANGED = " OR ".join(f"NEW.{one} <> OLD.{one}" for one in _WATCHED)
_TAKE_OUT = f"""
  INSERT INTO cases_gram(cases_gram, rowid, grams)
    SELECT 'delete', id, {_PAIRS_SQLITE.format(row="OLD")} FROM cases_sought WHERE case_id = OLD.id;
"""  # noqa: S608 (nothing but the lines above goes in)
_PUT_IN = f"""
  INSERT INTO cases_gram(rowid, grams)
    SELECT id, {_PAIRS_SQLITE.format(row="NEW")} FROM cases_sought WHERE case_id = NEW.id;
"""  # noqa: S608
_SQLITE = (
    "CREATE TABLE cases_sought (id INTEGER PRIMARY KEY, case_id char(32) NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE cases_gram USING fts5("
    "grams, content='', detail='none', columnsize=0, tokenize='ascii')",
    f"""
CREATE TRIGGER cases_gram_come AFTER INSERT ON cases_case BEGIN
  INSERT INTO cases_sought(case_id) VALUES (NEW.id);
  {_PUT_IN}
END""",  # noqa: S608
    f"CREATE TRIGGER cases_gram_change AFTER UPDATE OF {', '.join(_WATCHED)} ON cases_case "
    f"WHEN {_CHANGED} BEGIN {_TAKE_OUT} {_PUT_IN} END",
    f"""
CREATE TRIGGER cases_gram_go BEFORE DELETE ON cases_case BEGIN
  {_TAKE_OUT}
  DELETE FROM cases_sought WHERE case_id = OLD.id;
END""",  # noqa: S608
)
_FILL_SQLITE = (
    "INSERT INTO cases_sought(case_id) SELECT id FROM cases_case ORDER BY received_at, id",
    "INSERT INTO cases_gram(rowid, grams) SELECT s.id, "  # noqa: S608
    f"{_PAIRS_SQLITE.format(row='c')} FROM cases_sought s JOIN cases_case c ON c.id = s.case_id",
)
_POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION cases_grams(search text, VARIADIC places text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(ARRAY(
    SELECT substr(search, i, 2) FROM generate_series(1, length(search)) i
    UNION SELECT 'p' || left(p, i) FROM unnest(places) p, generate_series(2, length(p)) i
      WHERE substr(p, i, 1) = '/')) $$""",
    "CREATE TABLE cases_gram (case_id uuid PRIMARY KEY, grams tsvector NOT NULL)",
    "CREATE INDEX cases_gram_grams ON cases_gram USING gin (grams)",
    """
CREATE OR REPLACE FUNCTION cases_gram_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE cases_gram;
  ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM cases_gram WHERE case_id = OLD.id;
  ELSE
    INSERT INTO cases_gram VALUES
      (NEW.id, cases_grams(NEW.search, NEW.path, NEW.held_path, NEW.asked_path))
    ON CONFLICT (case_id) DO UPDATE SET grams = EXCLUDED.grams;
  END IF;
  RETURN NULL;
END $$""",
    "CREATE TRIGGER cases_gram_come AFTER INSERT ON cases_case "
    "FOR EACH ROW EXECUTE FUNCTION cases_gram_write()",
    f"CREATE TRIGGER cases_gram_change AFTER UPDATE OF {', '.join(_WATCHED)} ON cases_case "
    f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION cases_gram_write()",
    "CREATE TRIGGER cases_gram_go AFTER DELETE ON cases_case "
    "FOR EACH ROW EXECUTE FUNCTION cases_gram_write()",
    "CREATE TRIGGER cases_gram_empty AFTER TRUNCATE ON cases_case "
    "FOR EACH STATEMENT EXECUTE FUNCTION cases_gram_write()",
)
_FILL_POSTGRESQL = (
    "INSERT INTO cases_gram SELECT id, cases_grams(search, path, held_path, asked_path) "
    "FROM cases_case ORDER BY received_at, id",
)
_TRIGGERS = ("cases_gram_come", "cases_gram_change", "cases_gram_go")


def index_words(_apps: Any, editor: Any) -> None:
    """Make the index, fill it and have it kept; run by the migration that makes the table of cases."""
    is_postgresql = editor.connection.vendor == "postgresql"
    made, filled = (_POSTGRESQL, _FILL_POSTGRESQL) if is_postgresql else (_SQLITE, _FILL_SQLITE)
    for statement in (*made, *filled):
        editor.execute(statement)


def drop_index(_apps: Any, editor: Any) -> None:
    """Take the index away, before the table of cases goes."""
    is_postgresql = editor.connection.vendor == "postgresql"
    for name in (*_TRIGGERS, *(("cases_gram_empty",) if is_postgresql else ())):
        editor.execute(f"DROP TRIGGER {name}" + (" ON cases_case" if is_postgresql else ""))
    editor.execute("DROP TABLE cases_gram")
    if is_postgresql:
        editor.execute("DROP FUNCTION cases_gram_write(), cases_grams(text, text[])")
    else:
        editor.execute("DROP TABLE cases_sought")


# --- looking --------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """Take what somebody looks for apart: words by spaces, each folded for searching."""
    return [key[:_LONGEST] for word in text.split()[:WORDS] if (key := search_key(word))]


def holds(viewer: Viewer, text: str) -> Q:
    """The condition that a case holds each word, or has it for its number; read from each case.

    In masked words finds only who may read them.
    """
    found = Q()
    for word in words_of(text):
        found &= _readable(viewer) & Q(search__contains=word) | Q(ref=word.upper())
    return found


def proposed(viewer: Viewer, text: str) -> Q:
    """The condition that the index knows each word of a case somewhere in the viewer's places. `holds` has to be asked as well."""
    words = words_of(text)
    numbers = [word for word in words if _NUMBER.fullmatch(word.upper())]
    plain = [word for word in words if word not in numbers]
    places = viewer.places.get("cases.see", ())
    found = Q(pk__in=_matches(plain, places)) if plain else Q()
    for word in numbers:
        # Not with OR: neither database then uses an index.
        named, known = Case.objects.filter(ref=word.upper()), _matches([word], places)
        found &= Q(pk__in=named.values("pk").union(Case.objects.filter(pk__in=known).values("pk")))
    return found


def _readable(viewer: Viewer) -> Q:
    if viewer.places.get("cases.see", ()) == viewer.places.get("cases.handle", ()):
        return Q()
    handled = Q()
    for column in _PLACES:
        handled |= viewer.scope("cases.handle", column)
    return Q(masked="") | handled


def _matches(words: Sequence[str], places: Sequence[str]) -> RawSQL:
    grams = [gram for word in words for gram in _grams(word)]
    inside = () if "/" in places else places
    if connection.vendor == "postgresql":
        asked = [_lexeme(gram) + (":*" if len(gram) == 1 else "") for gram in grams]
        if inside:
            asked.append(f"({' | '.join(_lexeme('p' + place) for place in inside)})")
        sql = "SELECT case_id FROM cases_gram WHERE grams @@ %s::tsquery"
        return RawSQL(sql, [" & ".join(asked)])  # noqa: S611 (words are parameters)
    asked = [f'"{_hex(gram)}"' + ("*" if len(gram) == 1 else "") for gram in grams]
    if inside:
        asked.append(f"({' OR '.join(f'p{_hex(place)}' for place in inside)})")
    sql = (
        "SELECT s.case_id FROM cases_gram JOIN cases_sought s ON s.id = cases_gram.rowid "
        "WHERE cases_gram MATCH %s"
    )
    return RawSQL(sql, [" AND ".join(asked)])  # noqa: S611


def _grams(word: str) -> list[str]:
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return list(dict.fromkeys(pairs)) or [word]


def _hex(text: str) -> str:
    return text.encode().hex()


def _lexeme(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
