"""The figures of an invented place are those of the brief, whatever the seed."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renwang.chain.invented.parts import Part
from renwang.chain.invented.places import invent, root_code
from renwang.chain.invented.sizes import Size, SizeFault, SizeRefused

seeds = st.integers(0, 2**40)


def only(households: int, seed: int) -> Part:
    (part,) = invent(Size(households), seed)
    return part


@pytest.mark.parametrize(
    ("households", "subdistricts", "fault"),
    [
        (599, 1, SizeFault.TOO_SMALL),
        (55_001, 1, SizeFault.TOO_LARGE),
        (3_000, 2, SizeFault.TOO_SMALL),
        (13_000, 0, SizeFault.TOO_MANY),
        (13_000, 5_000, SizeFault.TOO_MANY),
    ],
)
def test_a_place_whose_figures_cannot_be_kept_is_refused(households, subdistricts, fault):
    with pytest.raises(SizeRefused) as refused:
        Size(households, subdistricts)
    assert refused.value.fault is fault


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(11_500, 20_000))
def test_a_sub_district_has_the_figures_of_real_ones(seed, households):
    part = only(households, seed)
    levels = {unit.id: unit for unit in part.units}
    children = Counter(unit.parent_id for unit in part.units)
    of = {
        level: [u for u in part.units if u.level == level]
        for level in {u.level for u in part.units}
    }
    doors = Counter(home.unit_id for home in part.households)
    homes = Counter(home.path.rsplit("/", 3)[0] + "/" for home in part.households)

    assert len(part.households) == households
    assert 5 <= len(of["community"]) <= 20
    assert all(5 <= children[one.id] <= 30 for one in of["community"])
    assert all(300 <= homes[one.path] <= 500 for one in of["grid"])
    assert all(10 <= doors[one.id] <= 20 for one in of["contact_household"])
    assert sum(home.heads for home in part.households) + 1_500 >= 30_000
    buildings = Counter(
        one.unit_id for one in part.buildings if levels[one.unit_id].level != "community"
    )
    assert set(buildings.values()) <= {1, 2}
    assert set(buildings) == {one.id for one in of["building_group"]}


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(600, 3_000))
def test_every_size_keeps_grids_and_doors_in_their_limits(seed, households):
    part = only(households, seed)
    homes = Counter(home.path.rsplit("/", 3)[0] + "/" for home in part.households)
    assert len(part.households) == households
    assert all(count <= 500 for count in homes.values())
    assert all(10 <= n <= 20 for n in Counter(home.unit_id for home in part.households).values())


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_posts_are_held_vacant_and_shared_as_in_life(seed):
    part = only(12_000, seed)
    held = {one.post_id for one in part.holdings if one.is_current and one.rank == 0}
    assert 0.03 < 1 - len(held) / len(part.posts) < 0.10

    answering = [post for post in part.posts if post.answers]
    assert len(answering) == len(part.units)
    deputies = {one.post_id for one in part.holdings if one.is_current and one.rank == 1}
    upper = {u.id for u in part.units if u.level in ("subdistrict", "community", "grid")}
    upper_posts = [post for post in answering if post.unit_id in upper]
    assert sum(post.id in deputies for post in upper_posts) > 0.7 * len(upper_posts)

    posts_each = Counter(
        person for person, _ in {(h.person_id, h.post_id) for h in part.holdings if h.is_current}
    )
    assert any(count > 1 for count in posts_each.values())


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_some_carriers_have_no_smartphone_and_each_of_them_can_still_be_reached(seed):
    part = only(12_000, seed)
    lower = {u.id for u in part.units if u.level in ("building_group", "contact_household")}
    carriers = {person.id for person in part.people if person.unit_id in lower}
    by_person: dict = {}
    for contact in sorted(part.contacts, key=lambda one: one.position):
        by_person.setdefault(contact.person_id, []).append(contact)
    without = [p for p in carriers if by_person.get(p, [None])[0] and by_person[p][0].kind in ("phone", "knock", "neighbour")]  # fmt: skip
    assert 0.07 < len(without) / len(carriers) < 0.17
    kinds = {by_person[person][0].kind for person in without}
    assert kinds == {"phone", "knock", "neighbour"}
    people = {person.id for person in part.people}
    for contact in part.contacts:
        if contact.kind == "neighbour":
            assert contact.neighbour_id in people
            assert by_person[contact.neighbour_id][0].kind == "app"


def test_every_kind_of_organisation_is_there_and_one_alliance_has_a_leader():
    part = only(13_000, 7)
    assert {one.kind for one in part.organisations} == {
        "party", "committee", "owners", "property", "resident_unit", "shop", "clinic", "school",
        "outpost", "mass", "social", "self_organised", "alliance",
    }  # fmt: skip
    assert sum(one.leads for one in part.alliances) == 1
    pairs = [(one.organisation_id, one.person_id) for one in part.memberships]
    assert len(pairs) == len(set(pairs))


def test_telephones_and_codes_lie_where_nobody_is():
    part = only(3_000, 3)
    numbers = [one.address for one in part.contacts if one.kind in ("sms", "phone")]
    assert numbers
    assert all(number.startswith("154") and len(number) == 11 for number in numbers)
    assert all(one.telephone.startswith("000-") for one in part.organisations)
    assert all(unit.code.startswith("99") for unit in part.units if unit.code)


def test_nothing_has_one_name_twice_where_it_would_confuse():
    part = only(20_000, 11)
    for column in ("id", "ref", "path"):
        values = [getattr(unit, column) for unit in part.units]
        assert len(values) == len(set(values)), column
    among_brothers = [(unit.parent_id, unit.name) for unit in part.units]
    assert len(among_brothers) == len(set(among_brothers))
    assert len({(home.building_id, home.door) for home in part.households}) == 20_000
    codes = [building.code for building in part.buildings]
    assert len(codes) == len(set(codes))


def test_a_city_has_districts_and_comes_part_by_part():
    head, *parts = invent(Size(12_000, 30), 5)
    assert [unit.level for unit in head.units] == ["city", "district", "district"]
    assert head.units[0].code == root_code(Size(12_000, 30), 5)
    assert len(parts) == 30
    assert sum(len(part.households) for part in parts) == 30 * 12_000
    ids = [unit.id for part in (head, *parts) for unit in part.units]
    assert len(ids) == len(set(ids))
    numbers = [c.address for part in parts for c in part.contacts if c.kind == "sms"]
    assert len(numbers) == len(set(numbers))
