"""Posts that were founded, or came into a place, after a notice began there: they are called as well."""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.fields import below
from renwang.chain.models import Route
from renwang.outreach.attempts import running_notices, terms_of
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import CallState, NoticeState, Order
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.choosing import choose_first, just_asked
from renwang.outreach.services.sharing import find_shared
from renwang.outreach.services.starting import insert_calls
from renwang.outreach.services.tallying import recount_notice, take_turn
from renwang.outreach.setwise import adapt, in_chunks

_CALL = Call._meta.db_table


def include_new_posts(now: datetime, *, by: Any = "node:outreach") -> int:
    """Call every post in the places of a live notice that has no call in it yet; say how many there were.

    A post below one that still has to carry on waits for it like its brothers.
    """
    running = running_notices(now, None).exclude(places=[]).order_by("pk")
    return sum(_include(pk, now, by) for pk in running.values_list("pk", flat=True))


@transaction.atomic
def _include(notice_id: UUID, now: datetime, by: Any) -> int:
    notice = take_turn(notice_id)
    if notice.state != NoticeState.STARTED:
        return 0
    known = set(Call.objects.filter(notice=notice).values_list("pk", flat=True).order_by("-pk")[:1])
    last = max(known, default=0)
    added = _insert_missing(notice, now)
    if not added:
        return 0
    calls = list(
        Call.objects.filter(notice=notice, pk__gt=last).values_list(
            "pk", "post_id", "parent_path", "person_id"
        )
    )
    parents = sorted({parent for _, _, parent, _ in calls if parent})
    _tell_parents(notice, parents)
    if notice.order == Order.CASCADE:
        ask_below(notice, _done(notice, parents), now=now)
    choose_first(notice, just_asked(notice, now).filter(pk__gt=last), now=now)
    find_shared(notice, {person for _, _, _, person in calls if person is not None})
    if notice.is_counted:
        recount_notice(notice)
    journal.record(
        "outreach.posts_added",
        notice,
        by=by,
        at=now,
        drill=notice.drill,
        count=added,
        items=[[pk, post_id] for pk, post_id, _, _ in calls],
    )
    return added


def _insert_missing(notice: Notice, now: datetime) -> int:
    key = adapt(Call._meta.get_field("notice"), notice.pk)
    new = f"NOT EXISTS (SELECT 1 FROM {_CALL} h WHERE h.notice_id = %s AND h.post_id = r.post_id)"
    added = 0
    for some in in_chunks(notice.places, 300):
        inside = " OR ".join("(r.path >= %s AND r.path < %s)" for _ in some)
        bounds = [bound for place in some for bound in (place, below(place))]
        where, values = f"{new} AND ({inside})", [key, *bounds]
        added += insert_calls(notice, notice.path, where, values, terms_of(notice), now)
    return added


def _tell_parents(notice: Notice, parents: Sequence[str]) -> None:
    """Let the posts above know that somebody hangs on them, and what they still carry to themselves."""
    for some in in_chunks(parents):
        shares = dict(Route.objects.filter(path__in=some, rung=0).values_list("path", "households"))
        above = Call.objects.filter(notice=notice, path__in=some, is_leaf=True)
        for call in above.only("pk", "path", "households"):
            households = shares.get(call.path, call.households)
            Call.objects.filter(pk=call.pk).update(is_leaf=False, households=households)


def _done(notice: Notice, parents: Sequence[str]) -> list[str]:
    """Those of the posts above after which the level below is asked already."""
    done: list[str] = []
    for some in in_chunks(parents):
        above = Call.objects.filter(
            notice=notice, path__in=some, state__in=[CallState.CARRIED, CallState.SILENT]
        )
        done += above.values_list("path", flat=True)
    return done
