"""Ask the posts of the next level, once the level above has carried on or was passed by."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, QuerySet, Value, When

from renwang.chain.models import Route
from renwang.outreach import attempts
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import BY_HAND, CallState, first_wait
from renwang.outreach.services.choosing import choose_first, just_asked
from renwang.outreach.services.tallying import SUMS, Deltas
from renwang.outreach.setwise import in_chunks, update_rows

_VACANT = SUMS.index("vacant")


def ask_below(notice: Notice, parents: Sequence[str], *, now: datetime) -> int:
    """Ask every post that waits for one of these paths; return how many there were.

    Within the caller's turn at the notice. Asked is whoever comes first in the
    post today, and of those whoever is on duty. A post without anybody is due
    at once.
    """
    has_nobody = Q(person_id=None)
    first_due = now + first_wait(attempts.terms_of(notice))
    asked = 0
    for some in in_chunks(parents):
        waiting = Call.objects.filter(notice=notice, state=CallState.WAITING, parent_path__in=some)
        _turn_to_who_is_first_now(notice, waiting)
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
        here = just_asked(notice, now).filter(parent_path__in=some)
        choose_first(notice, here, now=now)
    return asked


def _turn_to_who_is_first_now(notice: Notice, waiting: QuerySet[Call]) -> None:
    """Follow what changed in the posts since the notice began: a new holder, another first contact, a closed post."""
    unchanged = Route.objects.filter(
        rung=0,
        post_id=OuterRef("post_id"),
        person_id=OuterRef("person_id"),
        contact_id=OuterRef("contact_id"),
    )
    columns = ("pk", "post_id", "person_id", "path", "parent_path", "is_leaf")
    changed = list(waiting.filter(~Exists(unchanged)).values_list(*columns))
    if not changed:
        return
    firsts: dict = {}
    for some in in_chunks([row[1] for row in changed]):
        firsts.update({one.post_id: one for one in Route.objects.filter(rung=0, post_id__in=some)})
    deltas = Deltas(notice)
    rows = []
    for key, post_id, person_id, path, parent_path, is_leaf in changed:
        first = firsts.get(post_id) or Route(channel="")
        rows.append(
            (key, first.person_id, first.contact_id, first.channel, first.rank, first.ladder)
        )
        vacant = (first.person_id is None) - (person_id is None)
        deltas.add(parent_path if is_leaf else path, [(_VACANT, vacant)])
    update_rows(Call, ("id",), ("person_id", "contact_id", "channel", "rank", "plan"), rows)
    deltas.write()
