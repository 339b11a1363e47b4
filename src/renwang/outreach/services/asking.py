"""Ask the posts of the next level, once the level above has carried on or was passed by."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, DateTimeField, Q, Value, When

from renwang.outreach import attempts
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import BY_HAND, CallState, first_wait
from renwang.outreach.setwise import in_chunks


def ask_below(notice: Notice, parents: Sequence[str], *, now: datetime) -> int:
    """Ask every post that waits for one of these paths; return how many there were.

    Within the caller's turn at the notice. A post without anybody is due at once.
    """
    has_nobody = Q(person_id=None)
    first_due = now + first_wait(attempts.terms_of(notice))
    asked = 0
    for some in in_chunks(parents):
        waiting = Call.objects.filter(notice=notice, state=CallState.WAITING, parent_path__in=some)
        asked += waiting.update(
            state=CallState.ASKING,
            asked_at=now,
            turn_at=now,
            send_at=Case(
                When(has_nobody | Q(channel__in=BY_HAND), then=None),
                default=Value(now),
                output_field=DateTimeField(),
            ),
            due_at=Case(
                When(has_nobody, then=Value(now)),
                default=Value(first_due),
                output_field=DateTimeField(),
            ),
        )
    return asked
