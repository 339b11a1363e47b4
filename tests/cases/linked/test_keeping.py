"""A system is entered, tried out, mapped, paused: who may not, and what is asked of it."""

import httpx
import pytest

from renwang.base.envelopes import unseal
from renwang.base.models import Entry
from renwang.cases.linked import services
from renwang.cases.linked.models import System
from renwang.cases.linked.rules import (
    LinkedAlready,
    MappedToNothing,
    NoLabel,
    NothingMapped,
    NoWebAddress,
    Pair,
    WrongRhythm,
)
from renwang.cases.linked.services.keeping import KEY
from renwang.cases.linked.words import TROUBLES, say_trouble
from renwang.chain.reach import NotInReach
from tests.cases.linked.conftest import ADDRESS, MINUTE


def test_only_who_operates_the_node_there_links_a_system(link, cast):
    link.operator = cast.viewer(cast.secretary)
    with pytest.raises(NotInReach):
        link.add()
    assert not System.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"label": " "}, NoLabel),
        ({"url": "city.example"}, NoWebAddress),
        ({"url": "file:///etc/passwd"}, NoWebAddress),
        ({"every": 5}, WrongRhythm),
        ({"every": 90_000}, WrongRhythm),
    ],
)
def test_what_cannot_be_is_refused(link, changes, refusal):
    with pytest.raises(refusal):
        link.add(**changes)


def test_an_address_is_linked_once_for_each_jurisdiction(link):
    link.add()
    with pytest.raises(LinkedAlready):
        link.add()
    assert link.add(jurisdiction="another").jurisdiction == "another"


def test_its_key_is_sealed_and_in_no_fact(link):
    made = link.add(key="very secret")
    assert "secret" not in made.key
    assert unseal(made.key, KEY) == "very secret"
    assert not Entry.objects.filter(body__contains="secret").exists()


def test_the_key_stays_with_its_host_and_goes_to_no_other(link):
    link.add()
    changed = {"label": "区城管平台", "every": 600, "by": link.operator, "now": link.now}
    same = services.change_system(link.key, url=f"{ADDRESS}/", **changed)
    assert unseal(same.key, KEY) == "k-1"
    other = services.change_system(link.key, url="https://other.example/v2", **changed)
    assert other.key == ""


def test_the_first_visit_asks_what_it_offers_and_whether_updates_are_told(link):
    link.add()
    system = link.visit()
    assert [one["code"] for one in system.services] == ["lamp", "pothole", "dog"]
    (asked,) = system.services[1]["attributes"]
    assert (asked["code"], asked["required"]) == ("depth", True)
    assert system.has_updates and not system.wants_services
    assert system.endpoint == ADDRESS
    assert not system.trouble
    assert all(said["api_key"] == ["k-1"] for _method, _path, said in link.twin.heard)


def test_one_without_updates_is_asked_for_none(link):
    link.twin.has_updates = False
    assert not link.known().has_updates
    link.twin.heard.clear()
    link.visit()
    assert not [path for _method, path, _said in link.twin.heard if "update" in path]


def test_discovery_leads_to_the_endpoint_but_not_to_another_host(link):
    found = "https://city.example/real/v2"
    page = {
        "endpoints": [
            {"specification": "http://wiki.open311.org/GeoReport_v2", "url": found, "type": "production"}
        ]
    }  # fmt: skip
    link.twin.answers["GET discovery"] = httpx.Response(200, json=page)
    link.add(url="https://city.example/discovery.json")
    assert link.visit().endpoint == found
    page["endpoints"][0]["url"] = "https://thief.example/v2"
    link.twin.answers["GET discovery"] = httpx.Response(200, json=page)
    link.add(url="https://city.example/discovery.json", jurisdiction="2")
    system = link.visit()
    assert system.trouble.startswith("no-endpoint") and not system.endpoint


def test_nothing_is_mapped_before_it_was_asked_and_nothing_to_what_is_not_there(link):
    link.add()
    with pytest.raises((NothingMapped, MappedToNothing)):
        link.map()
    link.visit()
    for pair in (Pair("ghost", "road"), Pair("lamp", "ghost")):
        with pytest.raises(MappedToNothing):
            link.map([pair])
    with pytest.raises(NothingMapped):
        link.map([Pair("lamp", "property", sends=False)], pushes=True)
    system = link.map()
    assert system.taken_as == {"lamp": "property", "pothole": "road"}
    assert system.sent_as == {"property": "lamp", "road": "pothole"}


def test_a_paused_one_is_not_visited_and_goes_on_where_it_stood(link):
    link.known()
    services.pause_system(link.key, by=link.operator, now=link.now)
    link.twin.heard.clear()
    link.twin.report("T-9", "lamp", "灯坏了")
    link.visit()
    assert not link.twin.heard
    services.resume_system(link.key, by=link.operator, now=link.now)
    link.visit(MINUTE)
    assert link.system.counterparts.count() == 1


def test_every_trouble_is_said_in_plain_words():
    for code in TROUBLES:
        assert say_trouble(f"{code}: 403") and "-" not in say_trouble(code).split()[0]
    assert say_trouble("KeyError") and not say_trouble("")
