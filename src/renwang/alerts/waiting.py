"""What of drafts waits for a person, as outreach is told: the second hand, and never one of those that wrote it."""

from django.utils.translation import gettext_lazy as _

from renwang.alerts.drafts import Draft
from renwang.outreach.errand_rules import decision_term
from renwang.outreach.services import Waiting, in_every_language

DRAFT = "alerts.draft"
APPROVES = "alerts.approve"

_SAID = _("A draft waits for a second person: {title} ({ref})")


def waiting_draft(draft: Draft) -> Waiting:
    """Say that a draft was handed in. An exercise calls nobody outside the node."""
    return Waiting(
        kind=DRAFT,
        subject_id=draft.pk,
        ref=draft.ref,
        said=in_every_language(_SAID, title=draft.title, ref=draft.ref),
        path=draft.path,
        capability=APPROVES,
        term=decision_term(draft.colour),
        colour=draft.colour,
        not_by=[*draft.authors, draft.submitted_by],
        drill=draft.drill,
    )
