"""An update or cancel ends a warning by itself only when its signature is no weaker. A forged one ends nothing."""

import itertools

import pytest
from tests.alerts.conftest import warning
from tests.wire.test_cap_signature import KEY, LEAF

from renwang.alerts import cap, services
from renwang.alerts.cap import Standing
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState, Source, may_follow_by_itself
from renwang.chain import routes
from renwang.outreach.models import Notice


@pytest.mark.parametrize(("earlier", "later"), list(itertools.product(Standing, Standing)))
def test_the_rule_on_every_pair(earlier, later):
    allowed = may_follow_by_itself(earlier.value, later.value)
    if later is Standing.VALID:
        assert allowed
    elif later is Standing.UNSIGNED:
        assert allowed == (earlier is not Standing.VALID)
    else:
        assert not allowed


@pytest.fixture
def relayed(cast, now):
    """An unsigned warning that was relayed."""
    routes.rebuild_routes()
    taken = services.receive_alert(cap.write(warning(now)), Source.FILE, by="node:test", now=now)
    services.relay_alert(taken.pk, cast.street, by=cast.viewer(cast.officer), now=now)
    return taken


def cancel(now, of: Alert) -> bytes:
    """A cancel of a warning."""
    return cap.write(
        warning(
            now,
            identifier="99010541600000_20260715103000",
            msg_type=cap.MsgType.CANCEL,
            refers_to=(cap.Reference(of.sender, of.identifier, cap.Moment.of(now)),),
        )
    )


def test_a_cancel_signed_by_a_stranger_ends_nothing_until_a_person_says_so(cast, relayed, now):
    forged = cap.Signer(KEY, LEAF).sign(cancel(now, relayed), now=now)
    taken = services.receive_alert(forged, Source.FEED, by="node:feed", now=now)
    assert taken.signature == Standing.UNTRUSTED
    assert [one["doubt"] for one in taken.findings].count("weaker-signature") == 1
    relayed.refresh_from_db()
    assert relayed.state == AlertState.IN_FORCE
    assert Notice.objects.count() == 1

    services.relay_alert(taken.pk, cast.street, by=cast.viewer(cast.officer), now=now)
    relayed.refresh_from_db()
    assert relayed.state == AlertState.CANCELLED


def test_an_unsigned_cancel_does_not_end_a_warning_that_was_signed_well(relayed, now):
    Alert.objects.filter(pk=relayed.pk).update(signature=Standing.VALID)
    services.receive_alert(cancel(now, relayed), Source.FEED, by="node:feed", now=now)
    relayed.refresh_from_db()
    assert relayed.state == AlertState.IN_FORCE


def test_an_unsigned_cancel_of_an_unsigned_warning_goes_down_by_itself(relayed, now):
    services.receive_alert(cancel(now, relayed), Source.FEED, by="node:feed", now=now)
    relayed.refresh_from_db()
    assert relayed.state == AlertState.CANCELLED
    assert Notice.objects.count() == 2
