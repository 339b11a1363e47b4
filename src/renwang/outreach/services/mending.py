"""Contacts that did not work become work for the post that keeps them; answering through one mends it (W5)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.chain.models import Contact, Post, Route
from renwang.outreach.errand_rules import TO_MEND, ErrandAct, ErrandState
from renwang.outreach.models import Call, Errand, Mending, Notice
from renwang.outreach.rules import BY_HAND
from renwang.outreach.services.errands import (
    BY,
    Waiting,
    ask_errands,
    end_row,
    in_every_language,
)
from renwang.outreach.setwise import in_chunks

TERM = timedelta(days=3)
"""Mending a number takes asking its owner; it is no alarm."""

SAID = _("Contacts that did not answer the roll-call: {number}. Ask whose they are and mend them.")


def ask_to_mend(notice: Notice, *, now: datetime) -> int:
    """Ask the posts that keep them to mend the contacts that a roll-call found silent; return how many posts.

    In the caller's transaction. A post that still has contacts to mend from an
    earlier roll-call gets one errand over all of them.
    """
    found = _by_mender(notice)
    if not found:
        return 0
    posts = dict(Post.objects.filter(pk__in=found).values_list("pk", "path"))
    for errand in Errand.objects.filter(
        kind=TO_MEND, subject_id__in=posts, state=ErrandState.OPEN
    ).order_by("pk"):
        left = Mending.objects.filter(errand=errand, mended_at=None)
        found[errand.subject_id] |= set(left.values_list("contact_id", flat=True))
        end_row(errand, by=BY, now=now, act=ErrandAct.DROP)
    waiting = [
        Waiting(
            kind=TO_MEND,
            subject_id=post,
            ref=notice.ref,
            said=in_every_language(SAID, number=len(found[post])),
            path=path,
            capability="",
            term=TERM,
            number=len(found[post]),
        )
        for post, path in sorted(posts.items(), key=lambda one: one[1])
    ]
    errands = ask_errands(waiting, now=now)
    Mending.objects.bulk_create(
        (
            Mending(errand=errand, contact_id=contact)
            for errand in errands
            for contact in sorted(found[errand.subject_id])
        ),
        batch_size=1000,
    )
    journal.record(
        "outreach.contacts_to_mend",
        notice,
        by=BY,
        at=now,
        posts=len(errands),
        contacts=sum(errand.number for errand in errands),
        items=[[errand.pk, errand.subject_id, errand.number] for errand in errands],
    )
    return len(errands)


def _by_mender(notice: Notice) -> dict[UUID, set[UUID]]:
    """Put the silent contacts under the post that answers above their owner's; his own at the very top."""
    silent = Call.objects.filter(notice=notice, understood_at=None).exclude(channel__in=BY_HAND)
    by_path: dict[str, set[UUID]] = defaultdict(set)
    for path, contact in silent.values_list("path", "contact_id"):
        if contact is not None:
            by_path[path].add(contact)
    above: dict[str, str] = {}
    for some in in_chunks(sorted(by_path)):
        firsts = Route.objects.filter(path__in=some, rung=0)
        above.update(firsts.values_list("path", "parent_path"))
    places = {path: above.get(path) or path for path in by_path}
    posts: dict[str, UUID] = {}
    for some in in_chunks(sorted(set(places.values()))):
        answering = Post.objects.filter(path__in=some, answers=True, ended_on=None)
        posts.update(answering.values_list("path", "pk"))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for path, contacts in by_path.items():
        post = posts.get(places[path])
        if post is not None:
            found[post] |= contacts
    return found


def note_mended(contacts: Collection[UUID], *, now: datetime) -> int:
    """Note in the caller's transaction which contacts work again; say how many errands that ends."""
    still_failed = Q(failed_at__isnull=False) & (
        Q(worked_at=None) | Q(worked_at__lt=F("failed_at"))
    )
    touched: set[UUID] = set()
    for some in in_chunks(sorted(contacts)):
        works = Contact.objects.filter(pk__in=some).exclude(still_failed).values("pk")
        open_ones = Mending.objects.filter(contact_id__in=works, mended_at=None)
        touched |= set(open_ones.values_list("errand_id", flat=True))
        open_ones.update(mended_at=now)
    return _settle(touched, now)


def note_given_up(*, now: datetime) -> int:
    """Leave out in the caller's transaction contacts that are no more, or whose person has left; say how many errands that ends."""
    kept = Contact.objects.filter(pk=OuterRef("contact_id"), person__is_active=True)
    gone = Mending.objects.filter(~Exists(kept), mended_at=None)
    touched = set(gone.values_list("errand_id", flat=True))
    if touched:
        gone.update(mended_at=now)
    return _settle(touched, now)


def _settle(touched: Collection[UUID], now: datetime) -> int:
    """End the errands with nothing left to mend, and count anew what is left of the others."""
    if not touched:
        return 0
    left = dict(
        Mending.objects.filter(errand__in=touched, mended_at=None)
        .order_by()
        .values_list("errand")
        .annotate(Count("pk"))
    )
    ended = 0
    for errand in Errand.objects.filter(pk__in=touched, state=ErrandState.OPEN).order_by("pk"):
        if errand.pk in left:
            Errand.objects.filter(pk=errand.pk).update(number=left[errand.pk])
        elif end_row(errand, by=BY, now=now, act=ErrandAct.SETTLE):
            ended += 1
    return ended
