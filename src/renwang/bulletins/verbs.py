"""The facts that bulletins record."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "bulletins.drafted": _("{actor} drafted the bulletin {subject}: {title}"),
        "bulletins.edited": _("{actor} changed the draft {subject}"),
        "bulletins.submitted": _("{actor} handed in the bulletin {subject} for approval"),
        "bulletins.returned": _("{actor} handed back the bulletin {subject}: {reason}"),
        "bulletins.approved": _("{actor} approved the bulletin {subject}"),
        "bulletins.published": _("{actor} published the bulletin {subject}: {title}"),
        "bulletins.told": _("{actor} had the chain told of the bulletin {subject} by {notice}"),
        "bulletins.corrected": _("The bulletin {subject} was corrected by {through}: {reason}"),
        "bulletins.withdrawn": _("{actor} took back the bulletin {subject}: {reason}"),
        "bulletins.expired": _("The time of the bulletin {subject} is over"),
        "bulletins.discarded": _("{actor} discarded the draft {subject}"),
        "bulletins.asked": _("{actor} asked the question {subject}"),
        "bulletins.answered": _("{actor} answered the question {subject}"),
        "bulletins.postponed": _(
            "{actor} said of the question {subject} that it is not known yet; next word at {next_word_at}"
        ),
        "bulletins.answer_published": _("{actor} published the answer to {subject}: {title}"),
        "bulletins.answer_corrected": _("{actor} corrected the answer to {subject}: {reason}"),
        "bulletins.answer_retracted": _(
            "{actor} no longer shows the answer to {subject} to everybody: {reason}"
        ),
        "bulletins.merged": _("{actor} merged the question {subject} into {into}"),
        "bulletins.unmerged": _("{actor} took the question {subject} out of {into} again"),
        "bulletins.set_aside": _("{actor} put the question {subject} aside: {reason}"),
        "bulletins.taken_up": _("{actor} took up the question {subject} again"),
        "bulletins.judged": _("Whoever asked {subject} says whether it was answered: {helped}"),
        "bulletins.overdue": _(
            "The word promised for {subject} is overdue; it climbs to rung {rung}"
        ),
        "bulletins.contact_seen": _("{actor} looked at how to reach whoever asked {subject}"),
        "bulletins.contacts_erased": journal.Counted(
            _("{actor} erased {number} contact whose time was over"),
            _("{actor} erased {number} contacts whose time was over"),
            "number",
        ),
        "bulletins.words_erased": journal.Counted(
            _("{actor} erased the words of {number} question whose time was over"),
            _("{actor} erased the words of {number} questions whose time was over"),
            "number",
        ),
        "bulletins.place_set": _("{actor} set what {subject} tells everybody about itself"),
    }
)
