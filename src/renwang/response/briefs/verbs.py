"""The facts about briefs. None holds their words."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "briefs.drafted": _("The brief {subject} was drafted from the data"),
        "briefs.edited": _("{actor} put the brief {subject} into other words"),
        "briefs.submitted": _("{actor} handed the brief {subject} in"),
        "briefs.returned": _("{actor} returned the brief {subject}: {reason}"),
        "briefs.approved": _("{actor} approved the brief {subject}; {readers} units read it"),
        "briefs.withdrawn": _("{actor} took the brief {subject} back: {reason}"),
        "briefs.discarded": _("{actor} discarded the brief {subject}"),
        "briefs.read": _("{actor} read the brief {subject} for {unit}"),
    }
)
