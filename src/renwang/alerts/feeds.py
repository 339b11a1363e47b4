"""Feeds that are watched: what whoever operates the node can do about them. The watching itself is `watching`."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.alerts.models import Feed, FeedEntry
from renwang.alerts.signing import has_key
from renwang.base import journal
from renwang.base.paging import Page, page_of
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Unit

SHORTEST, LONGEST = 10, 24 * 3600  # seconds between two looks


class Refusal(StrEnum):
    """Why a feed cannot be watched like that."""

    NO_WEB_ADDRESS = "no-web-address"
    WATCHED_ALREADY = "watched-already"
    INTERVAL = "interval"
    NO_LABEL = "no-label"
    NO_ANSWER_ADDRESS = "no-answer-address"
    NO_KEY = "no-key"


SENTENCES = {
    Refusal.NO_WEB_ADDRESS: _("Give an address that begins with http:// or https://."),
    Refusal.WATCHED_ALREADY: _("This address is watched already."),
    Refusal.INTERVAL: _("Look at most every 10 seconds and at least once a day."),
    Refusal.NO_LABEL: _("Give the feed a name that people will recognise."),
    Refusal.NO_ANSWER_ADDRESS: _(
        "The address for answers begins with http:// or https:// and has at most 500 characters."
    ),
    Refusal.NO_KEY: _(
        "This node has no key to sign its answers with. An operator makes one with: renwang cap key make"
    ),
}


class SetUpRefused(Exception):
    """What an operator sets up cannot be like that; `sentence` says why to a person."""

    sentences: ClassVar[Mapping[Any, object]]

    def __init__(self, refusal: StrEnum):
        super().__init__(refusal.value)
        self.refusal = refusal

    @property
    def sentence(self) -> str:
        """Why, in the language of the moment."""
        return str(self.sentences[self.refusal])


class FeedRefused(SetUpRefused):
    """A feed cannot be watched like that."""

    sentences = SENTENCES


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
    *,
    label: str,
    url: str,
    unit: Unit,
    every: int,
    relays: bool,
    by: reach.Viewer,
    now: datetime,
    answer_url: str = "",
    answer_key: str = "",
) -> Feed:
    """Watch a feed for a unit, from now on.

    With `relays`, what comes in is carried down from the unit without asking
    anybody; only of a feed whose every warning may go out should that be said.
    With `answer_url`, each message is answered there with what became of it;
    `answer_key` is what that node gave us to be let in with.
    """
    reach.require(by, "node.operate", at=unit.path)
    label, url = _checked(label, url, every)
    answer_url = answer_address(answer_url)
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
        answer_url=answer_url,
        answer_key=answer_key.strip() if answer_url else "",
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
    answer_url: str = "",
    answer_key: str = "",
) -> Feed:
    """Change how a feed is watched; it is looked at anew at once, and again if it had been stopped.

    Without an `answer_key` the one that is there stays, as long as its address does.
    """
    feed = Feed.objects.get(pk=feed_id)
    reach.require(by, "node.operate", at=feed.path)
    label, url = _checked(label, url, every)
    answer_url = answer_address(answer_url)
    if Feed.objects.filter(url=url).exclude(pk=feed_id).exists():
        raise FeedRefused(Refusal.WATCHED_ALREADY)
    if url != feed.url:
        feed.etag = feed.modified = ""
        feed.empty_since, feed.empty_holds, feed.empty_believed = None, 0, False
    feed.answer_key = kept_key(feed.answer_url, feed.answer_key, answer_url, answer_key)
    feed.answer_url = answer_url
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


@transaction.atomic
def believe_empty(feed_id: UUID, *, by: reach.Viewer, now: datetime) -> Feed:
    """Say that the list of a feed came empty rightly: the next one that is empty lifts what it names no more.

    Nothing changes where no empty list is held back.
    """
    feed = Feed.objects.get(pk=feed_id)
    reach.require(by, "node.operate", at=feed.path)
    if feed.empty_since is not None and not feed.empty_believed:
        feed.empty_believed, feed.due_at = True, now
        feed.save(update_fields=["empty_believed", "due_at"])
        _record("alerts.feed_believed", feed, by=by, now=now)
    return feed


def answer_address(url: str) -> str:
    """Check an address for answers; empty for none. Refuses with `FeedRefused`."""
    url = url.strip()
    if not url:
        return ""
    if not is_web_address(url) or len(url) > 500:
        raise FeedRefused(Refusal.NO_ANSWER_ADDRESS)
    if not has_key():
        raise FeedRefused(Refusal.NO_KEY)
    return url


def kept_key(old_url: str, old_key: str, url: str, key: str) -> str:
    """Say which key goes with an address for answers: a new one, or the old one to where it belongs.

    A key is never sent to another host than the one it was entered for.
    """
    if not url:
        return ""
    if key.strip():
        return key.strip()
    same = urlsplit(url)[:2] == urlsplit(old_url)[:2]
    return old_key if same else ""


def _checked(label: str, url: str, every: int) -> tuple[str, str]:
    label, url = label.strip(), url.strip()
    if not label or len(label) > 120:
        raise FeedRefused(Refusal.NO_LABEL)
    if not is_web_address(url) or len(url) > 500:
        raise FeedRefused(Refusal.NO_WEB_ADDRESS)
    if not SHORTEST <= every <= LONGEST:
        raise FeedRefused(Refusal.INTERVAL)
    return label, url


def is_web_address(url: str) -> bool:
    """Is it an address of the web with a host?"""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _record(verb: str, feed: Feed, *, by: Any, now: datetime) -> None:
    facts = {
        "label": feed.label,
        "every": feed.every,
        "relays": feed.relays,
        "answer_url": without_secrets(feed.answer_url),
    }
    journal.record(verb, feed, by=by, at=now, url=without_secrets(feed.url), **facts)


def without_secrets(url: str) -> str:
    """Leave out what may be a key: the journal is read by many and kept for ever."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
