"""What the shell writes into the journal."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "ops.sessions_ended": journal.Counted(
            _("{actor} ended {count} session of {person}"),
            _("{actor} ended {count} sessions of {person}"),
        ),
        "ops.identity_forgotten": _("{actor} let {person} be joined anew to the provider"),
        "ops.restored": _("{actor} restored the node from a backup of {made_at}"),
    }
)
