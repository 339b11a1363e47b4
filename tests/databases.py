"""Databases of a PostgreSQL server for tests that need one of their own, and what stands in a database."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection
from psycopg import sql

COPIES_FILES = (
    150_000  # the first version that has another way, which writes every page into the log
)


def make_database(server: str, name: str, template: str = "") -> None:
    """Make an empty database, or a copy of another one that nobody has open."""
    with _open(server) as link:
        order = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            order += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            if link.info.server_version >= COPIES_FILES:
                order += sql.SQL(" STRATEGY FILE_COPY")
        link.execute(order)


def drop_database(server: str, name: str) -> None:
    """Drop a database if it is there, whoever has it open."""
    order = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with _open(server) as link:
        link.execute(order)


def tables_with_rows(cursor: Any) -> list[str]:
    """Name the tables of the database under test that hold what is stored.

    An index of words in SQLite is a table as well, which cannot be read through;
    what is stored of it stands in tables of its own, which are among these.
    """
    names = connection.introspection.table_names(cursor)
    if connection.vendor != "sqlite":
        return names
    cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
    virtual = {name for (name,) in cursor.fetchall()}
    return [name for name in names if name not in virtual]


def _open(server: str) -> psycopg.Connection:
    url = urlunsplit(urlsplit(server)._replace(path="/postgres"))
    return psycopg.connect(url, autocommit=True)
