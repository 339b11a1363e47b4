"""The facts that departments' grids record."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "claims.merged": _(
            "{actor} merged the divisions of {departments} departments in {name}: "
            "{numbers} old numbers lead to {grids} grids"
        ),
        "claims.forgotten": _("{actor} took the grids and roster of {department} off the books"),
    }
)
