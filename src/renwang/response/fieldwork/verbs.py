"""The facts that field work without a network records: phones and decisions, never what stands in a form."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "fieldwork.phone_let_in": _("{actor} keeps pages on a phone: {name}"),
        "fieldwork.phone_ended": _("{actor} signed out on a phone; it wiped itself"),
        "fieldwork.phone_lost": _("{actor} called a phone lost: {name}"),
        "fieldwork.phone_wiped": _("A lost phone came back and was told to wipe itself: {name}"),
        "fieldwork.differed": _(
            "What {actor} did without a network at {subject} differs from what stands there"
        ),
        "fieldwork.held": _(
            "{actor} decided that what was sent later holds at {subject}: {reason}"
        ),
        "fieldwork.left": _("{actor} decided that what stands at {subject} holds: {reason}"),
        "fieldwork.lapsed": _(
            "Nobody decided in time about what differs at {subject}; what stands there holds"
        ),
    }
)
