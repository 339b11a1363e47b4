"""What the processes of the drafts' race do: hands on one draft, and the node in which it lies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.alerts.composing import advice
from tests.cast import assemble
from tests.races.actors import NOW, together

from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import AlertRefused
from renwang.alerts.services import (
    approve_draft,
    change_draft,
    issue_draft,
    submit_draft,
)
from renwang.alerts.signing import make_key
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.models import Person
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Notice

OTHER = "另一个电话 023-60000000"


def prepare(approved: bool) -> dict[str, str]:
    """Make a node with a draft that waits for its second hand, or for being issued; name everybody."""
    cast = assemble(NOW)
    rebuild_routes()
    make_key("柳湾区预警信息发布中心", now=NOW, replace=True)
    draft = advice(cast, NOW)
    submit_draft(draft.pk, by=cast.viewer(cast.officer), now=NOW)
    if approved:
        approve_draft(draft.pk, by=cast.viewer(cast.operator), now=NOW)
    return {
        "draft": str(draft.pk), "officer": str(cast.officer.pk), "operator": str(cast.operator.pk),
    }  # fmt: skip


def _together(deed: Callable[[], Any]) -> str:
    return together(deed, AlertRefused)


def _viewer(person: str) -> reach.Viewer:
    return reach.viewer_of(Person.objects.get(pk=UUID(person)), NOW)


def approve(draft: str, person: str) -> str:
    """Approve the words that stand there now."""
    by, key = _viewer(person), UUID(draft)
    seen = Draft.objects.get(pk=key).revision
    return _together(lambda: approve_draft(key, by=by, now=NOW, seen=seen))


def issue(draft: str, person: str) -> str:
    """Send it out."""
    by, key = _viewer(person), UUID(draft)
    return _together(lambda: issue_draft(key, by=by, now=NOW))


def change(draft: str, person: str) -> str:
    """Put other words in place of those that stand there now."""
    by, key = _viewer(person), UUID(draft)
    seen, later = Draft.objects.get(pk=key).revision, NOW + timedelta(seconds=1)
    return _together(lambda: change_draft(key, {"contact": OTHER}, by=by, now=later, seen=seen))


def examine(draft: str) -> dict[str, Any]:
    """Say how it all ended."""
    one = Draft.objects.get(pk=UUID(draft))
    verbs = Entry.objects.filter(subject_id=draft).order_by("recorded_at", "fact")
    return {
        "state": str(one.state),
        "revision": one.revision,
        "is_changed": one.contact == OTHER,
        "verbs": list(verbs.values_list("verb", flat=True)),
        "alerts": Alert.objects.count(),
        "relays": Relay.objects.count(),
        "notices": Notice.objects.count(),
    }
