"""Watch the feeds: look when it is time, take in what is new, keep what went wrong.

The network is left to `alerts.looking` in a lane of its own; this side claims
and writes down.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from renwang.alerts import cap
from renwang.alerts.feeds import LONGEST
from renwang.alerts.listing import count_held, take_list
from renwang.alerts.looking import LOOK_FOR, Errand, Found, Look, look
from renwang.alerts.models import Alert, Feed, FeedEntry
from renwang.alerts.reply_rules import Reason
from renwang.alerts.rules import AlertRefused, AlertState, Source, is_doubtful, may_believe
from renwang.alerts.services import receive_message, relay_alert
from renwang.alerts.services.replying import answer_otherwise
from renwang.alerts.warnings_list import ListRead, ListRefused
from renwang.base import journal
from renwang.base.jobs import unclaimed
from renwang.chain.models import Unit
from renwang.outreach.channels.guarded import client_when_needed
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
TRUSTED = (cap.Standing.VALID, cap.Standing.UNSIGNED)
EMPTY = "empty"  # the list came empty and is not believed yet


def next_look(every: int, failures: int, at: datetime) -> datetime:
    """Say when a feed is looked at again: after its interval, and twice as long after each failure, up to an hour."""
    wait = timedelta(seconds=every) * 2 ** min(failures, 12)
    return at + (min(wait, max(LONGEST_WAIT, timedelta(seconds=every))))


class Watcher:
    """The lane of one process in which feeds are looked at."""

    def __init__(self, *, private: bool, threads: int = THREADS):
        """`private` says whether feeds on private networks may be asked."""
        client = client_when_needed(private=private)
        self._lane: Lane[Errand, Look] = Lane(
            "feeds", lambda one: look(one, client()), threads=threads
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
    is_held = False
    for found in brought.found:
        if found.listed is not None:
            is_held = _hold_empty(feed, found.listed, at)
        if not is_held:
            _take_in(feed, found, at)
    changes: dict[str, Any] = {
        "claimed_until": None,
        "looked_at": at,
        "worked_at": at,
        "failures": 0,
        "trouble": EMPTY if is_held else brought.trouble,
        "due_at": next_look(feed.every, 0, at) if brought.is_whole else at,
    }
    if is_held:
        changes |= {"etag": "", "modified": ""}  # so that the server gives it once more
    elif not brought.is_unchanged:
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
    taken, trouble = None, found.trouble
    if found.data is not None:
        try:
            taken = receive_message(found.data, Source.FEED, by=BY, now=at, feed=feed)
        except (cap.CapRefused, AlertRefused) as refused:
            trouble = str(refused) or type(refused).__name__
        except (OperationalError, InterfaceError):
            raise  # the database is away: what is not remembered comes in with the next look
        except Exception as error:
            # A warning that our own code stumbles over must not hide the next one.
            log.exception("a warning from a feed broke")
            trouble = type(error).__name__
    alert = taken if isinstance(taken, Alert) else None
    if alert is not None and feed.relays:
        trouble = _relay(feed, alert, at)
    FeedEntry.objects.update_or_create(
        feed=feed, key=found.key, defaults={"alert": alert, "trouble": trouble[:300], "seen_at": at}
    )


def _hold_empty(feed: Feed, listed: ListRead, at: datetime) -> bool:
    """Hold back a list that came empty where it would lift warnings; say whether it is held.

    It is believed when a person says so, or when it is still empty some
    minutes later. Any row in it ends the doubt.
    """
    holds = 0 if listed.changes or listed.warnings else count_held(_source_of(feed), now=at)
    every = timedelta(seconds=feed.every)
    if not is_doubtful(len(listed.warnings), holds) or may_believe(
        feed.empty_since, at, confirmed=feed.empty_believed, every=every
    ):
        if feed.empty_since is not None:
            Feed.objects.filter(pk=feed.pk).update(
                empty_since=None, empty_holds=0, empty_believed=False
            )
        return False
    since = feed.empty_since or at
    Feed.objects.filter(pk=feed.pk).update(empty_since=since, empty_holds=holds)
    if feed.empty_since is None:
        with transaction.atomic():
            journal.record(
                "alerts.feed_came_empty", feed, by=BY, at=at, label=feed.label, count=holds
            )
    return True


def _source_of(feed: Feed) -> str:
    return urlsplit(feed.url).hostname or feed.label


def _take_list(feed: Feed, key: str, listed: ListRead, at: datetime) -> None:
    """Take in a list of what is in force, all of it or nothing, and carry on what is new in it."""
    trouble, last = "", None
    try:
        with transaction.atomic():
            taken = take_list(listed, source=_source_of(feed), by=BY, now=at)
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
        if isinstance(refused, NobodyThere):
            with transaction.atomic():
                answer_otherwise(alert, Reason.NOBODY_THERE, now=at)
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
