"""Feeds that are watched: look when it is time, take in what is new, keep what went wrong.

The network is left to `alerts.looking` in a lane of its own; this side claims,
writes down, and offers the acts of whoever operates the node.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.alerts import cap
from renwang.alerts.listing import take_list
from renwang.alerts.looking import LOOK_FOR, Errand, Found, Look, look
from renwang.alerts.models import Alert, Feed, FeedEntry
from renwang.alerts.rules import AlertRefused, AlertState, Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.alerts.warnings_list import ListRead, ListRefused
from renwang.base import journal
from renwang.base.jobs import unclaimed
from renwang.base.paging import Page, page_of
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.outreach.channels.guarded import open_client
from renwang.outreach.channels.port import SendFailed
from renwang.outreach.lanes import Done, Lane
from renwang.outreach.rules import NoticeOvertaken
from renwang.outreach.services import NobodyThere

log = logging.getLogger(__name__)

BY = "node:feed"
THREADS = 8
LEASE = timedelta(seconds=LOOK_FOR + 60)
LONGEST_WAIT = timedelta(hours=1)
REMEMBER_FOR = timedelta(days=30)
SHORTEST, LONGEST = 10, 24 * 3600  # seconds between two looks
TRUSTED = (cap.Standing.VALID, cap.Standing.UNSIGNED)


class Refusal(StrEnum):
    """Why a feed cannot be watched like that."""

    NO_WEB_ADDRESS = "no-web-address"
    WATCHED_ALREADY = "watched-already"
    INTERVAL = "interval"
    NO_LABEL = "no-label"


SENTENCES = {
    Refusal.NO_WEB_ADDRESS: _("Give an address that begins with http:// or https://."),
    Refusal.WATCHED_ALREADY: _("This address is watched already."),
    Refusal.INTERVAL: _("Look at most every 10 seconds and at least once a day."),
    Refusal.NO_LABEL: _("Give the feed a name that people will recognise."),
}


class FeedRefused(Exception):
    """A feed cannot be watched like that; `sentence` says why to a person."""

    def __init__(self, refusal: Refusal):
        super().__init__(refusal.value)
        self.refusal = refusal

    @property
    def sentence(self) -> str:
        """Why, in the language of the moment."""
        return str(SENTENCES[self.refusal])


# --- what an operator does ----------------------------------------------------


def visible_to(viewer: reach.Viewer) -> QuerySet[Feed]:
    """Return the feeds that a viewer operates."""
    return Feed.objects.filter(viewer.scope("node.operate")).order_by("label", "id")


def list_feeds(
    viewer: reach.Viewer,
    *,
    text: str = "",
    state: str = "",
    order: tuple[str, ...] = ("label",),
    cursor: str = "",
    size: int = 50,
) -> Page[Feed]:
    """List the feeds that a viewer operates; `state` is "trouble", "stopped" or nothing."""
    found = visible_to(viewer)
    if text:
        found = found.filter(Q(label__icontains=text) | Q(url__icontains=text))
    if state == "trouble":
        found = found.filter(is_active=True).exclude(trouble="")
    elif state == "stopped":
        found = found.filter(is_active=False)
    return page_of(found, order, cursor=cursor, size=size)


def last_entries(feed: Feed, limit: int = 20) -> list[FeedEntry]:
    """Give what a feed brought last, with what was wrong with it."""
    brought = feed.entries.select_related("alert").defer("alert__original")
    return list(brought.order_by("-seen_at")[:limit])


@transaction.atomic
def add_feed(
    *, label: str, url: str, unit: Unit, every: int, relays: bool, by: reach.Viewer, now: datetime
) -> Feed:
    """Watch a feed for a unit, from now on.

    With `relays`, what comes in is carried down from the unit without asking
    anybody; only of a feed whose every warning may go out should that be said.
    """
    reach.require(by, "node.operate", at=unit.path)
    label, url = _checked(label, url, every)
    if Feed.objects.filter(url=url).exists():
        raise FeedRefused(Refusal.WATCHED_ALREADY)
    feed = Feed.objects.create(
        id=uuid7(now),
        label=label,
        url=url,
        unit_id=unit.pk,
        path=unit.path,
        every=every,
        relays=relays,
        due_at=now,
    )
    _record("alerts.feed_added", feed, by=by, now=now)
    return feed


@transaction.atomic
def change_feed(
    feed_id: UUID,
    *,
    label: str,
    url: str,
    every: int,
    relays: bool,
    by: reach.Viewer,
    now: datetime,
) -> Feed:
    """Change how a feed is watched; it is looked at anew at once, and again if it had been stopped."""
    feed = Feed.objects.get(pk=feed_id)
    reach.require(by, "node.operate", at=feed.path)
    label, url = _checked(label, url, every)
    if Feed.objects.filter(url=url).exclude(pk=feed_id).exists():
        raise FeedRefused(Refusal.WATCHED_ALREADY)
    if url != feed.url:
        feed.etag = feed.modified = ""
    feed.label, feed.url, feed.every, feed.relays = label, url, every, relays
    feed.is_active, feed.failures, feed.trouble = True, 0, ""
    feed.due_at, feed.claimed_until = now, None
    feed.save()
    _record("alerts.feed_changed", feed, by=by, now=now)
    return feed


@transaction.atomic
def stop_feed(feed_id: UUID, *, by: reach.Viewer, now: datetime) -> Feed:
    """Watch a feed no longer. What it brought stays."""
    feed = Feed.objects.get(pk=feed_id)
    reach.require(by, "node.operate", at=feed.path)
    if feed.is_active:
        feed.is_active, feed.claimed_until = False, None
        feed.save(update_fields=["is_active", "claimed_until"])
        _record("alerts.feed_stopped", feed, by=by, now=now)
    return feed


@transaction.atomic
def look_now(feed_id: UUID, *, by: reach.Viewer, now: datetime) -> Feed:
    """Have a feed looked at within a moment, whatever its interval."""
    feed = Feed.objects.get(pk=feed_id)
    reach.require(by, "node.operate", at=feed.path)
    if feed.is_active:
        feed.due_at = now
        feed.save(update_fields=["due_at"])
        _record("alerts.feed_hurried", feed, by=by, now=now)
    return feed


def _checked(label: str, url: str, every: int) -> tuple[str, str]:
    label, url = label.strip(), url.strip()
    if not label or len(label) > 120:
        raise FeedRefused(Refusal.NO_LABEL)
    if not _is_web_address(url) or len(url) > 500:
        raise FeedRefused(Refusal.NO_WEB_ADDRESS)
    if not SHORTEST <= every <= LONGEST:
        raise FeedRefused(Refusal.INTERVAL)
    return label, url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _record(verb: str, feed: Feed, *, by: Any, now: datetime) -> None:
    facts = {"label": feed.label, "every": feed.every, "relays": feed.relays}
    journal.record(verb, feed, by=by, at=now, url=_without_secrets(feed.url), **facts)


def _without_secrets(url: str) -> str:
    """Leave out what may be a key: the journal is read by many and kept for ever."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


