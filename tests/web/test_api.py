"""The API: refusals first, then a warning brought in, relayed, answered and followed."""

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from renwang.alerts import cap
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.chain.services.accounts import end_token, issue_token
from renwang.outreach.services.tallying import count_notice
from tests.alerts.conftest import warning

EVERYTHING = {
    "officer": ["alerts.see", "alerts.receive", "alerts.relay", "chain.see", "journal.read"],
    "worker": ["alerts.see", "alerts.answer", "chain.see"],
    "stranger": ["alerts.see", "chain.see", "journal.read"],
    "operator": ["node.operate", "alerts.see"],
}


@dataclass
class Caller:
    """A program with somebody's token."""

    token: str

    def __post_init__(self):
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})

    def get(self, path, **query):
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path, body):
        return self.client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")

    def bring(self, data: bytes):
        return self.client.post("/api/v1/alerts", data, content_type="application/cap+xml")


@pytest.fixture
def callers(cast, now):
    """A caller for each of four people of the cast."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    made = {}
    for name, scopes in EVERYTHING.items():
        person = getattr(cast, name)
        _token, secret = issue_token(
            person=person, label="t", scopes=scopes, by=cast.viewer(person), now=now
        )
        made[name] = Caller(secret)
    return made


@pytest.fixture
def document(now):
    """A warning for the cast's sub-district, as bytes."""
    return cap.write(warning(now))


def code_of(response) -> str:
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["detail"]
    return problem["code"]


