"""Issuing: only from county level up, and signed or not at all where there is a key."""

from datetime import timedelta

import pytest
from tests.alerts.conftest import warning

from renwang.alerts import cap
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState, MayNotOriginate
from renwang.alerts.services import originate_alert
from renwang.chain.reach import NotInReach


def test_a_sub_district_may_not_issue_an_actual_warning(cast, now):
    with pytest.raises(MayNotOriginate):
        originate_alert(warning(now), cast.street, by=cast.viewer(cast.officer), now=now)
    assert not Alert.objects.exists()


def test_the_officer_of_a_sub_district_may_not_issue_for_the_district(cast, now):
    with pytest.raises(NotInReach):
        originate_alert(warning(now), cast.district, by=cast.viewer(cast.officer), now=now)


def test_a_district_issues_and_it_is_taken_in_like_any_other(cast, now):
    alert = originate_alert(warning(now), cast.district, by=cast.viewer(cast.operator), now=now)
    assert (alert.state, alert.path) == (AlertState.RECEIVED, cast.street.path)


def test_a_sub_district_may_prepare_an_exercise(cast, now):
    said = warning(now, status=cap.Status.EXERCISE)
    assert originate_alert(said, cast.street, by=cast.viewer(cast.officer), now=now)


class _BrokenKey:
    """A key that has gone: nothing can be signed with it."""

    def sign(self, data: bytes, *, now) -> bytes:
        raise cap.SigningRefused(cap.SigningRefusal.FAILED)


def test_what_cannot_be_signed_does_not_go_out(cast, now):
    with pytest.raises(cap.SigningRefused):
        originate_alert(
            warning(now + timedelta(0)),
            cast.district,
            by=cast.viewer(cast.operator),
            now=now,
            signer=_BrokenKey(),
        )
    assert not Alert.objects.exists()
