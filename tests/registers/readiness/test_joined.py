"""Procedures and facilities in the readiness check: their own rules, read place by place, and a change seen at once."""

from datetime import timedelta

import pytest

from renwang.chain.services import posts
from renwang.registers.duties.rules import Phase
from renwang.registers.facilities.finding_rules import Finding as FacilityFinding
from renwang.registers.facilities.models import Facility
from renwang.registers.procedures.finding_rules import Finding as ProcedureFinding
from renwang.registers.procedures.models import Procedure
from renwang.registers.procedures.run_rules import Outcome
from renwang.registers.procedures.services import Followers, end_run
from renwang.registers.readiness.catalogue import checks, family_of
from renwang.registers.readiness.checks import facilities, procedures
from renwang.registers.readiness.rules import Scope
from tests.registers.duties.listed import in_force
from tests.registers.facilities.conftest import entered
from tests.registers.facilities.test_stock import kept, point
from tests.registers.procedures.listed import in_force as procedure_in_force
from tests.registers.procedures.listed import started
from tests.registers.readiness.looked import begun, found, known, looked, settled
from tests.registers.risks.conftest import judged

DAY = timedelta(days=1)
BY = "node:test"


@pytest.mark.parametrize("hole", procedures.WHY)
def test_every_finding_about_procedures_is_a_check(hole):
    said = ProcedureFinding(hole, "/1/", "ZD-1", "flood", Phase.RESPOND, "QZ-1", {"steps": (1, 2)})
    one = procedures._found(said)
    assert (one.check in checks(), one.path) == (True, "/1/")


@pytest.mark.parametrize("hole", facilities.WHY)
def test_every_finding_about_facilities_is_a_check(hole):
    one = facilities._found(FacilityFinding(hole, "/1/", "hydrant", "SS-1", {"name": "消火栓"}))
    assert (one.check in checks(), one.target) == (True, "SS-1")


class TestProcedures:
    def test_a_duty_without_a_procedure_until_one_is_written(self, cast):
        duty = in_force(cast)
        begun(cast.now)
        assert [one.target for one in found("procedures.duty_without")] == [duty.ref]
        procedure_in_force(cast)
        settled(cast.now)
        assert not found("procedures.duty_without")

    def test_a_procedure_is_answered_for_here_above_or_below(self, cast):
        procedure_in_force(cast, cast.street)
        begun(cast.now)
        [hole] = found("procedures.no_duty")
        assert (hole.path, hole.target, hole.params["hazard"]) == (
            cast.street.path, "", "rainstorm",
        )  # fmt: skip
        in_force(cast, cast.grid, cast.grid_post)
        settled(cast.now)
        assert not found("procedures.no_duty")

    def test_a_review_falls_due_with_the_days(self, cast):
        procedure_in_force(cast)
        begun(cast.now)
        due = Procedure.objects.get().review_on
        assert not found("procedures.review_overdue")
        days = (due - cast.now.date()).days + 1
        looked(cast.now + days * DAY)
        assert [one.target for one in found("procedures.review_overdue")] == [
            Procedure.objects.get().ref
        ]

    def test_a_role_is_empty_until_somebody_stands_for_it(self, cast):
        made = procedure_in_force(cast)
        procedure_in_force(
            cast, cast.street, title="乙", followers=[Followers(cast.street, "镇长")]
        )
        begun(cast.now)
        [hole] = found("procedures.role_empty")
        assert (hole.path, hole.params["role"]) == (cast.street.path, "镇长")
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by=BY, now=cast.now)
        settled(cast.now)
        assert made.procedure.ref in {one.target for one in found("procedures.role_empty")}
        before = known()
        looked(cast.now)
        assert known() == before

    def test_a_role_by_name_of_the_post_alone_or_for_everybody(self, cast):
        everybody = [Followers(cast.community, ""), Followers(cast.grid, "", cast.grid.level)]
        procedure_in_force(cast, followers=everybody)
        begun(cast.now)
        assert not found("procedures.role_empty")

    def test_how_the_places_are_cut_makes_no_difference(self, cast):
        for unit in (cast.district, cast.street, cast.community, cast.grid):
            procedure_in_force(cast, unit)
        in_force(cast)
        in_force(cast, cast.neighbour_community, cast.street_post, hazard="fire")
        family = family_of("procedures")
        whole = set(_told(family.find(Scope(spans=(("/", "0"),)), cast.now)))
        assert whole
        paths = [cast.district.path, cast.street.path, cast.community.path, cast.grid.path]
        paths += [cast.neighbour_community.path, cast.strangers_street.path]
        single = [family.find(Scope(frozenset({path})), cast.now) for path in paths]
        assert {one for some in single for one in _told(some)} == whole


