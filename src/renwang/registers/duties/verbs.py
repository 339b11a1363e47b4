"""The facts that the duties list records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "duties.drafted": _("{actor} drafted the duty {subject}"),
        "duties.edited": _("{actor} changed the draft of the duty {subject}"),
        "duties.proposed": _("{actor} proposed the duty {subject}"),
        "duties.commented": _("{actor} said something about the duty {subject}: {words}"),
        "duties.objected": _("{actor} objected to the duty {subject}: {words}"),
        "duties.settled": _("{actor} settled an objection to the duty {subject}: {answer}"),
        "duties.returned": _("{actor} handed back the duty {subject}: {reason}"),
        "duties.approved": _("{actor} approved the duty {subject}; it holds from {held_from}"),
        "duties.taken_over": _("{actor} took over the duty {subject} from {document}"),
        "duties.superseded": _("The duty {subject} was superseded by {by_duty}"),
        "duties.withdrawn": _("{actor} ended the duty {subject}: {reason}"),
        "duties.expired": _("The duty {subject} has run out"),
        "duties.discarded": _("{actor} discarded the draft of the duty {subject}"),
        "duties.imported": _("{actor} brought in {created} duties and changed {changed}"),
        "duties.moved": _("{count} duties followed their places to where these lie now"),
    }
)
