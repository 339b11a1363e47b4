"""Drafts over the API: scopes and second hands first, then the whole way."""

from datetime import timedelta

import pytest

from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert
from renwang.alerts.signing import make_key
from renwang.chain.routes import rebuild_routes
from renwang.chain.services.accounts import issue_token
from tests.web.test_api import Caller

SCOPES = {
    "officer": ["alerts.compose", "alerts.approve", "alerts.see", "chain.see"],
    "operator": ["alerts.approve", "alerts.see", "chain.see"],
    "stranger": ["alerts.compose", "alerts.approve", "chain.see"],
    "secretary": ["alerts.see", "chain.see"],
}


class Program(Caller):
    """A caller that also changes things."""

    def patch(self, path, body):
        return self.client.patch(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def programs(cast, now, tmp_path, settings):
    """A program for each of four people, and a key for the node."""
    settings.HOME = tmp_path
    make_key("柳湾区", now=now)
    rebuild_routes()
    made = {}
    for name, scopes in SCOPES.items():
        person = getattr(cast, name)
        _token, secret = issue_token(
            person=person, label="t", scopes=scopes, by=cast.viewer(person), now=now
        )
        made[name] = Program(secret)
    return made


def begun(cast, now, **changes) -> dict:
    """What a program sends to begin advice."""
    return {
        "unit": str(cast.street.pk), "kind": "advice", "hazard": "rainstorm",
        "contact": "值班室 023-1", "ends_at": (now + timedelta(hours=6)).isoformat(), **changes,
    }  # fmt: skip


def test_a_key_without_the_scope_writes_nothing(cast, now, programs):
    answer = programs["secretary"].post("/drafts", begun(cast, now))
    assert (answer.status_code, answer.json()["capability"]) == (403, "alerts.compose")
    assert programs["operator"].post("/drafts", begun(cast, now)).status_code == 403


def test_a_stranger_finds_nothing(cast, now, programs):
    made = programs["officer"].post("/drafts", begun(cast, now)).json()
    stranger = programs["stranger"]
    assert stranger.get(f"/drafts/{made['id']}").status_code == 404
    assert stranger.post(f"/drafts/{made['id']}/approve", {"revision": 1}).status_code == 404
    assert stranger.get("/drafts").json()["items"] == []
    assert stranger.post("/drafts", begun(cast, now)).status_code == 404


def test_below_county_level_no_warning_is_begun(cast, now, programs):
    answer = programs["officer"].post("/drafts", begun(cast, now, kind="warning", colour="red"))
    assert (answer.status_code, answer.json()["code"]) == (409, "may-not-originate")


def test_the_author_never_approves_and_what_was_not_read_is_not_approved(cast, now, programs):
    made = programs["officer"].post("/drafts", begun(cast, now)).json()
    path = f"/drafts/{made['id']}"
    assert programs["officer"].post(f"{path}/submit", {"revision": 1}).status_code == 200
    own = programs["officer"].post(f"{path}/approve", {"revision": 1})
    assert own.json()["code"] == "same-hand-twice"
    late = programs["operator"].post(f"{path}/approve", {"revision": 7})
    assert late.json()["code"] == "changed-meanwhile"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"hazard": "dragon"}, "unknown-hazard"), ({"polygons": [[[0, 0], [1, 1]]]}, "wrong-shape"),
     ({"circles": [{"lon": 0, "lat": 90, "radius_m": 5}]}, "wrong-shape"),
     ({"texts": {"no language": {}}}, "wrong-input"), ({"colour": "pink"}, "wrong-input"), ({"texts": {"en": {"headline": "\0"}}}, "wrong-input")],
)  # fmt: skip
def test_nonsense_is_answered_with_a_reason(cast, now, programs, wrong, code):
    answer = programs["officer"].post("/drafts", begun(cast, now, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_whole_way_over_the_api(cast, now, programs):
    officer, operator = programs["officer"], programs["operator"]
    made = officer.post("/drafts", begun(cast, now, contact="")).json()
    path = f"/drafts/{made['id']}"
    assert made["faults"] == ["nobody-to-ask"]
    assert officer.post(f"{path}/submit", {"revision": 1}).json()["code"] == "draft-unready"
    changed = officer.patch(f"{path}?revision=1", {"contact": "12345"}).json()
    assert changed["faults"] == []
    assert officer.post(f"{path}/submit", {"revision": changed["revision"]}).status_code == 200
    operator.post(f"{path}/approve", {"revision": changed["revision"]})
    done = operator.post(f"{path}/issue", {}).json()
    assert done["state"] == "issued"
    assert Alert.objects.get(pk=done["alert"]).signature == "valid"
    assert [one["id"] for one in operator.get("/drafts", state="issued").json()["items"]] == [
        made["id"]
    ]
    back = officer.post(f"{path}/follow", {"follow": "take_back"})
    assert (back.status_code, back.json()["about"]) == (201, done["alert"])
    given = operator.post(f"/drafts/{back.json()['id']}/return", {"remark": "说明原因"})
    assert given.json()["code"] == "not-submitted"
    assert officer.post(f"/drafts/{back.json()['id']}/drop", {}).json()["state"] == "dropped"


def test_the_proposal_it_grew_from_is_kept(cast, now, programs):
    key = "0198c000-0000-7000-8000-000000000001"
    made = programs["officer"].post("/drafts", begun(cast, now, proposal=key)).json()
    assert made["proposal"] == key
    assert str(Draft.objects.get().proposal_id) == key