def _told(some):
    return [(one.check, one.path, one.subject) for one in some]


class TestFacilities:
    def test_one_without_a_post_until_it_has_one(self, cast):
        made = entered(cast, post=None)
        begun(cast.now)
        assert [one.target for one in found("facilities.no_post")] == [made.ref]
        Facility.objects.update(post=cast.grid_post)
        looked(cast.now)
        assert not found("facilities.no_post")

    def test_a_post_that_is_left_is_seen_at_once(self, cast):
        entered(cast)
        begun(cast.now)
        assert not found("facilities.post_vacant")
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by=BY, now=cast.now)
        settled(cast.now)
        [hole] = found("facilities.post_vacant")
        assert hole.path == cast.grid.path
        told = known()
        looked(cast.now)
        assert known() == told


class TestStruck:
    """A grave risk asks for something to follow, practised in time, and for stock near by; each is seen mended at once."""

    def test_a_grave_risk_until_there_is_a_procedure_and_it_was_run(self, cast):
        one = judged(cast, hazard="rainstorm")
        judged(cast, (1, 1), hazard="rainstorm")
        begun(cast.now)
        [hole] = found("struck.no_procedure")
        assert (hole.subject, hole.params["phase"]) == (one.ref, "respond")
        made = procedure_in_force(cast)
        settled(cast.now)
        assert not found("struck.no_procedure")
        assert [hole.target for hole in found("struck.never_practised")] == [made.procedure.ref]
        run = started(cast, made, exercise=True)
        by = cast.viewer(cast.worker)
        end_run(run.pk, Outcome.REACHED, "已演练", by=by, now=cast.now, why_left="演练")
        settled(cast.now)
        assert not found("struck.never_practised")
        looked(cast.now + 366 * DAY)
        assert [hole.subject for hole in found("struck.not_practised")] == [one.ref]

    def test_a_place_with_a_grave_risk_until_stock_is_there(self, cast):
        judged(cast)
        begun(cast.now)
        [hole] = found("struck.no_stock")
        assert (hole.path, hole.params["count"]) == (cast.community.path, 1)
        one = point(cast)
        settled(cast.now)
        assert not found("struck.no_stock")
        [hole] = found("struck.stock_short")
        assert (hole.target, len(hole.params["things"])) == (one.ref, 4)
        for thing in (("瓶装水", 10, "箱"), ("棉被", 20, "床"), ("手电", 10, "支"), ("急救包", 2)):
            kept(cast, one, *thing[:2], *(thing[2:] or ("个",)))
        settled(cast.now)
        assert not found("struck.stock_short")
        told = known()
        looked(cast.now)
        assert known() == told

    def test_how_the_places_are_cut_makes_no_difference(self, cast):
        for unit in (cast.street, cast.community, cast.grid):
            judged(cast, unit=unit, by=cast.operator)
        procedure_in_force(cast, cast.street, cells=[("landslide", Phase.RESPOND)])
        entered(cast, "stock_point", "网格储备点")
        family = family_of("struck")
        whole = _told(family.find(Scope(spans=(("/", "0"),)), cast.now))
        assert {check for check, _path, _ref in whole} == {
            "struck.never_practised", "struck.stock_short",
        }  # fmt: skip
        paths = [cast.street.path, cast.community.path, cast.grid.path, cast.district.path]
        single = [family.find(Scope(frozenset({path})), cast.now) for path in paths]
        assert sorted(one for some in single for one in _told(some)) == sorted(whole)
