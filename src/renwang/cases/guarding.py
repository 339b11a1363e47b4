"""The database itself keeps what people said: `words` of a case can be emptied, when their time is over, and never rewritten."""

from typing import Any

_SQLITE = """
CREATE TRIGGER cases_words_are_kept BEFORE UPDATE OF words ON cases_case
WHEN NEW.words <> OLD.words AND NEW.words <> ''
BEGIN SELECT RAISE(ABORT, 'the words of a case are never rewritten'); END
"""
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION cases_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the words of a case are never rewritten'
    USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER cases_words_are_kept BEFORE UPDATE OF words ON cases_case FOR EACH ROW
WHEN (NEW.words <> OLD.words AND NEW.words <> '') EXECUTE FUNCTION cases_keep_words()
"""


def guard(_apps: Any, editor: Any) -> None:
    """Put the guard up; run by the migration that makes the table."""
    editor.execute(_POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE)


def unguard(_apps: Any, editor: Any) -> None:
    """Take the guard down, before the table goes."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER cases_words_are_kept ON cases_case")
        editor.execute("DROP FUNCTION cases_keep_words()")
    else:
        editor.execute("DROP TRIGGER cases_words_are_kept")
