"""Posts, people, accounts and grants: what is refused, and what follows a deed by itself."""

from datetime import timedelta

import pytest

from renwang.chain import contact_rules, reach, routes, rules, tallies, tree
from renwang.chain.contact_rules import Way
from renwang.chain.models import Contact, Grant, Holding, Route, Tally
from renwang.chain.services import accounts, grants, homes, organisations, people, posts
from renwang.chain.words import say_refusal
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"


@pytest.fixture
def chain(cast):
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return cast


def rungs(post):
    return list(
        Route.objects.filter(post=post).order_by("rung").values_list("person__name", "channel")
    )


def test_a_second_holder_is_refused_by_name(chain, now):
    with pytest.raises(rules.PostAlreadyHeld) as refused:
        posts.appoint_holder(post=chain.grid_post, person=chain.leader, by=NODE, now=now)
    assert "王格平" in str(say_refusal(refused.value))
    assert Holding.objects.filter(post=chain.grid_post).count() == 1


def test_the_holder_cannot_deputise_for_himself(chain, now):
    with pytest.raises(rules.HoldsThisPost):
        posts.appoint_deputy(post=chain.grid_post, person=chain.worker, by=NODE, now=now)


def test_a_unit_has_one_post_that_answers(chain, now):
    with pytest.raises(rules.PostAlreadyAnswers):
        posts.create_post(unit=chain.community, title="副书记", answers=True, by=NODE, now=now)
    with pytest.raises(rules.RoleUnknown):
        posts.create_post(unit=chain.community, title="x", role="mayor", by=NODE, now=now)


def test_a_closed_post_and_a_person_who_left_take_no_appointment(chain, now):
    posts.close_post(post=chain.grid_post, by=NODE, now=now)
    with pytest.raises(rules.PostHasEnded):
        posts.appoint_holder(post=chain.grid_post, person=chain.leader, by=NODE, now=now)
    people.deactivate_person(person=chain.head, by=NODE, now=now)
    with pytest.raises(rules.PersonNotActive):
        posts.appoint_holder(post=chain.contact_post, person=chain.head, by=NODE, now=now)
    with pytest.raises(rules.PostNotHeld):
        posts.vacate_post(post=chain.contact_post, person=chain.head, by=NODE, now=now)


def test_what_a_role_allows_comes_and_goes_with_the_post(chain, now):
    post = posts.create_post(
        unit=chain.neighbour_community, title="书记", role="community_secretary", by=NODE, now=now
    )
    posts.appoint_holder(post=post, person=chain.leader, by=chain.viewer(chain.operator), now=now)
    leader = make.viewer(chain.leader, now)
    assert leader.may("chain.edit", chain.neighbour_community.path)
    posts.vacate_post(post=post, person=chain.leader, by=NODE, now=now)
    assert not make.viewer(chain.leader, now + timedelta(1)).may("chain.edit")


def test_a_term_ends_what_the_post_allows(chain, now):
    post = posts.create_post(
        unit=chain.neighbour_community, title="书记", role="community_secretary", by=NODE, now=now
    )
    until = tree.today(now) + timedelta(30)
    posts.appoint_holder(post=post, person=chain.leader, until_on=until, by=NODE, now=now)
    assert make.viewer(chain.leader, now).may("chain.edit")
    assert not make.viewer(chain.leader, now + timedelta(31)).may("chain.edit")


def test_nobody_appoints_to_more_than_he_may_do_himself(chain, now):
    duty = posts.create_post(
        unit=chain.community, title="值班员", role="community_duty", by=NODE, now=now
    )
    # His own grant ends, so he cannot give one that comes with a post and does not.
    standing_in = make.person("代理人", chain.community)
    make.grant(standing_in, "secretary", chain.community, until_at=now + timedelta(days=1))
    by = chain.viewer(standing_in)
    with pytest.raises(rules.GrantRefused) as refused:
        posts.appoint_holder(post=duty, person=chain.leader, by=by, now=now)
    assert str(say_refusal(refused.value))
    assert not Holding.objects.filter(post=duty).exists()
    posts.appoint_holder(post=duty, person=chain.leader, with_grant=False, by=by, now=now)
    assert not Grant.objects.filter(post=duty).exists()


def test_one_person_may_hold_several_posts_and_is_counted_once(chain, now):
    post = posts.create_post(unit=chain.neighbour_community, title="联络员", by=NODE, now=now)
    before = Tally.objects.get(unit=chain.street)
    posts.appoint_holder(post=post, person=chain.worker, by=NODE, now=now)
    after = Tally.objects.get(unit=chain.street)
    assert (after.vacant, after.people) == (before.vacant - 1, before.people)


