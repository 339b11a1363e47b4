"""Open311 at its addresses: who is refused, what comes in, what anybody may see and what only a key opens."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renwang.base.models import Entry
from renwang.cases import services
from renwang.cases.models import Case, Reporter
from renwang.chain.models import Unit
from renwang.chain.services.accounts import issue_token
from tests import make
from tests.cases.conftest import answered, brought, entered

BASE = "/open311/v2"
SENT = {
    "service_code": "road",
    "address_string": "石桥路 3 号门前",
    "description": "井盖翘起来了，有人绊倒。",
}
DAY = timedelta(days=1)
SQUARE = [106.50, 29.50, 106.52, 29.52]


def client(language="en"):
    return Client(headers={"accept-language": language})


def key_of(cast, who="secretary", *scopes):
    person = getattr(cast, who)
    scopes = scopes or ("cases.report", "cases.see")
    granted = cast.viewer(person)
    return issue_token(person=person, label="t", scopes=scopes, by=granted, now=cast.now)[1]


def get(path, **query):
    return client().get(f"{BASE}{path}", query)


def post(body, form="json", **more):
    return client().post(f"{BASE}/requests.{form}", body, **more)


def error(answer):
    (said,) = answer.json()
    return answer.status_code, said["description"]


@pytest.fixture
def drawn(cast):
    """The grid of the cast with a border."""
    west, south, east, north = SQUARE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    border = json.dumps({"type": "Polygon", "coordinates": [ring]})
    box = {"west": west, "south": south, "east": east, "north": north}
    Unit.objects.filter(pk__in=[cast.grid.pk, cast.district.pk]).update(boundary=border, **box)
    return cast


# --- refusals -------------------------------------------------------------------


def test_without_a_key_nothing_is_brought_in(cast):
    assert error(post(SENT)) == (403, "api_key is missing. Ask this office for one.")
    assert not Case.objects.exists()


def test_the_session_of_a_browser_is_no_key(cast):
    signed_in = client()
    signed_in.force_login(
        make.account(cast.secretary, "secretary"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert signed_in.post(f"{BASE}/requests.json", SENT).status_code == 403


@pytest.mark.parametrize("key", ["wrong", "rw_00000000000000000000"])
def test_a_key_that_does_not_hold_is_refused_also_for_looking(cast, key):
    assert post(SENT | {"api_key": key}).status_code == 403
    assert get("/requests.json", api_key=key).status_code == 403


def test_a_key_of_another_place_brings_nothing_in_here(cast):
    sent = SENT | {"api_key": key_of(cast, "stranger"), "address_id": cast.grid.ref}
    assert error(post(sent)) == (403, "This api_key does not hold, or not for this place.")
    sent["api_key"] = key_of(cast)
    assert post(sent).status_code == 200


def test_a_key_without_the_scope_brings_nothing_in(cast):
    sent = SENT | {"api_key": key_of(cast, "secretary", "cases.see"), "address_id": cast.grid.ref}
    assert post(sent).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"service_code": "dragons"}, 404, "No service has the code dragons."),
        ({"service_code": ""}, 400, "service_code is missing."),
        ({"jurisdiction_id": "nowhere"}, 404, "No place here has the jurisdiction_id nowhere."),
        ({"address_id": "nothing"}, 400, "Nothing here has the address_id nothing."),
        ({"attribute[colour]": "red"}, 400, "The attribute colour was not asked"),
        ({"service_code": "lift_stuck"}, 400, "The attribute inside has to be answered."),
        ({"lat": "29.9", "long": "107.9", "address_id": ""}, 400, "This position lies outside"),
        ({"phone": "1" * 200}, 400, "At most 120"),
    ],
)
def test_what_is_wrong_with_a_report_is_said(drawn, changes, status, sentence):
    sent = SENT | {"api_key": key_of(drawn), "address_id": drawn.grid.ref} | changes
    got, said = error(post({key: value for key, value in sent.items() if value != ""}))
    assert got == status
    assert sentence in said or changes.get("phone")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/services/dragons.json", {}, 404),
        ("/services.json", {"jurisdiction_id": "nowhere"}, 404),
        ("/requests/C-1.json", {}, 404),
        ("/tokens/ABCD.json", {}, 404),
        ("/requests.json", {"start_date": "yesterday"}, 400),
        ("/requests.json", {"status": "read"}, 400),
    ],
)
def test_what_cannot_be_asked_is_said_in_both_forms(cast, path, query, status):
    assert error(get(path, **query))[0] == status
    answer = get(path.replace(".json", ".xml"), **query)
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/xml; charset=utf-8")
    assert ElementTree.fromstring(answer.content).find("error/code").text == str(status)


def test_another_way_of_asking_is_refused(cast):
    assert client().delete(f"{BASE}/services.json").status_code == 400


def test_a_node_of_several_places_wants_to_know_which(cast):
    make.unit("另一个区", "district", code="990106")
    assert error(get("/services.json"))[0] == 400
    assert get("/services.json", jurisdiction_id="990105").status_code == 200
    assert get("/services.json", jurisdiction_id="").status_code == 400


# --- services -------------------------------------------------------------------


def test_services_with_what_is_asked_about_them_in_the_callers_language(cast):
    services_ = {one["service_code"]: one for one in get("/services.json").json()}
    assert services_["lift_stuck"] | {"keywords": ""} == {
        "service_code": "lift_stuck", "service_name": "Lifts", "description": "Lifts",
        "metadata": True, "type": "realtime", "keywords": "", "group": "Danger",
    }  # fmt: skip
    assert services_["noise"]["metadata"] is False
    chinese = client("zh-hans").get(f"{BASE}/services/lift_stuck.xml")
    asked = ElementTree.fromstring(chinese.content).find("attributes/attribute")
    assert asked.find("description").text == "电梯里有人吗？"
    assert [one.text for one in asked.findall("values/value/key")] == ["yes", "no", "unknown"]


def test_discovery_names_the_endpoint(cast, settings):
    settings.RENWANG_PUBLIC_URL = "https://node.example"
    said = client().get("/open311/discovery.json").json()
    (endpoint,) = said["endpoints"]
    assert endpoint["url"] == "https://node.example/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert set(said) == {"changeset", "contact", "key_service", "endpoints"}
    assert client().get("/open311/discovery.xml").status_code == 200


# --- what comes in --------------------------------------------------------------


def test_a_report_becomes_a_case_and_its_reporter_can_follow_it(drawn):
    sent = SENT | {
        "api_key": key_of(drawn), "lat": "29.51", "long": "106.51", "phone": "13800000000",
        "attribute[what][]": ["manhole", "lamp"], "media_url": "http://photos.example/1.jpg",
    }  # fmt: skip
    (got,) = post(sent).json()
    case = Case.objects.get(ref=got["service_request_id"])
    assert (case.via, case.kind, case.unit_id) == ("api", "road", drawn.grid.pk)
    assert case.words.splitlines() == [
        "井盖翘起来了，有人绊倒。",
        "What is broken? A manhole cover, A street lamp",
        "http://photos.example/1.jpg",
    ]
    assert (case.place, case.lat, case.lon) == ("石桥路 3 号门前", 29.51, 106.51)
    assert "13800000000" not in Reporter.objects.get(case=case).sealed
    code = got["service_notice"].split("Your code is ")[1].split(".")[0]
    assert get(f"/tokens/{code}.json").json() == [{"service_request_id": case.ref, "token": code}]


def test_a_report_sent_again_under_its_key_is_one_case(cast):
    bearer = {"authorization": f"Bearer {key_of(cast)}", "idempotency-key": "7"}
    sent = SENT | {"address_id": cast.grid.ref}
    first, again = (post(sent, headers=bearer).json() for _time in range(2))
    assert first == again
    assert Case.objects.count() == 1
    other = {"authorization": f"Bearer {key_of(cast, 'worker')}", "idempotency-key": "7"}
    assert post(sent, headers=other).json() != first


def test_a_report_of_a_building_lies_in_its_unit(cast):
    building = make.building("3号楼", cast.group)
    got = post(SENT | {"api_key": key_of(cast), "address_id": str(building.pk)}, "xml")
    assert ElementTree.fromstring(got.content).find("request/account_id").text is None
    assert Case.objects.get().building_id == building.pk


def test_bringing_in_stays_within_its_statements(cast):
    sent = SENT | {"api_key": key_of(cast), "address_id": cast.grid.ref}
    post(sent)
    with CaptureQueriesContext(connection) as statements:
        assert post(sent).status_code == 200
    # The key, its grants, the place, the services; and the intake of at most fifteen.
    assert len(statements) <= 24


# --- what is seen ---------------------------------------------------------------


@pytest.fixture
def old(cast):
    """Cases of the day before yesterday: one in a public place, one at somebody's home."""
    then = cast.now - 2 * DAY
    road = brought(
        cast,
        "路灯坏了，王阿姨家门口",
        kind="road",
        unit=cast.group,
        now=then,
        lon=106.512345,
        lat=29.512345,
        place="王阿姨家",
    )
    home = brought(cast, "隔壁吵架", kind="quarrel", now=then + DAY / 4)
    return road, home


