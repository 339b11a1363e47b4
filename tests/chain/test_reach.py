"""Every deed on the chain: the stranger from the next sub-district is refused, who may is not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from renwang.base.models import Entry
from renwang.chain import reach, routes, tallies
from renwang.chain.contact_rules import Way
from renwang.chain.imports import commit_import, preview_import
from renwang.chain.models import Organisation
from renwang.chain.services import (
    accounts,
    division,
    grants,
    homes,
    organisations,
    people,
    posts,
    regrouping,
    units,
)
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(cast):
    """The cast with a building, a door, an organisation, an alliance, a vacant post, a sign-in."""
    building = make.building("1号楼", cast.group)
    operator = cast.viewer(cast.operator)
    new = {"unit": cast.community, "by": operator, "now": cast.now}
    firm = organisations.create_organisation(kind="property", name="安居物业", **new)
    clinic = organisations.create_organisation(kind="clinic", name="石桥诊所", **new)
    alliance = organisations.form_alliance(name="石桥联盟", leader=firm, **new)
    organisations.add_member(organisation=firm, person=cast.head, by=operator, now=cast.now)
    found = SimpleNamespace(
        cast=cast,
        now=cast.now,
        building=building,
        household=make.household(building, "101"),
        other_grid=make.unit("第二网格", "grid", cast.community),
        firm=firm,
        clinic=clinic,
        alliance=alliance,
        vacant=make.post("信息员", cast.community, answers=False, role="information_officer"),
        account=make.account(cast.worker, "worker"),
        grant=make.grant(cast.leader, "looker", cast.community),
        token=accounts.issue_token(
            person=cast.worker,
            label="手机",
            scopes=["chain.see"],
            by=cast.viewer(cast.worker),
            now=cast.now,
        )[0],
    )
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return found


DEEDS = {
    "chain.unit_created": lambda p, **w: units.create_unit(
        name="三组", level="building_group", parent=p.cast.grid, **w
    ),
    "chain.unit_renamed": lambda p, **w: units.rename_unit(unit=p.cast.grid, name="东网格", **w),
    "chain.boundary_set": lambda p, **w: units.set_boundary(
        unit=p.cast.grid,
        boundary={"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        **w,
    ),
    "chain.headcount_set": lambda p, **w: units.set_headcount(
        unit=p.cast.contact_household, households=9, residents=20, **w
    ),
    "chain.unit_closed": lambda p, **w: units.close_unit(unit=p.cast.contact_household, **w),
    "chain.unit_moved": lambda p, **w: division.move_unit(
        unit=p.cast.grid, parent=p.cast.neighbour_community, **w
    ),
    "chain.unit_split": lambda p, **w: division.split_unit(
        unit=p.cast.contact_household,
        parts=[division.Part("甲", households=12), division.Part("乙")],
        **w,
    ),
    "chain.regrouped": lambda p, **w: regrouping.regroup(
        unit=p.cast.community, moves={p.cast.group.ref: p.other_grid.ref}, **w
    ),
    "chain.units_merged": lambda p, **w: division.merge_units(
        units=[p.cast.community, p.cast.neighbour_community], name="石云社区", **w
    ),
    "chain.post_created": lambda p, **w: posts.create_post(
        unit=p.cast.community, title="网格长", **w
    ),
    "chain.post_closed": lambda p, **w: posts.close_post(post=p.cast.grid_post, **w),
    "chain.holder_appointed": lambda p, **w: posts.appoint_holder(
        post=p.vacant, person=p.cast.worker, **w
    ),
    "chain.deputy_appointed": lambda p, **w: posts.appoint_deputy(
        post=p.cast.grid_post, person=p.cast.leader, **w
    ),
    "chain.deputies_reordered": lambda p, **w: posts.reorder_deputies(
        post=p.cast.community_post, order=[p.cast.deputy], **w
    ),
    "chain.post_vacated": lambda p, **w: posts.vacate_post(
        post=p.cast.grid_post, person=p.cast.worker, **w
    ),
    "chain.person_registered": lambda p, **w: people.register_person(
        name="新来的", unit=p.cast.grid, **w
    ),
    "chain.person_changed": lambda p, **w: people.change_person(
        person=p.cast.worker, name="王格新", **w
    ),
    "chain.contacts_set": lambda p, **w: people.set_contacts(
        person=p.cast.worker, contacts=[Way("knock")], **w
    ),
    "chain.person_deactivated": lambda p, **w: people.deactivate_person(person=p.cast.worker, **w),
    "chain.organisation_created": lambda p, **w: organisations.create_organisation(
        kind="shop", name="小卖部", unit=p.cast.grid, **w
    ),
    "chain.organisation_changed": lambda p, **w: organisations.change_organisation(
        organisation=p.firm, telephone="023-63000001", **w
    ),
    "chain.organisation_closed": lambda p, **w: organisations.close_organisation(
        organisation=p.firm, **w
    ),
    "chain.member_added": lambda p, **w: organisations.add_member(
        organisation=p.firm, person=p.cast.leader, **w
    ),
    "chain.member_removed": lambda p, **w: organisations.remove_member(
        organisation=p.firm, person=p.cast.head, **w
    ),
    "chain.alliance_joined": lambda p, **w: organisations.join_alliance(
        alliance=p.alliance, member=p.clinic, **w
    ),
    "chain.alliance_left": lambda p, **w: organisations.leave_alliance(
        alliance=p.alliance, member=p.firm, **w
    ),
    "chain.building_added": lambda p, **w: homes.add_building(unit=p.cast.group, name="2号楼", **w),
    "chain.building_changed": lambda p, **w: homes.change_building(
        building=p.building, unit=p.cast.grid, storeys=7, **w
    ),
    "chain.building_removed": lambda p, **w: homes.remove_building(
        building=make.building("空楼", p.cast.group), **w
    ),
    "chain.household_added": lambda p, **w: homes.add_household(
        building=p.building, door="102", **w
    ),
    "chain.household_changed": lambda p, **w: homes.change_household(
        household=p.household, heads=5, **w
    ),
    "chain.household_removed": lambda p, **w: homes.remove_household(household=p.household, **w),
    "chain.account_opened": lambda p, **w: accounts.open_account(
        person=p.cast.leader, username="leader", password="right-horse-battery", **w
    ),
    "chain.account_closed": lambda p, **w: accounts.close_account(account=p.account, **w),
    "chain.password_set": lambda p, **w: accounts.set_password(
        account=p.account, password="another-horse-battery", **w
    ),
    "chain.token_ended": lambda p, **w: accounts.end_token(token=p.token, **w),
    "chain.grant_given": lambda p, **w: grants.give_grant(
        person=p.cast.leader, bundle="looker", unit=p.cast.community, **w
    ),
    "chain.grant_taken_back": lambda p, **w: grants.take_back_grant(grant=p.grant, **w),
    "chain.imported": lambda p, **w: commit_import(
        "units", "编码,名称,上级\nG2,第二网格,990105001001\n".encode(), "格.csv", **w
    ),
}


@pytest.mark.parametrize("verb", DEEDS)
def test_the_stranger_is_refused_and_nothing_is_written(place, verb):
    before = Entry.objects.count()
    stranger = place.cast.viewer(place.cast.stranger)
    with pytest.raises(Exception) as refused:
        DEEDS[verb](place, by=stranger, now=place.now)
    if verb != "chain.imported":  # an import names the place out of reach as unknown
        assert refused.type is reach.NotInReach
    assert Entry.objects.count() == before


@pytest.mark.parametrize("verb", DEEDS)
def test_who_may_does_it_and_the_journal_says_so(place, verb):
    operator = place.cast.viewer(place.cast.operator)
    DEEDS[verb](place, by=operator, now=place.now)
    fact = Entry.objects.order_by("-id").first()
    assert (fact.verb, fact.actor) == (verb, f"person:{place.cast.operator.id}")


@pytest.mark.parametrize("verb", DEEDS)
def test_routes_and_tallies_are_what_a_rebuild_would_make_them(place, verb):
    def derived():
        return (
            list(
                routes.Route.objects.order_by("post", "rung").values(
                    "post", "path", "parent_path", "depth", "rung", "rank", "contact", "households",
                    "is_leaf", "channel",
                )
            ),
            list(tallies.Tally.objects.order_by("unit").values()),
        )  # fmt: skip

    DEEDS[verb](place, by=place.cast.viewer(place.cast.operator), now=place.now)
    kept = derived()
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    assert kept == derived()


def test_only_the_node_founds_a_root(place):
    with pytest.raises(reach.NotInReach):
        units.create_unit(
            name="另一个市",
            level="city",
            structure_key="china_urban",
            parent=None,
            by=place.cast.viewer(place.cast.operator),
            now=place.now,
        )
    root = units.create_unit(
        name="另一个市",
        level="city",
        structure_key="china_urban",
        parent=None,
        by="node:import",
        now=place.now,
    )
    assert (root.depth, root.parent) == (0, None)


def test_a_move_needs_reach_at_both_ends(place):
    with pytest.raises(reach.NotInReach):
        division.move_unit(
            unit=place.cast.grid,
            parent=place.cast.neighbour_community,
            by=place.cast.viewer(place.cast.secretary),
            now=place.now,
        )


def test_a_person_sets_his_own_contacts_and_password(place):
    himself = place.cast.viewer(place.cast.worker)
    people.set_contacts(
        person=place.cast.worker, contacts=[Way("phone", "13900000003")], by=himself, now=place.now
    )
    accounts.set_password(
        account=place.account, password="another-horse-battery", by=himself, now=place.now
    )


def test_nobody_takes_over_or_shuts_out_who_may_do_more_although_he_lives_in_his_place(place):
    lodger = make.person("住在社区的运维员", place.cast.community)
    account = make.account(lodger, "lodger")
    tomorrow = place.now + timedelta(days=1)
    make.grant(lodger, "operator", place.cast.district, from_at=tomorrow)
    other = make.person("住在社区的另一位运维员", place.cast.community)
    make.grant(other, "operator", place.cast.community)
    by = {"by": place.cast.viewer(place.cast.secretary), "now": place.now}
    password = "quite-another-horse"
    for deed in (
        lambda: accounts.set_password(account=account, password=password, **by),
        lambda: accounts.close_account(account=account, **by),
        lambda: accounts.open_account(person=other, username="o", password=password, **by),
        lambda: people.deactivate_person(person=lodger, **by),
    ):
        with pytest.raises(reach.NotInReach):
            deed()
    by["by"] = place.cast.viewer(place.cast.operator)
    accounts.set_password(account=account, password=password, **by)
    accounts.open_account(person=other, username="o", password=password, **by)


def test_a_member_may_leave_an_alliance_that_others_keep(place):
    far = Organisation.objects.get(pk=place.clinic.pk)
    operator, now = place.cast.viewer(place.cast.operator), place.now
    organisations.change_organisation(
        organisation=far, unit=place.cast.strangers_street, by=operator, now=now
    )
    organisations.join_alliance(alliance=place.alliance, member=far, by=operator, now=now)
    far.refresh_from_db()
    neighbour = place.cast.viewer(place.cast.stranger)
    organisations.leave_alliance(alliance=place.alliance, member=far, by=neighbour, now=now)


def test_an_import_sees_only_what_is_in_reach(place):
    data = "编码,名称,上级\nG2,第二网格,990105001001\n".encode()
    stranger = place.cast.viewer(place.cast.stranger)
    plan = preview_import("units", data, "格.csv", by=stranger, now=place.now)
    assert not plan.may_commit
    with pytest.raises(reach.NotInReach):
        preview_import(
            "units", data, "格.csv", by=place.cast.viewer(place.cast.head), now=place.now
        )