# --- what the node does -------------------------------------------------------


def next_look(every: int, failures: int, at: datetime) -> datetime:
    """Say when a feed is looked at again: after its interval, and twice as long after each failure, up to an hour."""
    wait = timedelta(seconds=every) * 2 ** min(failures, 12)
    return at + (min(wait, max(LONGEST_WAIT, timedelta(seconds=every))))


class Watcher:
    """The lane of one process in which feeds are looked at."""

    def __init__(self, *, private: bool, threads: int = THREADS):
        """`private` says whether feeds on private networks may be asked."""
        client = open_client(private=private)
        self._lane: Lane[Errand, Look] = Lane(
            "feeds", lambda one: look(one, client), threads=threads
        )

    def step(self, now: datetime, clock: Callable[[], datetime]) -> int:
        """Write down what came back and send out for what is due; return how many feeds that was."""
        done = self._lane.collect()
        for one in done:
            write_down(one, clock())
        self._lane.give_up(now, LEASE)  # their claims run out by themselves
        errands = claim_feeds(now, self._lane.free)
        for errand in errands:
            self._lane.put((errand.feed_id, errand.lease), errand, now)
        return len(done) + len(errands)

    def wait(self, clock: Callable[[], datetime], seconds: float) -> int:
        """Wait up to so many seconds for each next feed that is being looked at, and write it down."""
        moved = 0
        while self._lane.busy and (done := self._lane.collect(wait=seconds)):
            for one in done:
                write_down(one, clock())
            moved += len(done)
        return moved


def claim_feeds(now: datetime, limit: int) -> list[Errand]:
    """Claim feeds that are due; one that another process has is left to it until its claim runs out."""
    free = unclaimed(now, LEASE)
    # Nobody waits longer than a day for the next look: what seems to is from before the clock was put back.
    is_time = Q(due_at__lte=now) | Q(due_at__gt=now + timedelta(seconds=LONGEST) + LEASE)
    due = Feed.objects.filter(free, is_time, is_active=True).order_by("due_at")
    lease = now + LEASE
    errands = []
    for feed in due[:limit]:
        if Feed.objects.filter(free, pk=feed.pk, is_active=True).update(claimed_until=lease):
            known = frozenset(feed.entries.values_list("key", flat=True))
            errands.append(Errand(feed.pk, feed.url, feed.etag, feed.modified, known, lease))
    return errands


