"""Letting a hole stand: from above only, with a reason and an end; it hides nothing and ends by itself."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.models import Holding
from renwang.chain.reach import NotInReach
from renwang.chain.services import posts
from renwang.outreach.models import Errand
from renwang.registers.readiness.checks.calls import OWN_ERRAND
from renwang.registers.readiness.models import Hole, Waiver
from renwang.registers.readiness.rules import (
    AlreadyWaived,
    HoleGone,
    NotFromAbove,
    WaiverEndsWrong,
    WaiverReasonMissing,
)
from renwang.registers.readiness.selectors import Wanted, list_holes
from renwang.registers.readiness.services import end_waiver, waive_hole
from tests.registers.readiness.looked import begun, found, looked, settled

DAY = timedelta(days=1)


@pytest.fixture
def hole(cast) -> Hole:
    """Nobody works the grid."""
    Holding.objects.filter(post=cast.grid_post).delete()
    begun(cast.now)
    return found("chain.grid_without_worker")[0]


def waived(cast, hole: Hole, *, by=None, days: int = 30, reason: str = "等编制批复") -> Waiver:
    viewer = cast.viewer(by or cast.secretary)
    until = cast.now.date() + days * DAY
    return waive_hole(hole.pk, reason, until, by=viewer, now=cast.now)


class TestWhoMayNot:
    def test_a_stranger_does_not_even_find_it(self, cast, hole):
        with pytest.raises(HoleGone):
            waived(cast, hole, by=cast.stranger)

    def test_who_only_looks_lets_nothing_stand(self, cast, hole):
        for who in (cast.worker, cast.officer):
            with pytest.raises(NotInReach):
                waived(cast, hole, by=who)
        assert not Waiver.objects.exists()

    def test_who_keeps_the_place_does_not_excuse_himself(self, cast, hole):
        own = next(one for one in found("drills.never") if one.path == cast.community.path)
        with pytest.raises(NotFromAbove):
            waived(cast, own, by=cast.secretary)
        assert waived(cast, own, by=cast.operator)

    def test_at_the_top_of_the_node_there_is_nobody_above(self, cast, hole):
        top = next(one for one in found("alerts.no_feed"))
        assert waived(cast, top, by=cast.operator)

    def test_a_reason_and_an_end_are_asked_for(self, cast, hole):
        with pytest.raises(WaiverReasonMissing):
            waived(cast, hole, reason=" ")
        for days in (0, 91):
            with pytest.raises(WaiverEndsWrong):
                waived(cast, hole, days=days)

    def test_nobody_lets_it_stand_twice_or_when_it_is_mended(self, cast, hole):
        waived(cast, hole)
        with pytest.raises(AlreadyWaived):
            waived(cast, hole)
        posts.appoint_holder(post=cast.grid_post, person=cast.worker, by="node:test", now=cast.now)
        settled(cast.now)
        with pytest.raises(HoleGone):
            waived(cast, hole)


class TestWhatItDoes:
    def test_it_hides_nothing_and_calls_nobody(self, cast, hole):
        assert Errand.objects.filter(kind=OWN_ERRAND, state="open").exists()
        waiver = waived(cast, hole)
        viewer = cast.viewer(cast.secretary)
        listed = list_holes(viewer, Wanted(check=hole.check_key), now=cast.now).items
        assert [one.pk for one in listed] == [hole.pk]
        assert listed[0].waived_until == waiver.until_at
        mine = {"kind": OWN_ERRAND, "capability": "chain.edit", "path": cast.community.path}
        assert not Errand.objects.filter(state="open", **mine).exists()
        assert Entry.objects.filter(verb="readiness.waived", subject_id=str(waiver.pk)).exists()

    def test_it_ends_by_itself_with_its_last_day(self, cast, hole):
        waived(cast, hole, days=30)
        viewer = cast.viewer(cast.secretary)
        counting = Wanted(check=hole.check_key, waived=False)
        assert not list_holes(viewer, counting, now=cast.now + 30 * DAY).items
        after = cast.now + 31 * DAY
        assert list_holes(viewer, counting, now=after).items
        looked(after)
        assert Errand.objects.filter(kind=OWN_ERRAND, state="open").exists()
        assert waive_hole(hole.pk, "再等一月", after.date() + 30 * DAY, by=viewer, now=after)

    def test_a_hole_that_comes_back_while_it_holds_may_stand_still(self, cast, hole):
        waiver = waived(cast, hole, days=30)
        posts.appoint_holder(post=cast.grid_post, person=cast.worker, by="node:test", now=cast.now)
        settled(cast.now + DAY)
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by="node:test", now=cast.now)
        settled(cast.now + 2 * DAY)
        [again] = found(hole.check_key)
        assert (again.pk != hole.pk, again.waived_until) == (True, waiver.until_at)

    def test_it_is_taken_back_from_above_and_once(self, cast, hole):
        waiver = waived(cast, hole)
        with pytest.raises(NotInReach):
            end_waiver(waiver.pk, by=cast.viewer(cast.stranger), now=cast.now)
        end_waiver(waiver.pk, by=cast.viewer(cast.deputy), now=cast.now)
        hole.refresh_from_db()
        assert hole.waived_until is None
        with pytest.raises(HoleGone):
            end_waiver(waiver.pk, by=cast.viewer(cast.deputy), now=cast.now)
