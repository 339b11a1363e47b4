"""The catalogue: every check is tried, says who can mend it and where, and the duties list's own rules are all in it."""

from datetime import timedelta

import pytest
from django.utils import translation

from renwang.alerts.models import Feed, Peer
from renwang.base.journal import sentences
from renwang.base.pure.ids import uuid7
from renwang.cases.sharing.rules import Gap
from renwang.chain.reach import CAPABILITIES, NotInReach
from renwang.chain.services import posts
from renwang.registers.duties import services as duties
from renwang.registers.duties.finding_rules import TOO_MUCH, Hole
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import Phase
from renwang.registers.readiness import saying
from renwang.registers.readiness.catalogue import checks, families
from renwang.registers.readiness.checks import facilities, procedures
from renwang.registers.readiness.figures import figures
from renwang.registers.readiness.models import Hole as Kept
from renwang.registers.readiness.own_rules import OwnEnded
from renwang.registers.readiness.selectors import visible_to
from renwang.registers.readiness.services import (
    OwnWords,
    end_own_check,
    try_own_check,
    write_own_check,
)
from renwang.signals.models import Matter, Referral, Sensor
from renwang.web.desk.readiness_links import PAGES
from tests import make
from tests.house.sources import ROOT
from tests.registers.duties.listed import in_force, proposed
from tests.registers.readiness.looked import begun, found, looked, settled
from tests.rules.test_readiness_checks import CASES, PLACES

DAY = timedelta(days=1)
BY = "node:test"
WITH_A_DATABASE = {
    "own",
    "signals.sensor_unwatched",
    "signals.question_late",
    "alerts.no_feed",
    "alerts.no_key",
    *(f"duties.{hole.value}" for hole in Hole),
    *(f"procedures.{hole.value}" for hole in procedures.WHY),
    *(f"facilities.{hole.value}" for hole in facilities.WHY),
    facilities.BACK_LATE,
    procedures.ROLE_EMPTY,
    *(f"sharing.{gap}" for gap in Gap),  # tests/cases/sharing, tests/rules/test_sharing_rules.py
    *(f"linked.{hole}" for hole in ("silent", "paused", "unmapped")),  # tests/cases/linked
}


def test_every_check_is_tried_where_it_fires_and_where_it_does_not():
    assert set(checks()) == set(PLACES) | set(CASES) | WITH_A_DATABASE
    assert len(checks()) >= 40


@pytest.mark.parametrize("check", list(checks().values()), ids=list(checks()))
def test_every_check_says_who_can_mend_it_and_where(check):
    assert check.mends in PAGES
    assert check.mender in saying.MENDERS
    assert check.sees in CAPABILITIES
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert str(check.name).strip()
            assert str(check.sentence).strip()
            assert str(check.why).strip()


def test_every_check_and_figure_stands_in_the_reference():
    text = (ROOT / "docs/reference/readiness.md").read_text(encoding="utf-8")
    assert [key for key in [*checks(), *figures()] if f"| `{key}`" not in text] == []


def test_every_verb_that_is_followed_is_declared():
    named = [verb for one in families() for verb in one.verbs if not verb.endswith(".")]
    assert [verb for verb in named if verb not in sentences()] == []


# --- what only a database shows ------------------------------------------------------


def duty(cast, number: int, **changes) -> Duty:
    """A duty in force, straight to the database."""
    said = {
        "id": uuid7(cast.now), "ref": f"D-{number}", "hazard": f"h{number}", "phase": "respond",
        "unit": cast.community, "path": cast.community.path, "state": "approved",
        "leader": cast.community_post, "gathering": "值班室", "resources": "仓库", "basis": "法",
        "held_from": cast.now - DAY, "written_at": cast.now, "changed_at": cast.now,
    }  # fmt: skip
    return Duty.objects.create(**(said | changes))


def whole(cast, number: int, **changes) -> None:
    """A duty in every phase, the first three with nothing wrong about them."""
    for place, phase in enumerate(Phase):
        more = changes if phase is Phase.RESPOND else {}
        duty(cast, number, ref=f"D-{number}-{place}", phase=phase.value, **more)


def of(hole: Hole) -> list[Kept]:
    return found(f"duties.{hole.value}")


