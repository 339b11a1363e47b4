"""Make and drop databases of a PostgreSQL server for tests that need one of their own."""

from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

COPIES_FILES = (
    150_000  # the first version that has another way, which writes every page into the log
)


def make_database(server: str, name: str, template: str = "") -> None:
    """Make an empty database, or a copy of another one that nobody has open."""
    with _open(server) as connection:
        order = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            order += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            if connection.info.server_version >= COPIES_FILES:
                order += sql.SQL(" STRATEGY FILE_COPY")
        connection.execute(order)


def drop_database(server: str, name: str) -> None:
    """Drop a database if it is there, whoever has it open."""
    order = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with _open(server) as connection:
        connection.execute(order)


def _open(server: str) -> psycopg.Connection:
    url = urlunsplit(urlsplit(server)._replace(path="/postgres"))
    return psycopg.connect(url, autocommit=True)
