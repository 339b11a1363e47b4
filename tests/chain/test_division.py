"""Move, split and merge: refusals, then that nothing is lost and every day has its answer."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renwang.base.fields import PathField
from renwang.chain import routes, rules, selectors, tallies, tree
from renwang.chain.models import (
    Building,
    Grant,
    Household,
    Person,
    Post,
    Route,
    Tally,
    Unit,
    UnitVersion,
)
from renwang.chain.services import division, grants, homes, posts, units
from renwang.chain.services.division import Part
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"


@pytest.fixture
def counted(cast):
    """The cast with doors in a building of the grid, routes and tallies derived."""
    building = make.building("1号楼", cast.group)
    for number in range(3):
        make.household(building, f"10{number}", heads=number + 1)
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return cast


@pytest.mark.parametrize(
    ("unit", "parent", "refusal"),
    [
        ("community", "grid", rules.WouldCircle),
        ("community", "community", rules.WouldCircle),
        ("grid", "group", rules.WouldCircle),
        ("community", "neighbour_community", rules.LevelOrderBroken),
        ("street", "strangers_street", rules.LevelOrderBroken),
    ],
)
def test_a_move_that_makes_no_tree_is_refused(counted, now, unit, parent, refusal):
    before = list(Unit.objects.order_by("pk").values())
    with pytest.raises(refusal):
        division.move_unit(
            unit=getattr(counted, unit), parent=getattr(counted, parent), by=NODE, now=now
        )
    assert before == list(Unit.objects.order_by("pk").values())


def test_a_change_before_the_last_one_or_tomorrow_is_refused(counted, now):
    today = tree.today(now)
    units.rename_unit(unit=counted.group, name="一号楼", by=NODE, now=now)
    with pytest.raises(rules.BeforeLastChange):
        division.move_unit(
            unit=counted.grid,
            parent=counted.neighbour_community,
            on=today - timedelta(1),
            by=NODE,
            now=now,
        )
    with pytest.raises(rules.InTheFuture):
        units.rename_unit(
            unit=counted.group, name="二号楼", on=today + timedelta(1), by=NODE, now=now
        )
    with pytest.raises(rules.BeforeItBegan):
        units.rename_unit(unit=counted.community, name="石", on=date(2001, 1, 1), by=NODE, now=now)


def test_a_code_that_is_taken_is_refused(counted, now):
    with pytest.raises(rules.CodeTaken):
        units.create_unit(
            name="新社区",
            level="community",
            parent=counted.street,
            code="990105001001",
            by=NODE,
            now=now,
        )
    with pytest.raises(rules.CodeTaken):
        units.rename_unit(
            unit=counted.neighbour_community, name="云溪社区", code="990105001001", by=NODE, now=now
        )


def test_a_unit_that_still_holds_something_does_not_close(counted, now):
    with pytest.raises(rules.UnitStillHolds) as refused:
        units.close_unit(unit=counted.group, by=NODE, now=now)
    assert refused.value.params["buildings"] == 1


def test_a_split_unit_takes_no_further_change(counted, now):
    division.split_unit(
        unit=counted.contact_household,
        parts=[Part("甲", households=6), Part("乙", households=6)],
        by=NODE,
        now=now,
    )
    with pytest.raises(rules.UnitHasEnded):
        units.rename_unit(unit=counted.contact_household, name="丙", by=NODE, now=now)


def test_a_split_must_place_everything(counted, now):
    with pytest.raises(rules.NotPlaced):
        division.split_unit(
            unit=counted.community, parts=[Part("东社区"), Part("西社区")], by=NODE, now=now
        )
    with pytest.raises(rules.NotOfThisUnit):
        division.split_unit(
            unit=counted.community,
            parts=[
                Part("东社区", units=(counted.grid,)),
                Part("西社区", posts=(counted.grid_post,)),
            ],
            by=NODE,
            now=now,
        )
    assert Unit.objects.get(pk=counted.community.pk).ended_on is None


def test_two_posts_cannot_answer_for_a_merged_unit(counted, now):
    other = make.post("书记", counted.neighbour_community)
    with pytest.raises(rules.PostAlreadyAnswers):
        division.merge_units(
            units=[counted.community, counted.neighbour_community],
            name="石云社区",
            posts=[counted.community_post, other],
            by=NODE,
            now=now,
        )


def test_a_move_carries_everything_along_and_earlier_days_keep_their_answer(counted, now):
    yesterday = tree.today(now) - timedelta(1)
    operator = counted.viewer(counted.operator)
    old = counted.grid.path
    division.move_unit(unit=counted.grid, parent=counted.neighbour_community, by=operator, now=now)
    check_tree()
    group = Unit.objects.get(pk=counted.group.pk)
    assert group.path.startswith(counted.neighbour_community.path)
    assert Household.objects.first().path == group.path
    assert selectors.unit_as_of(operator, group, yesterday).path.startswith(old)
    assert selectors.unit_as_of(operator, group, tree.today(now)).path == group.path
    then = {v.unit_id for v in selectors.units_as_of(operator, yesterday, under=counted.community)}
    assert {counted.grid.pk, counted.group.pk} < then
    assert Tally.objects.get(unit=counted.community).households == 0
    assert Tally.objects.get(unit=counted.neighbour_community).households == 15
    # The neighbours have no post of their own yet, so the sub-district carries to the grid itself.
    first = Route.objects.get(post=counted.grid_post, rung=0)
    assert first.parent_path == counted.street.path


def test_after_a_split_the_old_code_finds_both_parts_and_a_merger_finds_the_whole(counted, now):
    today = tree.today(now)
    east, west = division.split_unit(
        unit=counted.community,
        parts=[
            Part("石桥东社区", code="990105001001", units=(counted.grid,)),
            Part("石桥西社区", code="990105001003"),
        ],
        by=NODE,
        now=now,
    )
    assert selectors.successors(counted.community, today) == [east, west]
    assert selectors.successors("990105001001", today) == [east]
    assert selectors.successors(counted.community, today - timedelta(1)) == [counted.community]
    whole = division.merge_units(
        units=[east, west], name="石桥社区", code="990105001009", by=NODE, now=now
    )
    for place in ("990105001001", "990105001003", counted.community):
        assert selectors.successors(place, today) == [whole]
    assert selectors.successors("000000", today) == []
    check_tree()


def test_posts_follow_the_part_that_takes_them_and_the_others_end(counted, now):
    posts.appoint_holder(
        post=posts.create_post(
            unit=counted.community,
            title="信息员",
            role="information_officer",
            by=NODE,
            now=now,
        ),
        person=counted.leader,
        by=NODE,
        now=now,
    )
    east, _west = division.split_unit(
        unit=counted.community,
        parts=[
            Part("石桥东社区", units=(counted.grid,), posts=(counted.community_post,)),
            Part("石桥西社区"),
        ],
        by=NODE,
        now=now,
    )
    kept = Post.objects.get(pk=counted.community_post.pk)
    assert (kept.unit, kept.ended_on) == (east, None)
    gone = Post.objects.get(title="信息员")
    assert gone.ended_on == tree.today(now)
    assert not gone.holdings.filter(is_current=True).exists()
    assert not Grant.objects.filter(post=gone, ended_at=None).exists()
    assert Route.objects.get(post=kept, rung=0).unit == east


def test_grants_on_a_split_unit_hold_on_every_part_and_end_together(counted, now):
    secretary = counted.viewer(counted.secretary)
    passed = grants.give_grant(
        person=counted.leader, bundle="looker", unit=counted.grid, by=secretary, now=now
    )
    east, west = division.split_unit(
        unit=counted.community,
        parts=[Part("东", units=(counted.grid,)), Part("西")],
        by=NODE,
        now=now,
    )
    secretary = make.viewer(counted.secretary, now)
    assert set(secretary.places["chain.edit"]) == {east.path, west.path}
    passed.refresh_from_db()
    assert passed.path.startswith(east.path)
    assert passed.given_by.unit == east
    grants.take_back_grant(grant=passed.given_by, by=NODE, now=now)
    passed.refresh_from_db()
    assert passed.ended_at == now


def test_a_merged_units_grants_end_rather_than_widen(counted, now):
    division.merge_units(
        units=[counted.community, counted.neighbour_community],
        name="石云社区",
        by=NODE,
        now=now,
    )
    assert not make.viewer(counted.secretary, now).may("chain.edit")
    assert make.viewer(counted.worker, now).may("homes.see")  # his grid stands


def test_doors_that_leave_a_post_for_the_one_above_it_are_counted_there(counted, now):
    building = make.building("2号楼", counted.community)
    make.household(building, "201")
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    assert Route.objects.get(post=counted.street_post, rung=0).households == 0
    homes.change_building(building=building, unit=counted.neighbour_community, by=NODE, now=now)
    assert Route.objects.get(post=counted.street_post, rung=0).households == 1
    check_tree()


def check_tree() -> None:
    """No orphan path, no lost household, and one standing version of each standing unit."""
    for unit in Unit.objects.select_related("parent"):
        above = unit.parent.path if unit.parent else "/"
        assert unit.path.startswith(above)
        assert unit.path[len(above) :].count("/") == 1
        assert unit.depth == unit.path.count("/") - 2
        open_versions = list(UnitVersion.objects.filter(unit=unit, until_on=None))
        if unit.ended_on is None:
            assert [(v.path, v.parent_id, v.name) for v in open_versions] == [
                (unit.path, unit.parent_id, unit.name)
            ]
        else:
            assert not open_versions
    for model in (Person, Post, Building, Household, Grant, Route):
        for row in model.objects.select_related("unit").exclude(unit=None):
            assert row.path == row.unit.path
            ended = row.unit.ended_on is not None
            assert not ended or model in (Post, Grant)
    assert Tally.objects.filter(unit__ended_on__isnull=False).count() == 0
    kept = list(Tally.objects.order_by("unit").values())
    held = list(
        Route.objects.order_by("post", "rung").values("post", "path", "parent_path", "households")
    )
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    assert kept == list(Tally.objects.order_by("unit").values())
    assert held == list(
        Route.objects.order_by("post", "rung").values("post", "path", "parent_path", "households")
    )


acts = st.lists(
    st.tuples(
        st.sampled_from(["move", "split", "merge", "rename"]),
        st.integers(0, 50),
        st.integers(0, 50),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts)
def test_whatever_is_divided_nothing_is_lost_and_every_day_keeps_its_answer(counted, now, acts):
    with transaction.atomic():
        _divide(counted, now, acts)
        transaction.set_rollback(True)


def _divide(counted, now, acts):
    total = Tally.objects.get(unit=counted.district)
    homes, heads = total.households, total.residents
    answers = {}
    for step, (act, first, second, days) in enumerate(acts):
        now += timedelta(days=days)
        standing = list(tree.current().filter(depth__gte=2).order_by("depth", "name"))
        one, other = standing[first % len(standing)], standing[second % len(standing)]
        try:
            if act == "move":
                division.move_unit(unit=one, parent=other, by=NODE, now=now)
            elif act == "rename":
                units.rename_unit(unit=one, name=f"改名{step}", by=NODE, now=now)
            elif act == "split":
                _split(one, step, now)
            else:
                division.merge_units(units=[one, other], name=f"合并{step}", by=NODE, now=now)
        except rules.Refusal:
            pass
        total = Tally.objects.get(unit=counted.district)
        assert (total.households, total.residents) == (homes, heads)
        for day, seen in answers.items():
            if day < tree.today(now):
                assert seen == _as_of(counted, day, now)
        answers[tree.today(now)] = _as_of(counted, tree.today(now), now)
    check_tree()
    assert Household.objects.count() == 3


def _split(unit, step, now):
    kids = tuple(tree.current().filter(parent=unit))
    division.split_unit(
        unit=unit,
        parts=[
            Part(
                f"东{step}",
                code=unit.code,
                units=kids[:1],
                buildings=tuple(Building.objects.filter(unit=unit)),
                households=unit.households,
                residents=unit.residents,
            ),
            Part(
                f"西{step}",
                units=kids[1:],
                posts=tuple(Post.objects.filter(unit=unit, ended_on=None)),
            ),
        ],
        by=NODE,
        now=now,
    )


def _as_of(cast, day, now):
    """What everybody was on a day, as the district's operator is told later."""
    viewer = make.viewer(cast.operator, now)
    return [(v.unit_id, v.name, v.path, v.parent_id) for v in selectors.units_as_of(viewer, day)]


def test_every_path_column_is_carried_along():
    """A model that gains a path is found by itself; only dated history keeps old paths."""
    columns = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("chain").get_models()
        for field in model._meta.local_fields
        if isinstance(field, PathField)
    }
    assert {"Unit.path", "Household.path", "Grant.path", "Route.parent_path"} < columns
