"""What the readiness check asks of feeds of warnings and of drafts that wait."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.alerts.composing_rules import DraftState
from renwang.alerts.models import Draft, Feed, Peer
from renwang.alerts.readiness_rules import DraftSeen, FeedSeen, find_drafts, find_feed_holes
from renwang.alerts.signing import has_key
from renwang.base.models import Entry
from renwang.chain.models import Unit
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside
from renwang.registers.readiness.rules import Found, Scope, Severity

_WHY_FEED = _("Warnings of the authorities come in by feeds. A dead feed looks like fair weather.")


def _feed(key: str, name: Any, sentence: Any, severity: Severity) -> Check:
    return Check(
        f"alerts.{key}", name, sentence, _WHY_FEED, severity, "node.operate", "alerts.see", "feed"
    )


CHECKS = (
    _feed(
        "feed_silent",
        _("A feed that does not work"),
        _("The feed {name} has not worked since {since}. Look at its address and the network."),
        Severity.GRAVE,
    ),
    _feed(
        "feed_empty",
        _("A feed that came empty"),
        _("The list of the feed {name} came empty while warnings hold. Say whether that is right."),
        Severity.ATTENTION,
    ),
    _feed(
        "feed_stopped",
        _("A feed that was stopped"),
        _("The feed {name} is not watched any more. Watch it again, or take it off."),
        Severity.NOTE,
    ),
    _feed(
        "no_feed",
        _("No feed of warnings"),
        _("No feed of warnings is watched for {place}: they come in only if somebody enters them."),
        Severity.ATTENTION,
    ),
    Check(
        "alerts.draft_waits",
        _("A draft that waits for a second person"),
        _("{ref} has waited for a second person since {since}. Approve it or give it back."),
        _("What waits for approval says nothing to anybody, and whoever wrote it thinks it does."),
        Severity.ATTENTION,
        "alerts.approve",
        "alerts.compose",
        "draft",
    ),
    Check(
        "alerts.no_key",
        _("No key to sign with"),
        _(
            "This node has no key: what it issues is not signed, and other nodes trust nothing of it."
        ),
        _("A warning that nobody signed can be written by anybody."),
        Severity.ATTENTION,
        "node.operate",
        "alerts.see",
        "nodes",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the feeds and drafts of a scope; four statements."""
    yield from find_feed_holes(_feeds(scope), now)
    yield from find_drafts(_drafts(scope), now)
    for path, name in _tops(scope):
        if not Feed.objects.filter(is_active=True).exists():
            yield Found("alerts.no_feed", path, path, "", {"place": name})
        if Peer.objects.exists() and not has_key():
            yield Found("alerts.no_key", path, path, "", {"place": name})


def _tops(scope: Scope) -> list[tuple[str, str]]:
    """Give the topmost places of the node that lie in a scope: what concerns the whole node is said there."""
    tops = Unit.objects.filter(inside(scope), parent=None, ended_on=None)
    return list(tops.values_list("path", "name"))


def _feeds(scope: Scope) -> Iterator[FeedSeen]:
    rows = Feed.objects.filter(inside(scope))
    for key, path, label, every, worked, is_active, empty, believed in rows.values_list(
        "pk", "path", "label", "every", "worked_at", "is_active", "empty_since", "empty_believed"
    ):
        holds_empty = empty is not None and not believed
        span = timedelta(seconds=every)
        yield FeedSeen(str(key), path, label, span, worked, is_active, holds_empty)


def _drafts(scope: Scope) -> Iterator[DraftSeen]:
    rows = Draft.objects.filter(
        inside(scope), state=DraftState.SUBMITTED, submitted_at__isnull=False, drill=None
    )
    for key, *rest in rows.values_list("pk", "path", "ref", "submitted_at"):
        yield DraftSeen(str(key), *rest)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact lies, and at the top of the node, where what concerns all of it is said."""
    tops = Unit.objects.filter(parent=None, ended_on=None).values_list("path", flat=True)
    found = divided(entries) | {Touch(path) for path in tops}
    return found | {Touch(entry.place) for entry in entries if entry.place}


declare(
    Family(
        "alerts",
        _("Warnings"),
        CHECKS,
        find,
        (
            "alerts.feed_added",
            "alerts.feed_changed",
            "alerts.feed_stopped",
            "alerts.feed_hurried",
            "alerts.feed_believed",
            "alerts.feed_came_empty",
            "alerts.draft_submitted",
            "alerts.draft_returned",
            "alerts.draft_approved",
            "alerts.draft_dropped",
            "alerts.draft_changed",
            "alerts.issued",
            "alerts.peer_added",
            "alerts.peer_stopped",
            "chain.unit_created",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
        ),
        touched,
    )
)
