"""The facts that the risk list records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "risks.found": _("{actor} found the risk {subject}: {title}"),
        "risks.noted": _("{actor} wrote a note to the risk {subject}: {words}"),
        "risks.photographed": _("{actor} added a photograph to the risk {subject}"),
        "risks.photo_removed": _("{actor} removed a photograph of the risk {subject}: {reason}"),
        "risks.judged": _("{actor} judged the risk {subject}: {level} ({reason})"),
        "risks.dismissed": _("{actor} found that {subject} is no risk: {reason}"),
        "risks.accepted": _("{actor} accepted the risk {subject} until {until}: {reason}"),
        "risks.acceptance_ended": _("The acceptance of the risk {subject} has run out"),
        "risks.measure_planned": _("{actor} planned for the risk {subject}: {words}, due {due_on}"),
        "risks.measure_done": _("{actor} did what was planned for the risk {subject}: {evidence}"),
        "risks.measure_dropped": _("{actor} gave up a measure of the risk {subject}: {reason}"),
        "risks.rectified": _("{actor} said that the risk {subject} is mended: {words}"),
        "risks.confirmed": _("{actor} checked the risk {subject}: it is mended"),
        "risks.sent_back": _("{actor} checked the risk {subject}: it is not mended: {words}"),
        "risks.reopened": _("{actor} opened the risk {subject} again: {reason}"),
        "risks.referred": _("{actor} referred the risk {subject} to {to}: {question}"),
        "risks.answered": _("{actor} answered about the risk {subject}: {answer}"),
        "risks.withdrawn": _("{actor} took the question about {subject} back: {reason}"),
        "risks.climbed": _("Nobody at {silent} saw to the risk {subject} in time; it went to {to}"),
        "risks.surveyed": _("{actor} recorded the survey {subject}: {title}"),
        "risks.scale_changed": _("{actor} changed the scale of risks: {reason}"),
    }
)