def test_anybody_sees_that_something_is_the_matter_and_nothing_that_betrays_a_home(cast, old):
    road, home = old
    fresh = brought(cast, "刚刚发生", kind="road", now=cast.now)
    answer = get("/requests.json")
    (seen,) = answer.json()
    assert seen["service_request_id"] == road.ref
    assert (seen["description"], seen["media_url"], seen["address_id"]) == (None, None, None)
    assert (seen["lat"], seen["long"], seen["address"]) == (29.512, 106.512, cast.grid.name)
    for secret in ("王阿姨", "1号楼", home.ref, fresh.ref):
        assert secret not in answer.content.decode()
    assert get(f"/requests/{home.ref}.json").status_code == 404
    assert get(f"/requests/{fresh.ref}.json").status_code == 404


def test_a_masked_case_is_nobodys_to_see(cast, old):
    road, _home = old
    by = cast.viewer(cast.secretary)
    services.mask_case(road.pk, "……", "姓名", by=by, now=cast.now)
    assert get("/requests.json").json() == []


def test_a_key_opens_what_its_person_may_see_and_no_more(cast, old):
    road, home = old
    seen = get("/requests.json", api_key=key_of(cast)).json()
    assert [one["service_request_id"] for one in seen] == [home.ref, road.ref]
    assert seen[1]["description"] == "路灯坏了，王阿姨家门口"
    assert (seen[1]["lat"], seen[1]["address"]) == (29.512345, "王阿姨家, 1号楼")
    elsewhere = get("/requests.json", api_key=key_of(cast, "stranger")).json()
    assert [(one["service_request_id"], one["description"]) for one in elsewhere] == [
        (road.ref, None)
    ]