class TestDuties:
    def test_where_all_is_well_nothing_is_said(self, cast):
        whole(cast, 1)
        begun(cast.now)
        assert [one for one in Kept.objects.all() if one.check_key.startswith("duties.")] == []

    @pytest.mark.parametrize(
        ("hole", "changes"),
        [
            (Hole.NO_LEADER, {"leader": None}),
            (Hole.ENDS_SOON, {"held_until": "soon"}),
            (Hole.NO_GATHERING, {"gathering": ""}),
            (Hole.NO_RESOURCES, {"resources": ""}),
            (Hole.NO_BASIS, {"basis": ""}),
            (Hole.NO_DEPUTY, {"leader": "grid"}),
        ],
    )
    def test_of_one_duty(self, cast, hole, changes):
        if changes.get("held_until"):
            changes = {"held_until": cast.now + 9 * DAY}
        if changes.get("leader") == "grid":
            changes = {"leader": cast.grid_post}
        whole(cast, 1, **changes)
        begun(cast.now)
        [one] = of(hole)
        assert one.path == cast.community.path

    def test_of_posts(self, cast):
        whole(cast, 1)
        begun(cast.now)
        posts.vacate_post(post=cast.community_post, person=cast.secretary, by=BY, now=cast.now)
        settled(cast.now)
        assert of(Hole.DEPUTY_ACTS) and not of(Hole.VACANT)
        posts.vacate_post(post=cast.community_post, person=cast.deputy, by=BY, now=cast.now)
        settled(cast.now)
        assert of(Hole.VACANT) and not of(Hole.DEPUTY_ACTS)
        posts.close_post(post=cast.community_post, by=BY, now=cast.now)
        settled(cast.now)
        assert of(Hole.LEADER_ENDED) and not of(Hole.VACANT)

    def test_of_several(self, cast):
        whole(cast, 1)
        duty(cast, 9, ref="D-9a", hazard="h1", leader=cast.street_post)
        duty(cast, 9, ref="D-9b", hazard="h1", phase="prevent")
        duty(cast, 8, hazard="alone", phase="recover", path=cast.grid.path, unit=cast.grid)
        duty(cast, 7, hazard="gone", held_until=cast.now - DAY, held_from=cast.now - 50 * DAY)
        begun(cast.now)
        assert len(of(Hole.TWO_LEADERS)) == 1
        assert len(of(Hole.LED_TWICE)) == 1
        assert {one.params["phase"] for one in of(Hole.PHASE_MISSING)} == {
            "prevent", "prepare", "respond",
        }  # fmt: skip
        assert [one.target for one in of(Hole.LAPSED)] == ["D-7"]

    def test_of_helpers_proposals_and_places(self, cast):
        made = duty(cast, 1)
        gone = make.post("旧岗", cast.community, answers=False)
        type(gone).objects.filter(pk=gone.pk).update(ended_on=cast.now.date())
        empty = make.post("空岗", cast.community, answers=False)
        for post in (gone, empty):
            Helper.objects.create(id=uuid7(cast.now), duty=made, post=post)
        waits = proposed(cast, hazard="waits")
        objected = proposed(cast, hazard="objected", helpers=[])
        Duty.objects.filter(pk=waits.pk).update(proposed_at=cast.now - 15 * DAY)
        Remark.objects.create(
            id=uuid7(cast.now), duty=objected, words="人手不够", is_objection=True, at=cast.now
        )
        old = make.unit("旧网格", "grid", cast.community, ended_on=cast.now.date())
        duty(cast, 3, unit=old, path=old.path)
        begun(cast.now)
        assert [len(of(one)) for one in (Hole.HELPER_LEFT, Hole.HELPER_VACANT)] == [1, 1]
        assert [one.target for one in of(Hole.PROPOSAL_WAITS)] == [waits.ref]
        assert [one.target for one in of(Hole.OBJECTION_OPEN)] == [objected.ref]
        assert [one.target for one in of(Hole.PLACE_ENDED)] == ["D-3"]

    def test_too_much_on_one_is_counted_over_all_his_places(self, cast):
        other = make.post("副主任", cast.neighbour_community, cast.secretary, answers=False)
        for number in range(TOO_MUCH + 1):
            leader = other if number % 2 else cast.community_post
            unit = cast.neighbour_community if number % 2 else cast.community
            duty(cast, number, leader=leader, unit=unit, path=unit.path)
        begun(cast.now)
        [one] = of(Hole.TOO_MANY)
        assert one.params == {"person": str(cast.secretary.pk), "count": TOO_MUCH + 1}
        duties.withdraw_duty(Duty.objects.get(ref="D-1").pk, by=BY, now=cast.now, reason="分出")
        settled(cast.now)
        assert not of(Hole.TOO_MANY)

    def test_deputies_in_a_circle_are_found_over_places(self, cast):
        one, other = make.person("甲", cast.community), make.person("乙", cast.neighbour_community)
        first = make.post("甲岗", cast.community, one, other, answers=False)
        second = make.post("乙岗", cast.neighbour_community, other, one, answers=False)
        duty(cast, 1, leader=first)
        duty(cast, 2, leader=second, unit=cast.neighbour_community, path="/990105/990105001/")
        begun(cast.now)
        [circle] = of(Hole.DEPUTY_CIRCLE)
        assert len(circle.params["posts"]) == 2
        outside = make.person("丙", cast.street)
        posts.appoint_deputy(post=first, person=outside, by=BY, now=cast.now)
        settled(cast.now)
        assert not of(Hole.DEPUTY_CIRCLE)