def test_the_route_names_the_holders_contacts_then_each_deputys(chain, now):
    assert rungs(chain.community_post) == [
        ("石书勤", "app"),
        ("石书勤", "sms"),
        ("傅助民", "app"),
    ]
    posts.appoint_deputy(post=chain.community_post, person=chain.leader, by=NODE, now=now)
    posts.reorder_deputies(
        post=chain.community_post, order=[chain.leader, chain.deputy], by=NODE, now=now
    )
    assert [name for name, _ in rungs(chain.community_post)][2:] == ["楼长青", "傅助民"]
    posts.vacate_post(post=chain.community_post, person=chain.leader, by=NODE, now=now)
    assert Holding.objects.get(person=chain.deputy, is_current=True).rank == 1


def test_a_vacant_post_keeps_its_first_rung_and_is_unreachable(chain, now):
    posts.vacate_post(post=chain.grid_post, person=chain.worker, by=NODE, now=now)
    assert rungs(chain.grid_post) == [(None, "")]
    assert Tally.objects.get(unit=chain.district).unreachable == 1


def test_only_contacts_that_can_be_used_are_rungs(chain, now):
    people.set_contacts(
        person=chain.worker,
        contacts=[Way("neighbour", neighbour=str(chain.head.pk)), Way("knock"), Way("app")],
        by=NODE,
        now=now,
    )
    assert [channel for _, channel in rungs(chain.grid_post)] == ["neighbour", "knock", "app"]
    people.deactivate_person(person=chain.head, by=NODE, now=now)
    assert [channel for _, channel in rungs(chain.grid_post)] == ["knock", "app"]
    assert rungs(chain.contact_post) == [(None, "")]


def test_contacts_that_stay_keep_their_record(chain, now):
    contact = Contact.objects.get(person=chain.worker)
    Contact.objects.filter(pk=contact.pk).update(worked_at=now)
    people.set_contacts(
        person=chain.worker,
        contacts=[Way("phone", "13900000009"), Way("app", "d")],
        by=NODE,
        now=now,
    )
    kept = Contact.objects.get(pk=contact.pk)
    assert (kept.position, kept.worked_at) == (1, now)


def test_neighbours_must_be_known_and_not_wait_for_each_other(chain, now):
    def through(person, neighbour):
        people.set_contacts(
            person=person,
            contacts=[Way("neighbour", neighbour=str(neighbour.pk))],
            by=chain.viewer(chain.operator),
            now=now,
        )

    through(chain.worker, chain.head)
    with pytest.raises(contact_rules.NeighboursCircle):
        through(chain.head, chain.worker)
    with pytest.raises(contact_rules.NotThroughHimself):
        through(chain.head, chain.head)
    people.deactivate_person(person=chain.leader, by=NODE, now=now)
    with pytest.raises(people.NeighbourUnknown):
        through(chain.head, chain.leader)


def test_a_number_belongs_to_one_person(chain, now):
    people.change_person(person=chain.worker, number="A001", by=NODE, now=now)
    with pytest.raises(people.NumberTaken):
        people.register_person(name="另一个", unit=chain.grid, number="A001", by=NODE, now=now)


def test_who_leaves_loses_posts_grants_sign_in_and_keys(chain, now):
    make.account(chain.worker, "worker")
    _, secret = accounts.issue_token(
        person=chain.worker, label="手机", scopes=["chain.see"], by=NODE, now=now
    )
    people.deactivate_person(person=chain.worker, by=NODE, now=now)
    assert accounts.find_token(secret, now) is None
    chain.worker.refresh_from_db()
    assert not chain.worker.account.is_active
    assert reach.viewer_of(chain.worker, now).places == {}
    assert not Holding.objects.filter(person=chain.worker, is_current=True).exists()


# --- grants ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bundle", "place", "until", "problem"),
    [
        ("operator", "grid", None, rules.GrantProblem.TOO_MUCH),
        ("secretary", "grid", None, rules.GrantProblem.TOO_LONG),
        ("nothing", "grid", None, rules.GrantProblem.UNKNOWN_BUNDLE),
    ],
)
def test_a_grant_only_narrows(chain, now, bundle, place, until, problem):
    Grant.objects.filter(person=chain.secretary).update(until_at=now + timedelta(5))
    with pytest.raises(rules.GrantRefused) as refused:
        grants.give_grant(
            person=chain.leader,
            bundle=bundle,
            unit=getattr(chain, place),
            until_at=until,
            by=chain.viewer(chain.secretary),
            now=now,
        )
    assert problem in refused.value.problems