def test_requests_are_filtered_paged_and_ended_honestly(cast):
    now = cast.now
    first = answered(cast, entered(cast))
    key = key_of(cast)
    second = brought(cast, kind="road", now=now + DAY / 24)
    by = cast.viewer(cast.secretary)
    services.merge_case(second.pk, first.pk, by=by, now=now + DAY / 12)

    def refs(**query):
        found = get(
            "/requests.json", api_key=key, start_date="2026-07-01T00:00:00Z", **query
        ).json()
        return [one["service_request_id"] for one in found]

    late = {"end_date": "2026-07-31T00:00:00Z"}
    assert refs(**late, status="open") == [first.ref]
    assert refs(service_request_id=f"{second.ref},{first.ref}") == [second.ref, first.ref]
    assert refs(service_request_id=f"{second.ref},{first.ref}", page="2", page_size="1") == [
        first.ref
    ]
    assert refs(service_code="noise", **late) == []
    (one,) = get(f"/requests/{second.ref}.json", api_key=key).json()
    assert (one["status"], one["status_notes"]) == ("closed", "The same as another")


def test_a_list_costs_the_same_for_many(cast):
    key = key_of(cast)

    def cost():
        with CaptureQueriesContext(connection) as statements:
            get("/requests.xml", api_key=key)
        return len(statements)

    brought(cast, now=cast.now)
    cost()
    one = cost()
    for _more in range(5):
        brought(cast, now=cast.now)
    assert cost() == one <= 8


def test_the_journal_says_by_which_way_it_came(cast):
    post(SENT | {"api_key": key_of(cast), "address_id": cast.grid.ref})
    assert Entry.objects.filter(verb="cases.reported").get().facts["via"] == "api"
