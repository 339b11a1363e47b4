"""Finding: what the stranger does not see, pages that miss nothing, statements that do not grow."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renwang.base.paging import WrongCursor
from renwang.chain import routes, selectors, tallies
from renwang.chain.contact_rules import Way
from renwang.chain.models import Organisation, Person, Unit
from renwang.chain.selectors import people as people_lists
from renwang.chain.services import division, homes, organisations, people, posts, units
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:test"


@pytest.fixture
def chain(cast, now):
    organisations.create_organisation(
        kind="clinic", name="石桥诊所", unit=cast.community, by=NODE, now=now
    )
    make.building("石桥1号楼", cast.group, search="石桥1号楼")
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return cast


LISTS = {
    "units": selectors.list_units,
    "people": selectors.list_people,
    "posts": selectors.list_posts,
    "organisations": selectors.list_organisations,
    "buildings": selectors.list_buildings,
    "households": selectors.list_households,
}


def test_the_stranger_sees_nothing_of_it_and_who_may_does(chain):
    stranger, secretary = chain.viewer(chain.stranger), chain.viewer(chain.secretary)
    clinic = Organisation.objects.get()
    with pytest.raises(Unit.DoesNotExist):
        selectors.unit_page(stranger, chain.grid)
    with pytest.raises(Person.DoesNotExist):
        selectors.person_page(stranger, chain.worker)
    with pytest.raises(Organisation.DoesNotExist):
        selectors.organisation_page(stranger, clinic)
    assert selectors.unit_page(secretary, chain.grid).unit == chain.grid
    assert selectors.person_page(secretary, chain.worker).contacts
    assert selectors.organisation_page(secretary, clinic).organisation == clinic
    for listed in LISTS.values():
        assert not any(one.path.startswith(chain.community.path) for one in listed(stranger).items)
    assert selectors.search_everything(stranger, "石桥") == []
    assert {hit.kind for hit in selectors.search_everything(secretary, "石桥")} == {
        "unit",
        "organisation",
        "building",
    }
    assert selectors.map_features(stranger, chain.street)["features"] == []
    assert selectors.unit_of(stranger, chain.grid.ref) is None


def test_people_are_seen_only_where_people_may_be_seen(chain):
    head = chain.viewer(chain.head)  # carries warnings, and sees no people
    assert [one.pk for one in selectors.list_people(head).items] == [chain.head.pk]
    assert selectors.find_people(head, "王格平") == []
    assert selectors.find_people(chain.viewer(chain.secretary), "王格平") == [chain.worker]


@pytest.mark.parametrize("who", ["officer", "secretary", "worker", "head", "stranger"])
def test_a_list_is_the_same_whether_few_come_into_question_or_many(chain, now, monkeypatch, who):
    """A city's list is cut in another way than a community's; nobody may notice."""
    incomer = make.person(
        "外来者", chain.neighbour_community
    )  # at home elsewhere, with a post here
    posts.create_post(unit=chain.grid, title="空岗", answers=False, by=NODE, now=now)
    vacant = posts.create_post(unit=chain.group, title="联络员", answers=False, by=NODE, now=now)
    posts.appoint_holder(post=vacant, person=incomer, by=NODE, now=now)
    viewer = chain.viewer(getattr(chain, who))
    asked = [
        *((selectors.list_people, {"under": under, "posted": posted, "lacking": lacking})
          for under in (None, chain.community) for posted in (False, True)
          for lacking in ("", "contact", "post")),
        *((selectors.list_posts, {"under": under, "lacking": lacking})
          for under in (None, chain.community) for lacking in ("holder", "deputy", "contact")),
    ]  # fmt: skip
    told = []
    for most in (people_lists.FEW, -1):
        monkeypatch.setattr(people_lists, "FEW", most)
        told.append([[one.pk for one in find(viewer, **how).items] for find, how in asked])
    assert told[0] == told[1]


def test_a_unit_page_holds_the_line_above_its_children_posts_and_sums(chain):
    page = selectors.unit_page(chain.viewer(chain.secretary), chain.community)
    assert [unit.name for unit in page.above] == ["柳湾区", "青石街道"]
    assert [unit.name for unit in page.children] == ["第一网格"]
    assert [held.person.name for held in page.posts[0].current_holdings] == ["石书勤", "傅助民"]
    assert page.tally.households == page.children[0].tally.households == 12


def fill(chain, now, count):
    for number in range(count):
        unit = units.create_unit(
            name=f"网格{number}", level="grid", parent=chain.community, by=NODE, now=now
        )
        post = posts.create_post(unit=unit, title="网格员", role="grid_worker", by=NODE, now=now)
        person = people.register_person(
            name=f"某{number}",
            unit=unit,
            contacts=[Way("sms", f"1390000{number:04}")],
            by=NODE,
            now=now,
        )
        posts.appoint_holder(post=post, person=person, by=NODE, now=now)
        organisations.create_organisation(
            kind="shop", name=f"店{number}", unit=unit, by=NODE, now=now
        )
        house = homes.add_building(unit=unit, name=f"楼{number}", by=NODE, now=now)
        homes.add_household(building=house, door="101", by=NODE, now=now)


def test_a_list_takes_the_same_few_statements_for_any_page(chain, now, count_statements):
    viewer = chain.viewer(chain.operator)
    few = {name: count_statements(listed, viewer, size=2) for name, listed in LISTS.items()}
    fill(chain, now, 12)
    many = {name: count_statements(listed, viewer, size=50) for name, listed in LISTS.items()}
    assert max(many.values()) <= 6
    assert all(many[name] <= max(few[name], 6) for name in many)
    assert count_statements(selectors.search_everything, viewer, "网格") <= 5
    assert count_statements(selectors.map_features, viewer, chain.community, 2) == 1
    assert count_statements(selectors.unit_page, viewer, chain.community) <= 8


def test_a_deed_takes_the_same_few_statements_however_much_there_is(chain, now, count_statements):
    operator = chain.viewer(chain.operator)
    do = {"by": operator, "now": now}

    def deeds(tag):
        unit = units.create_unit(name=f"新{tag}", level="grid", parent=chain.community, **do)
        post = posts.create_post(unit=unit, title="网格员", role="grid_worker", **do)
        person = people.register_person(name=f"人{tag}", unit=unit, **do)
        return {
            "create": count_statements(
                units.create_unit, name=f"又{tag}", level="grid", parent=chain.community, **do
            ),
            "rename": count_statements(units.rename_unit, unit=unit, name=f"改{tag}", **do),
            "contacts": count_statements(
                people.set_contacts, person=person, contacts=[Way("knock")], **do
            ),
            "appoint": count_statements(posts.appoint_holder, post=post, person=person, **do),
            "vacate": count_statements(posts.vacate_post, post=post, person=person, **do),
            "building": count_statements(homes.add_building, unit=unit, name="楼", **do),
            "move": count_statements(
                division.move_unit, unit=unit, parent=chain.neighbour_community, **do
            ),
        }

    few = deeds("甲")
    fill(chain, now, 12)
    assert deeds("乙") == few
    assert max(number for name, number in few.items() if name != "move") <= 15
    assert few["move"] <= 45


@pytest.fixture
def count_statements(django_assert_max_num_queries):
    """Count the statements of a call, without the savepoints that only a test's transaction needs."""

    def counted(call, *args, **more):
        with django_assert_max_num_queries(500) as captured:
            call(*args, **more)
        return sum("SAVEPOINT" not in one["sql"] for one in captured.captured_queries)

    return counted


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(st.sampled_from("甲乙丙丁"), max_size=12),
    size=st.integers(1, 5),
    sort=st.sampled_from(["name", "-name", "place", "-households"]),
)
def test_pages_show_every_row_once_there_and_back(cast, names, size, sort):
    Unit.objects.filter(path__under=cast.strangers_street.path).exclude(
        pk=cast.strangers_street.pk
    ).delete()
    for name in names:
        make.unit(name, "community", cast.strangers_street)
    tallies.rebuild_tallies()
    viewer = cast.viewer(cast.stranger)
    pages, cursor = [], ""
    while cursor is not None:
        page = selectors.list_units(viewer, sort=sort, cursor=cursor, size=size)
        pages.append([unit.pk for unit in page.items])
        cursor, back = page.next, page.previous
    seen = [key for page in pages for key in page]
    assert len(seen) == len(set(seen)) == len(names) + 1
    returned = [pages[-1]]
    while back is not None:
        page = selectors.list_units(viewer, sort=sort, cursor=back, size=size)
        returned.insert(0, [unit.pk for unit in page.items])
        back = page.previous
    assert [key for page in returned for key in page] == seen