def test_what_was_passed_on_ends_with_its_source(chain, now):
    secretary = chain.viewer(chain.secretary)
    own = Grant.objects.get(person=chain.secretary)
    first = grants.delegate_grant(
        grant=own, person=chain.leader, unit=chain.grid, by=secretary, now=now
    )
    second = grants.delegate_grant(
        grant=first, person=chain.head, bundle="looker", by=make.viewer(chain.leader, now), now=now
    )
    with pytest.raises(rules.GrantNotYours):
        grants.delegate_grant(grant=first, person=chain.head, by=secretary, now=now)
    assert grants.take_back_grant(grant=own, by=NODE, now=now) == 3
    second.refresh_from_db()
    assert second.ended_at == now
    assert not make.viewer(chain.leader, now).may("chain.edit")


def test_a_person_may_lay_down_his_own_grant(chain, now):
    grants.take_back_grant(
        grant=Grant.objects.get(person=chain.worker), by=chain.viewer(chain.worker), now=now
    )
    assert reach.viewer_of(chain.worker, now).places == {}


# --- accounts and keys -------------------------------------------------------


def test_sign_ins_are_one_to_a_person_and_one_to_a_name(chain, now):
    new = {"password": "right-horse-battery", "by": NODE, "now": now}
    accounts.open_account(person=chain.worker, username="worker", **new)
    with pytest.raises(accounts.UsernameTaken):
        accounts.open_account(person=chain.head, username="Worker", **new)
    with pytest.raises(accounts.AccountExists):
        accounts.open_account(person=chain.worker, username="other", **new)
    with pytest.raises(accounts.PasswordTooWeak) as refused:
        accounts.open_account(
            person=chain.head, username="head", password="12345", by=NODE, now=now
        )
    assert str(say_refusal(refused.value))


def test_a_key_is_shown_once_carries_what_its_person_has_and_ends(chain, now):
    himself = chain.viewer(chain.worker)
    token, secret = accounts.issue_token(
        person=chain.worker,
        label="手机",
        scopes=["chain.see"],
        until_at=now + timedelta(1),
        by=himself,
        now=now,
    )
    assert secret not in str(vars(token))
    assert accounts.find_token(secret, now) == token
    assert accounts.find_token(secret + "x", now) is None
    assert accounts.find_token(secret, now + timedelta(1)) is None
    accounts.end_token(token=token, by=himself, now=now)
    assert accounts.find_token(secret, now) is None
    with pytest.raises(accounts.ScopeUnknown):
        accounts.issue_token(
            person=chain.worker, label="", scopes=["chain.edit"], by=himself, now=now
        )
    with pytest.raises(accounts.NotYourKey):
        accounts.issue_token(
            person=chain.worker,
            label="",
            scopes=[],
            by=chain.viewer(chain.operator),
            now=now,
        )


# --- homes and organisations -------------------------------------------------


def test_doors_and_codes_are_unique_and_a_lived_in_house_stays(chain, now):
    new = {"by": NODE, "now": now}
    house = homes.add_building(unit=chain.group, name="1号楼", code="B1", **new)
    homes.add_household(building=house, door="101", heads=3, **new)
    with pytest.raises(homes.BuildingCodeTaken):
        homes.add_building(unit=chain.group, name="2号楼", code="B1", **new)
    with pytest.raises(homes.DoorTaken):
        homes.add_household(building=house, door="101", **new)
    with pytest.raises(homes.DoorsRemain):
        homes.remove_building(building=house, **new)
    tally = Tally.objects.get(unit=chain.district)
    assert (tally.buildings, tally.households) == (1, 13)


def test_only_an_alliance_is_joined_and_never_by_itself(chain, now):
    new = {"unit": chain.community, "by": NODE, "now": now}
    firm = organisations.create_organisation(kind="property", name="物业", **new)
    one = organisations.form_alliance(name="联盟甲", leader=firm, **new)
    two = organisations.form_alliance(name="联盟乙", leader=one, **new)
    join = {"by": NODE, "now": now}
    with pytest.raises(organisations.NotAnAlliance):
        organisations.join_alliance(alliance=firm, member=one, **join)
    with pytest.raises(organisations.AllianceInItself):
        organisations.join_alliance(alliance=one, member=two, **join)
    with pytest.raises(organisations.AlreadyMember):
        organisations.join_alliance(alliance=one, member=firm, **join)
    organisations.close_organisation(organisation=firm, **join)
    with pytest.raises(organisations.OrganisationHasEnded):
        organisations.change_organisation(organisation=firm, name="x", **join)
    with pytest.raises(organisations.NotAMember):
        organisations.leave_alliance(alliance=one, member=firm, **join)


def test_every_refusal_has_a_sentence():
    from renwang.chain import words

    def all_below(base):
        for one in base.__subclasses__():
            yield one
            yield from all_below(one)

    said_otherwise = {"GrantRefused", "BoundaryNotUsable", "DivisionsRefused", "BoundariesRefused"}
    ours = {
        one
        for one in all_below(rules.Refusal)
        if one.__module__.startswith("renwang.chain") and one.__name__ not in said_otherwise
    }
    assert ours == set(words.REFUSALS)