class TestSignalsAndWarnings:
    def test_a_sensor_that_nothing_watches(self, cast):
        Sensor.objects.create(
            id=uuid7(cast.now), ref="S-1", name="雨量计", code="g1", unit=cast.grid,
            path=cast.grid.path, added_at=cast.now,
        )  # fmt: skip
        begun(cast.now)
        assert [one.target for one in found("signals.sensor_unwatched")] == ["S-1"]
        Sensor.objects.update(is_active=False)
        looked(cast.now)
        assert not found("signals.sensor_unwatched")

    def test_a_question_upward_without_an_answer(self, cast):
        matter = Matter.objects.create(
            id=uuid7(cast.now), ref="M-1", title="积水", unit=cast.community,
            path=cast.community.path, opened_at=cast.now,
        )  # fmt: skip
        asked = Referral.objects.create(
            id=uuid7(cast.now), ref="Q-1", matter=matter, question="谁来排水", unit=cast.community,
            path=cast.community.path, asked=cast.street, asked_path=cast.street.path, term=DAY,
            at=cast.now, due_at=cast.now + DAY,
        )  # fmt: skip
        begun(cast.now)
        assert not found("signals.question_late")
        looked(cast.now + 2 * DAY)
        [late] = found("signals.question_late")
        assert (late.target, late.path) == (asked.ref, cast.street.path)

    def test_a_node_without_a_feed_and_without_a_key(self, cast, settings, tmp_path):
        settings.HOME = tmp_path
        begun(cast.now)
        assert [one.path for one in found("alerts.no_feed")] == [cast.district.path]
        assert not found("alerts.no_key")
        Feed.objects.create(
            id=uuid7(cast.now), label="气象台", url="https://a.example/f", unit_id=cast.district.pk,
            path=cast.district.path, due_at=cast.now, worked_at=cast.now,
        )  # fmt: skip
        Peer.objects.create(
            id=uuid7(cast.now), label="区节点", sender="x@example", unit_id=cast.district.pk,
            path=cast.district.path, added_at=cast.now,
        )  # fmt: skip
        looked(cast.now)
        assert not found("alerts.no_feed")
        assert [one.path for one in found("alerts.no_key")] == [cast.district.path]


class TestOwnChecks:
    WORDS = OwnWords("空缺", "尽快补人", "vacant > 0 && units > 1", mender="chain.edit")

    def test_only_who_may_writes_one_and_only_for_his_places(self, cast):
        for who in (cast.stranger, cast.worker, cast.officer):
            with pytest.raises(NotInReach):
                write_own_check(self.WORDS, cast.community, by=cast.viewer(who), now=cast.now)
        assert write_own_check(
            self.WORDS, cast.community, by=cast.viewer(cast.secretary), now=cast.now
        )

    def test_it_is_tried_before_it_is_kept(self, cast):
        make.post("空岗", cast.grid, answers=False)
        begun(cast.now)
        viewer = cast.viewer(cast.secretary)
        trial = try_own_check(self.WORDS, cast.community, by=viewer, now=cast.now)
        assert (trial.places, trial.is_whole) == (4, True)
        assert [one.params["place"] for one in trial.found] == ["石桥社区", "第一网格"]
        assert trial.found[0].params["figures"] == {"units": 4, "vacant": 1}
        assert not found("own")

    def test_it_holds_from_then_on_is_changed_and_ends(self, cast):
        make.post("空岗", cast.grid, answers=False)
        begun(cast.now)
        viewer = cast.viewer(cast.secretary)
        own = write_own_check(self.WORDS, cast.community, by=viewer, now=cast.now)
        settled(cast.now)
        assert {one.path for one in found("own")} == {cast.community.path, cast.grid.path}
        narrower = OwnWords("空缺", "尽快补人", "vacant > 0", level="grid")
        write_own_check(narrower, cast.community, by=viewer, now=cast.now, own_id=own.pk)
        settled(cast.now)
        assert [one.path for one in found("own")] == [cast.grid.path]
        assert own.versions.count() == 2
        end_own_check(own.pk, by=viewer, now=cast.now)
        settled(cast.now)
        assert not found("own")
        with pytest.raises(OwnEnded):
            end_own_check(own.pk, by=viewer, now=cast.now)


class TestWhoKnows:
    def test_a_hole_is_seen_by_who_may_see_what_it_is_about(self, cast):
        in_force(cast, leader=cast.grid_post)
        begun(cast.now)
        seen = {
            who: set(visible_to(cast.viewer(getattr(cast, who))).values_list("sees", flat=True))
            for who in ("officer", "worker", "stranger", "head")
        }
        assert "duties.see" in seen["officer"]
        assert seen["head"] == set()
        paths = visible_to(cast.viewer(cast.stranger)).values_list("path", flat=True)
        assert all(path.startswith(cast.strangers_street.path) for path in paths)
