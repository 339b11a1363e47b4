"""The facts that response records."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "response.rehearsal_started": _("{actor} started the rehearsal {subject} in {unit}"),
        "response.rehearsal_stopped": _("{actor} stopped the rehearsal {subject}"),
        "response.rehearsal_ended": _("The rehearsal {subject} was played to its end"),
    }
)
