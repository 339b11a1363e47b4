"""Column types the modules share."""

from django.db import models
from django.db.models import Lookup
from django.db.models.lookups import FieldGetDbPrepValueMixin


class PathField(models.CharField):
    """A materialised place path such as `/50/500105/500105001/`, compared byte by byte.

    `path__under="/50/500105/"` finds the place itself and everything below it
    through an index range, on both databases: LIKE would not use the index on
    SQLite, and PostgreSQL would order by the locale's rules.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 255)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection):
        """Ask PostgreSQL for byte order; SQLite has it by default."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


@PathField.register_lookup
class Under(FieldGetDbPrepValueMixin, Lookup):
    """The place itself and everything below it."""

    lookup_name = "under"

    def as_sql(self, compiler, connection):
        """Compile to a half-open range: every path below `/a/` sorts before `/a0`."""
        left, left_params = self.process_lhs(compiler, connection)
        return (
            f"({left} >= %s AND {left} < %s)",
            [*left_params, self.rhs, *left_params, below(self.rhs)],
        )


def below(path: str) -> str:
    """Return the first string after every path under `path`, which ends in a slash."""
    return path[:-1] + "0"  # "0" is the byte after "/"