class TestWhoMayNot:
    def test_nobody_without_a_token(self, cast):
        response = Client().get("/api/v1/units")
        assert (response.status_code, code_of(response)) == (401, "not-signed-in")

    def test_a_token_that_has_ended(self, cast, callers, now):
        person = cast.officer
        token, secret = issue_token(
            person=person, label="old", scopes=["chain.see"], by=cast.viewer(person), now=now
        )
        end_token(token=token, by=cast.viewer(person), now=now - timedelta(minutes=1))
        assert Caller(secret).get("/units").status_code == 401

    def test_a_token_does_no_more_than_its_scopes(self, cast, callers, now, document):
        person = cast.officer
        _token, secret = issue_token(
            person=person, label="reader", scopes=["alerts.see"], by=cast.viewer(person), now=now
        )
        response = Caller(secret).bring(document)
        assert (response.status_code, code_of(response)) == (403, "not-in-reach")

    def test_a_stranger_sees_neither_units_nor_warnings_nor_facts(self, cast, callers, document):
        alert = callers["officer"].bring(document).json()
        stranger = callers["stranger"]
        assert stranger.get(f"/units/{cast.community.pk}").status_code == 404
        assert stranger.get(f"/alerts/{alert['id']}").status_code == 404
        assert stranger.get(f"/alerts/{alert['id']}/cap").status_code == 404
        seal_all()
        places = {fact["place"] for fact in stranger.get("/journal").json()["items"]}
        assert not [place for place in places if place.startswith(cast.street.path)]
        assert callers["officer"].get(f"/units/{cast.community.pk}").status_code == 200

    def test_only_the_operator_hands_in_batches(self, callers):
        assert callers["worker"].post("/calls/receipts", {"receipts": []}).status_code == 403
        assert callers["operator"].post("/calls/receipts", {"receipts": []}).json() == []

    def test_an_act_by_session_needs_the_csrf_token(self, cast, callers, document):
        from tests import make

        client = Client(enforce_csrf_checks=True)
        client.force_login(
            make.account(cast.officer, "officer"),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        response = client.post("/api/v1/alerts", document, content_type="application/cap+xml")
        assert response.status_code == 403
        assert client.get("/api/v1/units").status_code == 200


class TestPages:
    def test_warnings_that_came_in_at_one_moment_are_each_on_one_page(self, callers, now):
        officer = callers["officer"]
        for number in range(5):
            officer.bring(cap.write(warning(now, identifier=f"w-{number}")))
        seen, cursor = [], ""
        while True:
            page = officer.get("/alerts", limit=2, cursor=cursor).json()
            seen += [one["identifier"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(seen) == [f"w-{number}" for number in range(5)]


class TestBadInput:
    def test_what_is_no_warning_is_refused_with_element_and_line(self, callers):
        response = callers["officer"].bring(
            b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>"
        )
        assert response.status_code == 422
        assert code_of(response).startswith("cap-")
        assert response.json()["line"] == 1

    @pytest.mark.parametrize(
        "body", [b"", b"\x00", b"{}", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
    )
    def test_rubbish(self, callers, body):
        assert callers["officer"].bring(body).status_code in (400, 422)

    def test_a_forged_page_mark(self, callers):
        response = callers["officer"].get("/units", cursor="n:forged")
        assert (response.status_code, code_of(response)) == (400, "wrong-cursor")

    def test_an_unknown_receipt(self, callers):
        response = callers["worker"].post("/calls/1/answers", {"receipt": "seen"})
        assert (response.status_code, code_of(response)) == (422, "wrong-input")

    def test_the_sentence_is_in_the_callers_language(self, callers):
        english = callers["officer"].client.get(
            f"/api/v1/units/{uuid4()}", headers={"accept-language": "en"}
        )
        chinese = callers["officer"].get(f"/units/{uuid4()}")
        assert "nothing here" in english.json()["detail"]
        assert "nothing here" not in chinese.json()["detail"]


class TestAWarning:
    def test_comes_in_once_and_goes_out_byte_for_byte(self, callers, document):
        officer = callers["officer"]
        first, second = officer.bring(document), officer.bring(document)
        assert first.status_code == second.status_code == 201
        assert first.json()["id"] == second.json()["id"]
        assert first.json()["colour"] == "orange"
        assert officer.get(f"/alerts/{first.json()['id']}/cap").content == document

    def test_is_relayed_answered_and_followed(self, cast, callers, document):
        officer, worker = callers["officer"], callers["worker"]
        alert = officer.bring(document).json()
        relay = officer.post(
            f"/alerts/{alert['id']}/relays", {"unit": str(cast.street.pk), "note": "请走南门"}
        )
        assert relay.status_code == 201
        again = officer.post(f"/alerts/{alert['id']}/relays", {"unit": str(cast.street.pk)})
        assert again.status_code == 409
        notice = relay.json()["notice"]
        count_notice(notice)

        [call] = worker.get("/calls/mine").json()
        assert call["note"] == "请走南门"
        assert "南门" not in call["words"]
        assert call["delivered_at"] is not None
        answered = worker.post(f"/calls/{call['id']}/answers", {"receipt": "carried"})
        assert answered.json()["state"] == "carried"

        whole = officer.get(f"/notices/{notice}/coverage").json()
        assert whole["carried"] == 2  # the officer who relayed it, and the grid worker
        assert whole["sent"] == 0
        missing = officer.get(f"/notices/{notice}/missing").json()
        assert cast.grid.name not in [one["unit"] for one in missing]
        assert cast.community.name in [one["unit"] for one in missing]
        assert callers["stranger"].get(f"/notices/{notice}/coverage").status_code == 404

    def test_a_round_with_the_same_id_counts_once(self, cast, callers, document):
        officer, worker = callers["officer"], callers["worker"]
        alert = officer.bring(document).json()
        officer.post(f"/alerts/{alert['id']}/relays", {"unit": str(cast.street.pk)})
        [call] = worker.get("/calls/mine").json()
        made = {"id": str(uuid4()), "kind": "gong", "households": 5, "witness": "两位邻居"}
        first = worker.post(f"/calls/{call['id']}/rounds", made)
        second = worker.post(f"/calls/{call['id']}/rounds", made)
        assert first.status_code == second.status_code == 200
        assert first.json() == second.json()


class TestLists:
    def test_units_are_read_on_by_cursor(self, cast, callers):
        officer = callers["officer"]
        seen, cursor = [], ""
        while True:
            page = officer.get("/units", limit=2, cursor=cursor).json()
            seen += [unit["path"] for unit in page["items"]]
            if not page["next"]:
                break
            cursor = page["next"]
        assert seen == sorted(set(seen))
        assert cast.contact_household.path in seen
        assert cast.strangers_street.path not in seen

    @pytest.mark.parametrize("path", ["/units", "/alerts"])
    def test_statements_do_not_grow_with_the_page(
        self, callers, document, path, django_assert_max_num_queries
    ):
        callers["officer"].bring(document)
        with django_assert_max_num_queries(6):
            assert callers["officer"].get(path, limit=50).status_code == 200

    def test_the_description_is_openapi_3_1_and_names_every_refusal_shape(self, cast):
        schema = Client().get("/api/v1/openapi.json").json()
        assert schema["openapi"].startswith("3.1")
        assert "/api/v1/alerts/{alert_id}/relays" in schema["paths"]
        for path in schema["paths"].values():
            for act in path.values():
                assert act["summary"]


class TestAGateway:
    SECRET = {
        "sms": {"url": "http://127.0.0.1:9/", "fields": {"to": "{to}"}, "inbound_secret": "agreed"}
    }

    @pytest.mark.parametrize("path", ["reports", "replies"])
    def test_without_the_secret_nothing_is_taken_in(self, db, settings, path):
        settings.RENWANG_CHANNELS = json.dumps(self.SECRET)
        address = f"/api/v1/gateways/sms/{path}"
        for query in ("", "?secret=guessed", "?secret="):
            response = Client().post(address + query, "[]", content_type="application/json")
            assert response.status_code == 401
        settings.RENWANG_CHANNELS = ""
        assert (
            Client().post(address + "?secret=", "[]", content_type="application/json").status_code
            == 401
        )

    @pytest.mark.parametrize("path", ["reports", "replies"])
    def test_with_it_lists_are_taken_in_and_rubbish_is_not(self, db, settings, path):
        settings.RENWANG_CHANNELS = json.dumps(self.SECRET)
        client, address = (
            Client(headers={"x-renwang-secret": "agreed"}),
            f"/api/v1/gateways/sms/{path}",
        )
        assert client.post(address, "[]", content_type="application/json").json()["recorded"] == 0
        assert client.post(address, "{", content_type="application/json").status_code == 400
