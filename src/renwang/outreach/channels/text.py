"""What surrounds the signed words in plain text, in the language of the message.

The words of a warning are never cut and never translated; only what stands
around them is written here, in the two languages that every message may need.
"""

from django.utils.translation import gettext as _
from django.utils.translation import override

from renwang.outreach.channels.port import Outgoing


def language_of(outgoing: Outgoing) -> str:
    """Choose the language of what surrounds the words: Chinese unless the message says English."""
    return "en" if outgoing.language.lower().startswith("en") else "zh-hans"


def note_line(outgoing: Outgoing) -> str:
    """Mark the local note as such, so that nobody takes it for the signed words."""
    with override(language_of(outgoing)):
        return _("Local note (not part of the warning): %(note)s") % {"note": outgoing.note}


def posts_line(outgoing: Outgoing) -> str:
    """Name all posts of the person for which this is meant; one answer counts for all of them."""
    with override(language_of(outgoing)):
        return _("For all your posts: %(posts)s. One answer counts for all.") % {
            "posts": (" · ").join(outgoing.posts)
        }


def reply_line(outgoing: Outgoing) -> str:
    """Say where to answer."""
    with override(language_of(outgoing)):
        return _("Please answer here: %(link)s") % {"link": outgoing.link}


def sms_reply_line(outgoing: Outgoing) -> str:
    """Say how to answer by text message."""
    with override(language_of(outgoing)):
        return _("Reply 1 %(code)s: received. Reply 2 %(code)s: passed on.") % {
            "code": outgoing.code
        }


def full_text(outgoing: Outgoing, *, replies: bool) -> str:
    """Compose the whole message as plain text; nothing in it is said twice."""
    parts = [outgoing.said]
    if outgoing.note:
        parts.append(note_line(outgoing))
    if outgoing.posts:
        parts.append(posts_line(outgoing))
    if not outgoing.asks:
        return "\n".join(parts)
    if replies:
        parts.append(sms_reply_line(outgoing))
    elif outgoing.link:
        parts.append(reply_line(outgoing))
    return "\n".join(parts)


def link_text(outgoing: Outgoing, *, replies: bool) -> str:
    """Compose what goes out when the words are too long: the title and where the words stand in full."""
    with override(language_of(outgoing)):
        where = _("Full text: %(link)s") % {"link": outgoing.link}
    parts = [outgoing.heading, where]
    if outgoing.posts:
        parts.append(posts_line(outgoing))
    if replies:
        parts.append(sms_reply_line(outgoing))
    return "\n".join(parts)
