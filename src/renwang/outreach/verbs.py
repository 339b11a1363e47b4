"""The facts that outreach records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "outreach.started": _("{actor} started {subject}: {calls} posts are called"),
        "outreach.climbed": _(
            "{actor} went on with {count} posts of {subject} that had not answered"
        ),
        "outreach.receipts": _("{count} receipts came in for {subject}"),
        "outreach.round_made": _("{actor} made a round with {subject}: {households} households"),
        "outreach.withdrawn": _("{actor} withdrew {subject}"),
        "outreach.withdrawn_in_part": _("{actor} replaced {subject} in one place: {calls} posts"),
        "outreach.finished": _("{subject} has ended: {carried} of {posts} posts carried it on"),
    }
)
