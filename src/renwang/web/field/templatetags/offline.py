"""What a page of the field door tells the script that keeps it for the hour without a network."""

from django.template import Library
from django.utils.translation import gettext as _

from renwang.base import journal

register = Library()


@register.simple_tag(name="shown_at")
def shown_at() -> int:
    """Say how fresh the page is: the number of the journal's last fact."""
    return journal.last_seq()


@register.simple_tag(name="field_words")
def field_words() -> dict[str, str]:
    """Return every sentence that the field door's script may show; `_one` is for a single thing."""
    return {
        "line_sent": _("All sent · {time}"),
        "line_away": _("No network since {time} · nothing waits"),
        "line_waits": _("{n} kept on this phone, sent when there is a network"),
        "line_waits_one": _("1 kept on this phone, sent when there is a network"),
        "line_refused": _("{n} refused: look"),
        "line_refused_one": _("1 refused: look"),
        "line_differs": _("{n} differ from what somebody else wrote: look"),
        "line_differs_one": _("1 differs from what somebody else wrote: look"),
        "line_signed_out": _("Signed out: sign in to send · {n} kept on this phone"),
        "kept": _("Kept on this phone. It is sent by itself when there is a network."),
        "kept_here": _("{act}: kept on this phone, not sent yet"),
        "kept_short": _("Kept on this phone, not sent yet"),
        "full": _(
            "Not kept: this phone has no room left. Delete something else on it and press again, "
            "or send at once if there is a network."
        ),
        "unsure": _(
            "The phone has not said whether it kept this. Look at what is kept before you press again."
        ),
        "send_plainly": _("Send at once"),
        "refused": _("The node did not take this. Look at what you wrote and send it again."),
        "differs": _("Somebody else has written something else here. Both stand side by side."),
        "again": _("Send again"),
        "again_anyway": _("Send all the same"),
        "correct": _("Put right and send"),
        "put_aside": _("Put aside"),
        "put_aside_ask": _(
            "It has not happened for the node, and is forgotten here. Put it aside?"
        ),
        "look": _("Look at both"),
        "state_waits": _("Waits for a network"),
        "state_taken": _("Sent to the node"),
        "state_refused": _("Not taken"),
        "state_differs": _("Differs"),
        "done_at": _("done {time}"),
        "answered_at": _("answered {time}"),
        "kept_at": _("kept {time}"),
        "contact": _("Last contact with the node: {time}"),
        "with_files": _("{n} photographs"),
        "with_files_one": _("1 photograph"),
        "others": _("{n} things wait here for somebody else; they are sent when he signs in."),
        "others_one": _("1 thing waits here for somebody else; it is sent when he signs in."),
        "no_deeds": _("Nothing waits. What you do is sent at once when there is a network."),
        "no_pages": _("No page is kept yet."),
        "setting_up": _("Fetching what you need …"),
        "not_set_up": _("This did not work. Try again where there is a network."),
        "set_up": _("This phone works without a network now."),
        "refreshed": _("Fetched. This phone has the newest."),
        "not_refreshed": _("The node cannot be reached now. What was kept stays."),
        "wipe_ask": _(
            "Pages, and what has not been sent, are forgotten on this phone. You stay signed in. Wipe it?"
        ),
    }
