"""Looking: what is found is kept, what is mended goes, and a change is looked at at once as the night would."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.models import Entry, Job
from renwang.chain.contact_rules import Way
from renwang.chain.models import Grant, Holding, Person, Post, Unit
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.services import division, grants, homes, people, posts, units
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.registers.duties import services as duties
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Phase
from renwang.registers.readiness.catalogue import families
from renwang.registers.readiness.checks.calls import OWN_ERRAND
from renwang.registers.readiness.models import Hole, Look
from renwang.registers.readiness.rules import Scope
from renwang.registers.readiness.services import (
    OwnWords,
    forget_old,
    look_at,
    look_everywhere,
    look_nightly,
    write_own_check,
)
from renwang.registers.risks import services as risks
from renwang.registers.risks.models import Risk
from renwang.registers.risks.scale_rules import Judgement
from renwang.registers.risks.services import Found
from tests import make
from tests.registers.duties.listed import in_force, terms
from tests.registers.readiness.looked import begun, found, known, looked, settled

DAY = timedelta(days=1)
BY = "node:test"


class TestWhoMayNot:
    def test_only_who_may_see_readiness_there_has_it_looked_at(self, cast):
        for who in (cast.stranger, cast.head):
            with pytest.raises(NotInReach):
                look_everywhere(cast.community.path, by=cast.viewer(who), now=cast.now)
        assert not Look.objects.exists()
        look = look_everywhere(cast.community.path, by=cast.viewer(cast.secretary), now=cast.now)
        assert (look.places, look.asked_by) == (4, cast.secretary.pk)


class TestOneHole:
    def test_it_comes_stays_and_goes(self, cast):
        begun(cast.now)
        [hole] = [one for one in found("chain.no_deputy") if one.path == cast.grid.path]
        looked(cast.now + DAY)
        assert Hole.objects.get(pk=hole.pk).since_at == cast.now
        mate = make.person("宋同格", cast.grid)
        posts.appoint_deputy(post=cast.grid_post, person=mate, by=BY, now=cast.now)
        settled(cast.now + DAY)
        hole.refresh_from_db()
        assert hole.gone_at == cast.now + DAY
        posts.vacate_post(post=cast.grid_post, person=mate, by=BY, now=cast.now)
        settled(cast.now + 2 * DAY)
        [again] = [one for one in found("chain.no_deputy") if one.path == cast.grid.path]
        assert (again.pk != hole.pk, again.since_at) == (True, cast.now + 2 * DAY)

    def test_it_moves_with_its_place_and_stays_the_hole_it_is(self, cast):
        begun(cast.now)
        [hole] = [one for one in found("chain.no_deputy") if one.path == cast.grid.path]
        division.move_unit(
            unit=cast.grid, parent=cast.neighbour_community, by=BY, now=cast.now + DAY
        )
        settled(cast.now + DAY)
        hole.refresh_from_db()
        assert (hole.path.startswith(cast.neighbour_community.path), hole.gone_at) == (True, None)
        assert hole.since_at == cast.now

    def test_what_is_named_is_a_key_and_never_a_name(self, cast):
        Holding.objects.filter(post=cast.grid_post).update(until_on=cast.now.date() + 3 * DAY)
        begun(cast.now)
        [hole] = found("chain.term_ends")
        assert hole.params["person"] == str(cast.worker.pk)
        names = set(Person.objects.values_list("name", flat=True))
        told = " ".join(str(one.params) for one in Hole.objects.all())
        assert not [name for name in names if name in told]


class TestTheNight:
    def test_it_is_asked_for_once_and_made_up_for(self, cast):
        begun(cast.now)
        assert look_nightly(cast.now) == 1  # nobody has looked at night yet
        assert look_nightly(cast.now) == 0  # it is under way
        look_everywhere("/", by=BY, now=cast.now, is_nightly=True)
        Job.objects.all().delete()
        assert look_nightly(cast.now + timedelta(hours=2)) == 0
        assert look_nightly(cast.now + DAY) == 1

    def test_a_second_look_changes_nothing_and_writes_nothing(self, cast):
        begun(cast.now)
        before = known()
        again = looked(cast.now)
        assert (again.appeared, again.gone, known()) == (0, 0, before)

    def test_how_the_places_are_cut_makes_no_difference(self, cast, monkeypatch):
        in_force(cast, hazard="fire")
        begun(cast.now)
        whole = known()
        Hole.objects.all().delete()
        monkeypatch.setattr("renwang.registers.readiness.services.checking.PLACES", 2)
        looked(cast.now)
        assert known() == whole

    def test_a_part_that_is_looked_at_leaves_the_rest_alone(self, cast):
        begun(cast.now)
        before = known()
        look = looked(cast.now + DAY, cast.strangers_street.path)
        assert (look.places, known()) == (1, before)

    def test_what_is_long_gone_is_forgotten(self, cast):
        begun(cast.now)
        Hole.objects.filter(check_key="chain.no_deputy").update(gone_at=cast.now - 401 * DAY)
        Hole.objects.filter(check_key="chain.one_way").update(gone_at=cast.now - 399 * DAY)
        kept = Hole.objects.exclude(check_key="chain.no_deputy").count()
        assert forget_old(cast.now)
        assert Hole.objects.count() == kept

    def test_its_statements_do_not_grow_with_the_place(self, cast):
        def cost() -> int:
            with CaptureQueriesContext(connection) as asked:
                for family in families():
                    list(family.find(Scope(spans=(("/", "0"),)), cast.now))
            return len(asked)

        in_force(cast)
        begun(cast.now)
        small = cost()
        for number in range(30):
            unit = make.unit(f"第{number}网格", "grid", cast.community)
            post = make.post("网格员", unit, make.person(f"某{number}", unit))
            in_force(cast, unit, post, hazard=f"h{number}")
        begun(cast.now)
        assert cost() <= small


class TestErrands:
    def test_one_for_each_place_and_mender_and_it_ends_with_the_last_hole(self, cast):
        begun(cast.now)
        Holding.objects.filter(post__in=[cast.grid_post, cast.contact_post]).update(
            is_current=False, until_on=cast.now.date()
        )
        looked(cast.now + DAY)
        mine = Errand.objects.get(
            kind=OWN_ERRAND, path=cast.community.path, capability="chain.edit"
        )
        assert (mine.number, mine.state) == (2, ErrandState.OPEN)
        posts.appoint_holder(post=cast.grid_post, person=cast.worker, by=BY, now=cast.now + DAY)
        settled(cast.now + DAY)
        mine.refresh_from_db()
        assert (mine.number, mine.state) == (1, ErrandState.OPEN)
        posts.appoint_holder(post=cast.contact_post, person=cast.head, by=BY, now=cast.now + DAY)
        settled(cast.now + DAY)
        mine.refresh_from_db()
        assert mine.state == ErrandState.DONE

    def test_nobody_is_called_where_nobody_can_mend(self, cast):
        Grant.objects.all().delete()
        Holding.objects.filter(post=cast.grid_post).delete()
        begun(cast.now)
        assert found("chain.grid_without_worker")
        assert not Errand.objects.filter(kind=OWN_ERRAND).exists()

    def test_its_own_errands_are_no_holes(self, cast):
        Holding.objects.filter(post=cast.grid_post).delete()
        begun(cast.now)
        assert Errand.objects.filter(kind=OWN_ERRAND).exists()
        looked(cast.now + 30 * DAY)
        assert not found("calls.work_late")


# --- a change is looked at as the night would look at it ----------------------------


class Changing:
    """Makes one random change after another to the cast's county, by the services that people use."""

    def __init__(self, cast, seed: int):
        self.cast, self.now = cast, cast.now
        self.draw = random.Random(seed)
        self.deeds: list[Callable[[], object]] = [
            self.appoint, self.deputise, self.vacate, self.leave, self.reach, self.found,
            self.move, self.close, self.post, self.end_post, self.duty, self.end_duty, self.risk,
            self.judge, self.plan, self.mend, self.grant, self.take_back, self.count, self.own,
            self.house,
        ]  # fmt: skip

    def change(self) -> None:
        """Do one thing; what the rules refuse is no change."""
        with suppress(Refusal, IndexError, ValueError):
            self.draw.choice(self.deeds)()

    def any(self, rows):
        return self.draw.choice(list(rows.order_by("pk")))

    @property
    def unit(self) -> Unit:
        return self.any(Unit.objects.filter(ended_on=None))

    def stands(self) -> Post:
        return self.any(Post.objects.filter(ended_on=None))

    def person(self) -> Person:
        return self.any(Person.objects.filter(is_active=True))

    def appoint(self):
        posts.appoint_holder(post=self.stands(), person=self.person(), by=BY, now=self.now)

    def deputise(self):
        posts.appoint_deputy(post=self.stands(), person=self.person(), by=BY, now=self.now)

    def vacate(self):
        held = self.any(Holding.objects.filter(is_current=True))
        posts.vacate_post(post=held.post, person=held.person, by=BY, now=self.now)

    def leave(self):
        people.deactivate_person(person=self.person(), by=BY, now=self.now)

    def reach(self):
        ways = [Way("app", "x"), Way("sms", f"139{self.draw.randrange(10**8):08d}")]
        ways = ways[: self.draw.randrange(3)]
        people.set_contacts(person=self.person(), contacts=ways, by=BY, now=self.now)

    def found(self):
        level = self.draw.choice(["community", "grid", "building_group"])
        units.create_unit(parent=self.unit, level=level, name="新设", by=BY, now=self.now)

    def move(self):
        division.move_unit(unit=self.unit, parent=self.unit, by=BY, now=self.now)

    def close(self):
        units.close_unit(unit=self.unit, by=BY, now=self.now)

    def post(self):
        posts.create_post(unit=self.unit, title="新岗", by=BY, now=self.now)

    def end_post(self):
        posts.close_post(post=self.stands(), by=BY, now=self.now)

    def duty(self):
        hazard, phase = self.draw.choice(["fire", "flood"]), self.draw.choice(list(Phase))
        said = terms(self.stands(), hazard=hazard, phase=phase)
        made = duties.draft_duty(said, self.unit, by=BY, now=self.now)
        duties.propose_duty(made.pk, by=BY, now=self.now)
        duties.approve_duty(made.pk, by=BY, now=self.now)

    def end_duty(self):
        one = self.any(Duty.objects.filter(state="approved"))
        duties.withdraw_duty(one.pk, by=BY, now=self.now, reason="机构调整")

    def risk(self):
        told = Found("墙体开裂", self.now, hazard=self.draw.choice(["fire", "flood", ""]))
        risks.report_risk(told, self.unit, by=BY, now=self.now)

    def judge(self):
        pair = (self.draw.randrange(1, 6), self.draw.randrange(1, 6))
        one = self.any(Risk.objects.filter(state__in=["found", "open"]))
        risks.judge_risk(one.pk, Judgement(pair, "看过"), by=BY, now=self.now)

    def plan(self):
        one = self.any(Risk.objects.filter(state="open"))
        day = self.now.date() + 9 * DAY
        risks.plan_measure(one.pk, "加固", self.stands(), due_on=day, by=BY, now=self.now)

    def mend(self):
        one = self.any(Risk.objects.filter(state="open"))
        risks.rectify_risk(one.pk, "已整改", by=BY, now=self.now)

    def grant(self):
        bundle = self.draw.choice(["secretary", "duty_officer"])
        grants.give_grant(person=self.person(), bundle=bundle, unit=self.unit, by=BY, now=self.now)

    def take_back(self):
        grants.take_back_grant(grant=self.any(Grant.objects.all()), by=BY, now=self.now)

    def count(self):
        number = self.draw.choice([0, 40, 900])
        units.set_headcount(
            unit=self.unit, households=number, residents=number * 3, by=BY, now=self.now
        )

    def house(self):
        homes.add_building(unit=self.unit, name="新楼", by=BY, now=self.now)

    def own(self):
        if self.draw.random() < 0.4:
            words = OwnWords("空缺多", "尽快补人", f"vacant > {self.draw.randrange(3)}")
            write_own_check(words, self.unit, by=BY, now=self.now)


@pytest.mark.parametrize("seed", range(8))
def test_looking_again_finds_what_the_night_finds(cast, seed):
    begun(cast.now)
    changing = Changing(cast, seed)
    for turn in range(8):
        for _deed in range(4):
            changing.change()
        settled(cast.now)
        told = known()
        look = looked(cast.now)
        assert known() == told, f"turn {turn}"
        assert (look.appeared, look.gone) == (0, 0)
    assert Entry.objects.filter(verb="readiness.changed").exists()


def test_a_scope_of_names_finds_what_a_span_finds(cast):
    in_force(cast)
    begun(cast.now)
    before = known()
    look_at(Scope(frozenset(Unit.objects.values_list("path", flat=True))), cast.now)
    assert known() == before
