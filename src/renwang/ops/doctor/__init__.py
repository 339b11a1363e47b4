"""The doctor: looks at a node and says, line by line, what is well, what is doubtful, what is bad.

Each check is a function `(now) -> [(level, words, remedy)]` in the file that
is called after what it looks at. One that fails is itself a finding; the
others still run. A finding that is not well says what to do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as say

from renwang.ops.doctor.findings import Check, Finding, Level
from renwang.ops.doctor.keys import key_backup, signing, trust
from renwang.ops.doctor.setup import accounts, channels, configuration
from renwang.ops.doctor.storage import clock, database, disk, migrations
from renwang.ops.doctor.work import lines, relays, worker


def _about_the_database() -> str:
    return say("Check RENWANG_DATABASE_URL, and that the database server runs.")


def _about_the_folder() -> str:
    return say("Let the node's user write to {folder}.").format(folder=settings.HOME)


CHECKS: tuple[Check, ...] = (
    Check(configuration),
    Check(database, remedy=_about_the_database),
    Check(migrations, remedy=_about_the_database),
    Check(clock, reads_tables=True),
    Check(disk, remedy=_about_the_folder),
    Check(worker, reads_tables=True),
    Check(relays, reads_tables=True),
    Check(channels),
    Check(lines, reads_tables=True),
    Check(signing),
    Check(key_backup),
    Check(trust),
    Check(accounts, reads_tables=True),
)
"""In the order of the report. The database comes before all that reads it."""


def examine(now: datetime) -> Sequence[Finding]:
    """Run every check and return what was found, in a fixed order."""
    found: list[Finding] = []
    can_read = True
    for check in CHECKS:
        if check.reads_tables and not can_read:
            continue  # it would only repeat, less clearly, what was said already
        try:
            told = check.look(now)
        except Exception as trouble:
            can_read = can_read and check.look is not database
            found.append(_failed(check, trouble))
            continue
        found += [Finding(check.name, *one) for one in told]
        if check.look is migrations and any(level is Level.BAD for level, *_rest in told):
            can_read = False
    return found


def _failed(check: Check, trouble: Exception) -> Finding:
    first = (str(trouble).strip().splitlines() or [""])[0]
    words = say("This check failed: {kind}: {detail}").format(
        kind=type(trouble).__name__, detail=first
    )
    return Finding(check.name, Level.BAD, words, check.remedy())


__all__ = ["CHECKS", "Check", "Finding", "Level", "examine"]
