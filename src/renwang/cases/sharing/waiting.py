"""What of sharing waits for a person: an agreement waits for the yes of the other side."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import WAITS_FOR
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import Waiting, ask_errand, end_errand, in_every_language

APPROVAL = "sharing.approval"
SHARES = "cases.share"
_SAID = _("The sharing agreement {ref} waits for your side: {giver} → {taker}")


def call_other_side(sharing: Sharing, *, by: object, now: datetime) -> None:
    """Call whoever concludes agreements on the side that was asked; never the one who proposed it."""
    said = in_every_language(
        _SAID, ref=sharing.ref, giver=sharing.giver.name, taker=sharing.taker.name
    )
    waiting = Waiting(
        kind=APPROVAL, subject_id=sharing.pk, ref=sharing.ref, said=said,
        path=sharing.other_path, capability=SHARES, term=WAITS_FOR, not_by=[sharing.proposed_by],
    )  # fmt: skip
    ask_errand(waiting, by=by, now=now)


def settle_call(sharing: Sharing, *, by: object, now: datetime) -> None:
    """End what waited: somebody has said yes or no."""
    end_errand(APPROVAL, sharing.pk, by=by, now=now)


def drop_call(sharing: Sharing, *, by: object, now: datetime) -> None:
    """Call nobody any more: it was taken back."""
    end_errand(APPROVAL, sharing.pk, by=by, now=now, act=ErrandAct.DROP)
