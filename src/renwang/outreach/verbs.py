"""The facts that outreach records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.journal import Counted

journal.declare(
    {
        "outreach.started": Counted(
            _("{actor} started {subject}: {calls} post is called"),
            _("{actor} started {subject}: {calls} posts are called"),
            "calls",
        ),
        "outreach.climbed": Counted(
            _("{actor} went on with {count} post of {subject} that had not answered"),
            _("{actor} went on with {count} posts of {subject} that had not answered"),
        ),
        "outreach.receipts": Counted(
            _("{count} receipt came in for {subject}"),
            _("{count} receipts came in for {subject}"),
        ),
        "outreach.posts_added": Counted(
            _("{count} post that is new there was called for {subject}"),
            _("{count} posts that are new there were called for {subject}"),
        ),
        "outreach.messages_lost": Counted(
            _("The channel lost {count} message of {subject}; the next one is asked"),
            _("The channel lost {count} messages of {subject}; the next ones are asked"),
        ),
        "outreach.round_made": Counted(
            _("{actor} made a round with {subject}: {households} household"),
            _("{actor} made a round with {subject}: {households} households"),
            "households",
        ),
        "outreach.withdrawn": _("{actor} withdrew {subject}"),
        "outreach.withdrawn_in_part": _("{actor} replaced {subject} in one place: {calls} posts"),
        "outreach.other_words": _(
            "{actor} answered {subject} with words before him that were not the same"
        ),
        "outreach.rollcall_started": Counted(
            _("{actor} held a roll-call in {unit}: {contacts} contact"),
            _("{actor} held a roll-call in {unit}: {contacts} contacts"),
            "contacts",
        ),
        "outreach.rollcall_planned": _(
            "{actor} had a roll-call held in {unit} every {days} days at {time}"
        ),
        "outreach.rollcall_unplanned": _("{actor} ended the rhythm of roll-calls {subject}"),
        "outreach.rollcall_put_off": _(
            "The roll-call {subject} was put off: a warning is being carried down"
        ),
        "outreach.errand_asked": _("Waits for a person: {said}"),
        "outreach.errand_told": _("{person} was told that {subject} waits"),
        "outreach.errand_for_nobody": _("Nobody can be called for {subject}, which waits"),
        "outreach.errand_taken": _("{actor} sees to {subject}"),
        "outreach.errand_done": _("What waited is done: {subject}"),
        "outreach.errand_dropped": _("{subject} waits for nobody any more"),
        "outreach.contacts_to_mend": _(
            "{posts} posts were asked to mend {contacts} contacts after {subject}"
        ),
        "outreach.stalled": _("The auditor found that {subject} does not go on: {number} ({kind})"),
        "outreach.goes_on": _("{subject} goes on again ({kind})"),
        "outreach.finished": _("{subject} has ended: {carried} of {posts} posts carried it on"),
    }
)