def write_down(done: Done[Errand, Look], at: datetime) -> None:
    """Take in what a look brought; what goes wrong is kept with the feed and harms no other."""
    errand = done.item
    feed = Feed.objects.filter(pk=errand.feed_id, url=errand.url, is_active=True).first()
    if feed is None or feed.claimed_until != errand.lease:
        return  # stopped or changed meanwhile, or another process has it now
    if done.error is not None or done.result is None:
        _note_failure(feed, _named(done.error), at)
        return
    brought = done.result
    for found in brought.found:
        _take_in(feed, found, at)
    changes: dict[str, Any] = {
        "claimed_until": None,
        "looked_at": at,
        "worked_at": at,
        "failures": 0,
        "trouble": brought.trouble,
        "due_at": next_look(feed.every, 0, at) if brought.is_whole else at,
    }
    if not brought.is_unchanged:
        changes |= {"etag": brought.etag, "modified": brought.modified}
    # Somebody may have asked for a look meanwhile; his wish is not pushed back.
    Feed.objects.filter(pk=feed.pk, claimed_until=errand.lease).update(**changes)


def _note_failure(feed: Feed, trouble: str, at: datetime) -> None:
    failures = feed.failures + 1
    Feed.objects.filter(pk=feed.pk).update(
        claimed_until=None,
        looked_at=at,
        failures=failures,
        trouble=trouble[:300],
        due_at=next_look(feed.every, failures, at),
    )


def _named(error: BaseException | None) -> str:
    if isinstance(error, SendFailed | cap.CapRefused | ListRefused):
        return str(error)
    log.error("looking at a feed broke", extra={"error": type(error).__name__})
    return type(error).__name__


def _take_in(feed: Feed, found: Found, at: datetime) -> None:
    """Take in one entry and remember it; a kill between the two only means that it is taken in again."""
    if found.listed is not None:
        _take_list(feed, found.key, found.listed, at)
        return
    alert, trouble = None, found.trouble
    if found.data is not None:
        try:
            alert = receive_alert(found.data, Source.FEED, by=BY, now=at)
        except (cap.CapRefused, AlertRefused) as refused:
            trouble = str(refused) or type(refused).__name__
        except (OperationalError, InterfaceError):
            raise  # the database is away: what is not remembered comes in with the next look
        except Exception as error:
            # A warning that our own code stumbles over must not hide the next one.
            log.exception("a warning from a feed broke")
            trouble = type(error).__name__
    if alert is not None and feed.relays:
        trouble = _relay(feed, alert, at)
    FeedEntry.objects.update_or_create(
        feed=feed, key=found.key, defaults={"alert": alert, "trouble": trouble[:300], "seen_at": at}
    )


def _take_list(feed: Feed, key: str, listed: ListRead, at: datetime) -> None:
    """Take in a list of what is in force, all of it or nothing, and carry on what is new in it."""
    trouble, last = "", None
    try:
        with transaction.atomic():
            source = urlsplit(feed.url).hostname or feed.label
            taken = take_list(listed, source=source, by=BY, now=at)
            told = [_relay(feed, alert, at) for alert in taken.alerts] if feed.relays else []
        last = taken.alerts[-1] if taken.alerts else None
        if taken.unreadable:
            trouble = f"unreadable rows: {len(taken.unreadable)}, first {taken.unreadable[0]}"
        trouble = next((why for why in told if why), trouble)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("a list of warnings from a feed broke")
        trouble = type(error).__name__
    FeedEntry.objects.update_or_create(
        feed=feed, key=key, defaults={"alert": last, "trouble": trouble[:300], "seen_at": at}
    )


def _relay(feed: Feed, alert: Alert, at: datetime) -> str:
    """Carry a warning down from the feed's unit without asking; return why not where it is refused.

    What is here already was decided about. A signature that does not hold
    leaves the decision to a person.
    """
    if alert.state != AlertState.RECEIVED or alert.signature not in TRUSTED:
        return ""
    try:
        relay_alert(alert.pk, Unit.objects.get(pk=feed.unit_id), by=BY, now=at)
    except (AlertRefused, NobodyThere, NoticeOvertaken, Unit.DoesNotExist) as refused:
        return type(refused).__name__
    return ""


def forget_entries(now: datetime) -> int:
    """Forget entries that were seen long ago; say how many. One that still stands in its feed is only looked at anew."""
    return FeedEntry.objects.filter(seen_at__lt=now - REMEMBER_FOR).delete()[0]


_watchers: dict[int, Watcher] = {}


def watch_feeds(now: datetime, clock: Callable[[], datetime]) -> int:
    """Look at the feeds that are due; return how many moved. Never waits for a network."""
    key = os.getpid()
    if key not in _watchers:
        _watchers[key] = Watcher(private=bool(settings.RENWANG_PRIVATE_ADDRESSES))
    return _watchers[key].step(now, clock)
