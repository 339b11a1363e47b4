"""The invented list shows what it is there to show, and is written once; what is wrong with a list is read as the rules see it."""

from datetime import timedelta

from renwang.chain.models import Post
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures import services
from renwang.registers.procedures.finding_rules import Hole
from renwang.registers.procedures.invented import invent_procedures
from renwang.registers.procedures.models import Acknowledgement, Procedure, Run, Tick
from renwang.registers.procedures.run_rules import How
from renwang.registers.procedures.selectors import finding
from renwang.registers.procedures.selectors.holes import holes_at
from renwang.registers.procedures.services import Followers
from tests import make
from tests.registers.duties.listed import in_force as duty_in_force
from tests.registers.procedures.listed import in_force, started

DAY = timedelta(days=1)


def test_the_invented_list_has_believable_holes(cast, now):
    for level, role in (("community", "community_secretary"), ("grid", "grid_worker")):
        titles = {"community_secretary": "社区党委书记", "grid_worker": "网格员"}
        Post.objects.filter(unit__level=level).update(role=role, title=titles[role])
    make.grant(cast.secretary, "secretary", cast.street)
    written = invent_procedures(cast.street, by=cast.operator, now=now)
    assert written == Procedure.objects.count() >= 11
    assert invent_procedures(cast.street, by=cast.operator, now=now) == 0
    found = holes_at(cast.viewer(cast.operator), cast.street, now=now)
    assert {
        Hole.REVIEW_OVERDUE, Hole.UNREAD, Hole.OFTEN_OTHERWISE, Hole.NEVER_RUN, Hole.NO_BASIS,
        Hole.NO_DUTY, Hole.RUN_FORGOTTEN,
    } <= set(found.counts)  # fmt: skip
    assert Run.objects.filter(is_exercise=True).exists()
    assert Tick.objects.exclude(how=How.DONE).exists()
    assert Acknowledgement.objects.exists()


class TestHoles:
    def test_a_stranger_sees_none_and_the_keeper_sees_them(self, cast, now):
        in_force(cast, at=now - 30 * DAY)
        assert holes_at(cast.viewer(cast.stranger), cast.community, now=now).findings == []
        found = holes_at(cast.viewer(cast.secretary), cast.community, now=now)
        assert set(found.counts) == {Hole.UNREAD, Hole.NO_DUTY}
        assert found.judged == 1

    def test_a_duty_and_its_procedure_know_each_other(self, cast, now):
        duty_in_force(cast)
        by = cast.viewer(cast.secretary)
        before = holes_at(by, cast.community, now=now)
        assert [one.hole for one in before.findings] == [Hole.DUTY_WITHOUT]
        made = in_force(cast)
        assert holes_at(by, cast.community, now=now).findings == []
        assert finding.procedures_for(cast.grid.path, "rainstorm", Phase.RESPOND) == [
            made.procedure
        ]
        assert finding.procedures_for(cast.grid.path, "fire", Phase.RESPOND) == []

    def test_nobody_meant_and_a_run_left_lying(self, cast, now):
        made = in_force(cast, cells=(), followers=[Followers(cast.community, "没有这个岗位")])
        run = started(cast, made)
        found = holes_at(cast.viewer(cast.secretary), cast.community, now=now + 2 * DAY)
        assert set(found.counts) == {Hole.NOBODY_MEANT, Hole.RUN_FORGOTTEN, Hole.NO_HAZARD}
        assert run.ref in {one.params.get("run") for one in found.findings}

    def test_reading_it_all_costs_few_statements(self, cast, now, django_assert_max_num_queries):
        for number in range(4):
            in_force(cast, title=f"制度{number}")
        with django_assert_max_num_queries(14):
            holes_at(cast.viewer(cast.secretary), cast.community, now=now)


def test_what_is_asked_for_by_itself_finds_nothing_in_a_whole_list(cast, now):
    made = in_force(cast)
    services.acknowledge_edition(made.pk, by=cast.viewer(cast.worker), now=now)
    assert services.ask_readings(now + 300 * DAY) == 0
    assert services.ask_reviews(now) == 0
