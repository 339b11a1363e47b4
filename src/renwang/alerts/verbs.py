"""The facts that alerts record."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "alerts.received": _("{actor} received the warning {subject}: {headline}"),
        "alerts.relayed": _("{actor} relayed the warning {alert}: {headline}"),
        "alerts.superseded": _("The warning {subject} was replaced by {through}"),
        "alerts.cancelled": _("The warning {subject} was cancelled by {through}"),
        "alerts.expired": _("The time of the warning {subject} is over"),
        "alerts.dismissed": _("{actor} put the warning {subject} aside: {reason}"),
        "alerts.term_set": _("{actor} set how long people get to answer the colour {subject}"),
    }
)
