"""Every migration can be taken back and taken again, and leaves the same tables."""

import json

# Goes back to nothing and forward again; what stands in the database is compared in its own words:
# tables, columns, indexes, constraints.
BACK_AND_FORTH = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ON_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
ON_POSTGRESQL = '''
    SELECT 'column', table_name, column_name, concat_ws(' ', data_type, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
'''

def schema():
    with connection.cursor() as cursor:
        cursor.execute(ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)
        return sorted(tuple(str(part) for part in row) for row in cursor.fetchall())

before = schema()
executor = MigrationExecutor(connection)
ends = executor.loader.graph.leaf_nodes()
executor.migrate([(app, None) for app, _name in ends])
empty = connection.introspection.table_names()
MigrationExecutor(connection).migrate(ends)
print(json.dumps([empty, len(before), schema() == before]))
"""


def test_every_app_can_be_taken_back_to_nothing_and_taken_again(make_node):
    tables, things, is_the_same = json.loads(make_node(migrated=True).python(BACK_AND_FORTH))
    assert tables == ["django_migrations"]
    assert things > 100
    assert is_the_same
