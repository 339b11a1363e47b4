"""The facts about cases. None holds what the reporter said, or who he is: a fact can never be erased."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "cases.reported": _("The case {subject} came in"),
        "cases.screened": _("{actor} looked at the case {subject}"),
        "cases.accepted": _("{actor} accepted the case {subject}"),
        "cases.assigned": _("{actor} gave the case {subject} to {to}"),
        "cases.taken": _("{actor} took the case {subject} in hand"),
        "cases.asked": _("{actor} asked the reporter of {subject} something"),
        "cases.postponed": _("{actor} lets the case {subject} wait until {until}"),
        "cases.resumed": _("The case {subject} goes on"),
        "cases.referred": _("{actor} asked {to} about the case {subject}"),
        "cases.replied": _("{actor} answered what was asked about the case {subject}"),
        "cases.returned": _("{actor} returned the case {subject}: {verdict}"),
        "cases.arbitrated": _("{actor} decided that the case {subject} is for {to}"),
        "cases.extended": _("{actor} put the answer to {subject} off until {due_at}"),
        "cases.answered": _("{actor} answered the case {subject}: {end}"),
        "cases.added": _("More was said about the case {subject}"),
        "cases.confirmed": _("The reporter confirmed the answer to {subject}"),
        "cases.rejected": _("The reporter rejected the answer to {subject}"),
        "cases.rung": _("{actor} rang the reporter of {subject} and did not reach him"),
        "cases.reopened": _("The case {subject} is open again, with {to}"),
        "cases.closed": _("The case {subject} is closed: {end}"),
        "cases.withdrawn": _("The reporter took the case {subject} back"),
        "cases.merged": _("{actor} merged the case {subject} into {into}"),
        "cases.unmerged": _("{actor} took the case {subject} apart again"),
        "cases.climbed": _(
            "Nobody at {silent} kept the time of the case {subject}; it went to {to}"
        ),
        "cases.noted": _("{actor} wrote a note beside the case {subject}"),
        "cases.masked": _("{actor} masked the words of {subject} for others: {reason}"),
        "cases.unmasked": _("{actor} no longer masks the words of {subject}"),
        "cases.spoken": _("A voice message was added to the case {subject}"),
        "cases.written_down": _("{actor} wrote down what the voice message of {subject} says"),
        "cases.photographed": _("{actor} added a photograph to the case {subject}"),
        "cases.code_renewed": _("{actor} gave the reporter of {subject} a new code"),
        "cases.contact_read": _("{actor} read how the reporter of {subject} can be reached"),
        "cases.parted": _("{actor} made {part} out of the case {subject}"),
        "cases.linked": _("{actor} put the case {subject} on the risk list as {risk}"),
        "cases.many": _("{actor} did the same to {count} cases at once: {act}"),
        "cases.many_undone": _("{actor} undid what was done to {count} cases at once: {act}"),
        "cases.erasure_asked": _("{actor} asked for early erasure of what is held about {subject}"),
        "cases.erasure_refused": _("{actor} refused the early erasure about {subject}"),
        "cases.erased_early": _("{actor} had erased early what was asked for about {subject}"),
        "cases.copy_taken": _("The reporter of {subject} took a copy of what is held about it"),
        "cases.told": _("The reporter of {subject} was told by text message"),
        "cases.untold": _("A message to the reporter of {subject} did not go out"),
        "cases.messages_agreed": _("The reporter of {subject} wants to be told by text message"),
        "cases.messages_declined": _("The reporter of {subject} wants no text messages"),
        "cases.messages_stopped": _("From a telephone came the wish for no more messages"),
        "cases.messages_started": _("From a telephone came the wish for messages again"),
        "cases.reporters_erased": _("{actor} erased how {number} reporters can be reached"),
        "cases.words_erased": _("{actor} erased the words of {number} cases whose time was over"),
        "cases.topics_found": _("Hot spots were looked for: {new} new, {joined} cases joined one"),
        "cases.topic_named": _("{actor} named the hot spot {subject}"),
        "cases.topic_merged": _("{actor} joined the hot spot {subject} with {into}"),
        "cases.topic_ended": _("{actor} ended the hot spot {subject}: {reason}"),
        "cases.topic_linked": _("{actor} linked the hot spot {subject} with the risk {risk}"),
        "cases.suggesting_switched": _("{actor} switched suggested kinds of cases: {reason}"),
        "cases.kinds_learned": _(
            "The node learned kinds from {chosen} cases: {right} of {tried} right, known words {words_right}"
        ),
        "cases.placards_printed": _("{actor} printed {number} placards, {new} of them new"),
        "cases.placard_retired": _("{actor} took the placard {subject} out of use: {reason}"),
        "cases.config_changed": _("{actor} changed {subject} of the cases: {reason}"),
    }
)