def test_a_forged_cursor_or_one_of_another_order_is_refused(chain):
    viewer = chain.viewer(chain.operator)
    with pytest.raises(WrongCursor):
        selectors.list_units(viewer, cursor="n:1:2")
    page = selectors.list_units(viewer, sort="name", size=2)
    with pytest.raises(WrongCursor):
        selectors.list_units(viewer, sort="place", cursor=page.next)


def test_filters_narrow(chain, now):
    operator = chain.viewer(chain.operator)
    posts.vacate_post(post=chain.grid_post, person=chain.worker, by=NODE, now=now)

    def units_(**what):
        return {unit.name for unit in selectors.list_units(operator, **what).items}

    assert units_(level="grid") == {"第一网格"}
    assert "第一网格" in units_(lacking="contact")
    assert "云溪社区" not in units_(lacking="holder")
    assert units_(under=chain.grid, text="中心") == {"中心户甲"}
    vacant = selectors.list_posts(operator, lacking="holder").items
    assert [post.pk for post in vacant] == [chain.grid_post.pk]
    assert selectors.list_posts(operator, lacking="contact").total == 1
    assert chain.operator in selectors.list_people(operator, lacking="contact").items
    assert chain.worker in selectors.list_people(operator, lacking="post").items
    assert selectors.list_organisations(operator, kind="clinic").total == 1


def test_the_map_draws_boundaries_else_points_with_the_figures(chain, now):
    operator = chain.viewer(chain.operator)
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    units.set_boundary(unit=chain.community, boundary=square, by=NODE, now=now)
    Unit.objects.filter(pk=chain.neighbour_community.pk).update(lon=1.5, lat=1.5)
    drawn = selectors.map_features(operator, chain.street)
    kinds = [feature["geometry"]["type"] for feature in drawn["features"]]
    assert kinds == ["Polygon", "Point"]
    assert drawn["features"][0]["properties"]["households"] == 12
    assert drawn["bbox"] == [0, 0, 2, 2]
    assert len(selectors.map_features(operator, chain.street, 9)["features"]) == 5
