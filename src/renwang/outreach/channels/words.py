"""What a trouble is called when a person reads it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from renwang.outreach.channels.port import Trouble

SENTENCES = {
    Trouble.NOT_CONFIGURED: gettext_lazy("This channel is not set up on this node."),
    Trouble.BAD_ADDRESS: gettext_lazy("The address is not valid. Correct it with the person."),
    Trouble.FORBIDDEN_ADDRESS: gettext_lazy(
        "The address leads into a private network, which this node may not send to."
    ),
    Trouble.TOO_LONG: gettext_lazy("The message is too long for this channel and is never cut."),
    Trouble.TURNED_AWAY: gettext_lazy("The other side refused the message."),
    Trouble.REDIRECTED: gettext_lazy("The address points elsewhere; redirects are not followed."),
    Trouble.NO_CONNECTION: gettext_lazy("No connection."),
    Trouble.TIMED_OUT: gettext_lazy("No answer in time."),
    Trouble.BROKEN_OFF: gettext_lazy("The connection broke off."),
    Trouble.BUSY: gettext_lazy("The other side is busy."),
    Trouble.BAD_ANSWER: gettext_lazy("The other side gave an answer that makes no sense."),
    Trouble.RESTING: gettext_lazy(
        "The channel failed several times and is left alone for a moment."
    ),
    Trouble.DRILL: gettext_lazy("An exercise never leaves the node."),
    Trouble.OVERTAKEN: gettext_lazy("The message was withdrawn or replaced before it went out."),
    Trouble.BROKEN_CHANNEL: gettext_lazy("The channel itself failed; the log says more."),
}


def say_trouble(kept: str) -> str:
    """Say in the reader's language what an attempt or a feed keeps as its trouble."""
    name, _colon, detail = kept.partition(": ")
    try:
        sentence = str(SENTENCES[Trouble(name)])
    except ValueError:
        return kept
    return (
        _("%(sentence)s (%(detail)s)") % {"sentence": sentence, "detail": detail}
        if detail
        else sentence
    )
