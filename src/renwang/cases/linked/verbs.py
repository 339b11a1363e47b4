"""The facts about linked systems. None holds what somebody said, or how he can be reached."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "linked.added": _("{actor} linked the system {subject}"),
        "linked.changed": _("{actor} changed how the system {subject} is linked"),
        "linked.mapped": _("{actor} said which services of {subject} are which kinds"),
        "linked.paused": _("{actor} stopped the exchange with {subject}"),
        "linked.resumed": _("{actor} let the exchange with {subject} go on"),
        "linked.hurried": _("{actor} had the system {subject} visited at once"),
        "linked.taken": _("{number} cases came in from the system {subject}"),
        "linked.sent": _("The case {subject} arrived at {system} as {number}"),
        "linked.refused": _("The system {system} did not take the case {subject}"),
        "linked.consented": _(
            "{actor} sent on how the reporter of {subject} can be reached, with his consent, to {system}"
        ),
        "linked.told": _("{actor} told {system} more about the case {subject}"),
        "linked.status": _("{system} says of the case {subject}: {status}"),
        "linked.given_up": _("{actor} waits no longer for {system} about the case {subject}"),
        "linked.heard": _("Another system told more about the case {subject}"),
    }
)
