"""A notice under way in the cast's sub-district."""

from collections.abc import Callable

import pytest
from tests.cast import Cast

from renwang.base.pure.ids import uuid7
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import Order, Terms
from renwang.outreach.services import Message, count_notice, start_notice

CASCADE = Terms(Order.CASCADE, contact_for=600, person_for=1800, carry_for=3600)
TOGETHER = Terms(Order.TOGETHER, contact_for=120, person_for=300, carry_for=600)


@pytest.fixture
def start(cast: Cast, now) -> Callable[..., Notice]:
    """Start a notice to a place of the cast, by default to the whole sub-district at once."""

    def started(terms: Terms = TOGETHER, **changes) -> Notice:
        rebuild_routes()
        place = changes.pop("place", cast.street)
        message = Message(
            kind="tests",
            subject_id=uuid7(now),
            title="暴雨橙色预警",
            words="请立即转移到高处。",
            note=changes.pop("note", ""),
            thread=changes.pop("thread", ""),
            sequence=changes.pop("sequence", 1),
        )
        notice = start_notice(
            message,
            top=changes.pop("top", cast.street).path,
            places=changes.pop("places", [place.path]),
            terms=terms,
            by=changes.pop("by", cast.officer),
            now=changes.pop("now", now),
            **changes,
        )
        count_notice(notice.pk)
        return Notice.objects.get(pk=notice.pk)

    return started


def call_of(notice: Notice, unit) -> Call:
    """The call to a unit's post, as it now is."""
    return Call.objects.get(notice=notice, path=unit.path)
