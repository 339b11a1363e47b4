"""An invented place as the node keeps it."""

import pytest

from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.invented.loading import PlaceTaken, load_invented
from renwang.chain.invented.signins import DemoOnly, demo_signins
from renwang.chain.invented.sizes import Size
from renwang.chain.models import Backdrop, Household, Person, Post, Route, Unit, UnitVersion

SMALL = Size(900)


def test_a_place_of_another_size_is_refused_where_one_stands(db, now):
    load_invented(SMALL, 1, now=now)
    with pytest.raises(PlaceTaken):
        load_invented(Size(1_000), 1, now=now)
    assert Household.objects.count() == 900


def test_sign_ins_with_a_known_password_are_refused_outside_the_demo(db, now, settings):
    root = load_invented(SMALL, 1, now=now)
    settings.DEMO = False
    with pytest.raises(DemoOnly):
        demo_signins(root, now=now)


def test_a_second_load_changes_nothing(db, now):
    first = load_invented(SMALL, 1, now=now)
    units = Unit.objects.count()
    assert load_invented(SMALL, 1, now=now) == first
    assert Unit.objects.count() == units
    assert Entry.objects.filter(verb="chain.place_invented").count() == 1


def test_everything_hangs_together_and_is_counted(db, now):
    root = load_invented(SMALL, 3, now=now)
    tally = root.tally
    assert tally.households == 900
    assert tally.residents == sum(Household.objects.values_list("heads", flat=True))
    assert tally.units == Unit.objects.count() == UnitVersion.objects.count()
    assert 0 < tally.vacant < tally.posts
    firsts = Route.objects.filter(rung=0)
    assert firsts.count() == Post.objects.filter(answers=True).count()
    assert sum(firsts.values_list("households", flat=True)) == 900
    assert not Person.objects.filter(invented=False).exists()
    assert Backdrop.objects.filter(kind="water").exists()
    assert Unit.objects.exclude(boundary="").filter(west=None).count() == 0


def test_two_places_stand_side_by_side(db, now):
    one, other = load_invented(SMALL, 1, now=now), load_invented(SMALL, 2, now=now)
    assert one.code != other.code
    assert one.tally.households == other.tally.households == 900


def test_progress_ends_at_its_total(db, now):
    seen = []
    load_invented(SMALL, 1, now=now, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    assert seen == sorted(seen)


def test_the_demo_has_five_people_who_may_what_their_posts_allow(db, now, settings):
    settings.DEMO = True
    root = load_invented(Size(3_600), 1, now=now)
    signins = {one.username: one for one in demo_signins(root, now=now)}
    assert set(signins) == {"operator", "duty", "secretary", "grid", "leader"}
    assert len({one.person.id for one in signins.values()}) == 5
    assert demo_signins(root, now=now) == list(signins.values())

    def may(username: str, capability: str) -> bool:
        return reach.viewer_of(signins[username].person, now).may(capability)

    assert may("operator", "node.operate")
    assert may("duty", "alerts.relay")
    assert not may("duty", "node.operate")
    assert may("secretary", "chain.edit")
    assert may("grid", "alerts.answer")
    assert not may("grid", "alerts.relay")
    assert may("leader", "alerts.answer")
    assert not may("leader", "people.see")
