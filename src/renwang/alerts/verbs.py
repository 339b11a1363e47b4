"""The facts that alerts record."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "alerts.received": _("{actor} received the warning {subject}: {headline}"),
        "alerts.other_content": _(
            "{actor} brought other words under the name of the warning {subject}: {headline}"
        ),
        "alerts.relayed": _("{actor} relayed the warning {alert}: {headline}"),
        "alerts.superseded": _("The warning {subject} was replaced by {through}"),
        "alerts.cancelled": _("The warning {subject} was cancelled by {through}"),
        "alerts.expired": _("The time of the warning {subject} is over"),
        "alerts.units_chosen": _("{actor} chose where the warning {subject} applies: {units}"),
        "alerts.dismissed": _("{actor} put the warning {subject} aside: {reason}"),
        "alerts.feed_added": _("{actor} had the feed {label} watched"),
        "alerts.feed_changed": _("{actor} changed how the feed {label} is watched"),
        "alerts.feed_stopped": _("{actor} stopped watching the feed {label}"),
        "alerts.feed_hurried": _("{actor} had the feed {label} looked at now"),
        "alerts.feed_believed": _("{actor} said that the empty list of the feed {label} is right"),
        "alerts.feed_came_empty": journal.Counted(
            _("The list of the feed {label} came empty; {count} warning was not lifted"),
            _("The list of the feed {label} came empty; {count} warnings were not lifted"),
        ),
        "alerts.answered": _("{actor} answered {sender} about the warning {alert}: {msg_type}"),
        "alerts.answer_ended": _(
            "The answer to {sender} about the warning {alert} ended: {state} {trouble}"
        ),
        "alerts.answer_hurried": _("{actor} had the answer about the warning {alert} sent again"),
        "alerts.reply_received": _("{actor} received an answer of {sender}: {msg_type}"),
        "alerts.peer_added": _("{actor} entered the other node {label}"),
        "alerts.peer_changed": _("{actor} changed the other node {label}"),
        "alerts.peer_stopped": _("{actor} ended the exchange with the other node {label}"),
        "alerts.drafted": _("{actor} began the draft {subject}: {title}"),
        "alerts.draft_changed": _("{actor} changed the draft {subject}: {title}"),
        "alerts.draft_submitted": _("{actor} handed the draft {subject} to a second person"),
        "alerts.draft_returned": _("{actor} gave the draft {subject} back: {remark}"),
        "alerts.draft_approved": _("{actor} approved the draft {subject}: {title}"),
        "alerts.draft_dropped": _("{actor} put the draft {subject} away"),
        "alerts.issued": _("{actor} issued {subject} as {alert}: {title}"),
        "alerts.wording_changed": _(
            "{actor} changed what is said of {hazard} ({tier}, {language})"
        ),
        "alerts.term_set": _("{actor} set how long people get to answer the colour {subject}"),
    }
)
