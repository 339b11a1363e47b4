"""The facts about sharing by agreement: who agreed on what, who ended it, who looked at what through it."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "sharing.proposed": _(
            "{actor} proposed the sharing agreement {subject}: {giver} → {taker}"
        ),
        "sharing.approved": _("{actor} approved the sharing agreement {subject}; it holds"),
        "sharing.declined": _("{actor} declined the sharing agreement {subject}: {reason}"),
        "sharing.ended": _("{actor} ended the sharing agreement {subject}: {reason}"),
        "sharing.looked": _("{actor} looked at the case {subject} through the agreement {sharing}"),
        "sharing.noted": _("{actor} wrote a note to the case {subject} through {sharing}"),
        "sharing.handed": _("{actor} handed a part of the case {subject} to {taker}: {part}"),
        "sharing.contact_passed": _(
            "{actor} let {taker} read how the reporter of {subject} can be reached, with his consent"
        ),
        "sharing.contact_read": _(
            "{actor} read through {sharing} how the reporter of {subject} can be reached"
        ),
    }
)
