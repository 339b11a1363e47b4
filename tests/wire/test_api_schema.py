"""Whatever a program sends, the API answers as its own description says, and never breaks."""

import json
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from tests.alerts.conftest import receive  # noqa: F401 - a fixture

from renwang.alerts.services import relay_alert
from renwang.chain import tallies
from renwang.chain.reach import BUNDLES
from renwang.chain.services.accounts import issue_token
from renwang.outreach.models import Call
from renwang.web.api.urls import api

EXAMPLES = 20

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
OPERATIONS = {
    f"{one.ok().method.upper()} {one.ok().path}": one.ok() for one in schema.get_all_operations()
}
budget = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def known(cast, now, receive) -> dict[str, Any]:  # noqa: F811
    """A token that may do everything, and ids that exist."""
    tallies.rebuild_tallies()
    alert = receive()
    relay = relay_alert(alert.pk, cast.street, by=cast.viewer(cast.officer), now=now)
    operator = cast.viewer(cast.operator)
    _, secret = issue_token(
        person=cast.operator, label="t", scopes=list(BUNDLES["operator"]), by=operator, now=now
    )
    return {
        "token": secret,
        "alert_id": str(alert.pk),
        "notice_id": str(relay.notice_id),
        "call_id": Call.objects.values_list("pk", flat=True)[0],
        "unit_id": str(cast.community.pk),
        "unit": str(cast.community.pk),
    }


@pytest.fixture
def client(known) -> Client:
    """A program with that token."""
    return Client(headers={"authorization": f"Bearer {known['token']}"})


@pytest.mark.parametrize("name", list(OPERATIONS))
def test_nothing_that_is_sent_breaks_it(name, known, client):
    operation = OPERATIONS[name]

    @budget
    @given(
        st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        ),
        st.booleans(),
    )
    def send(case, with_known_ids):
        if with_known_ids:
            for part in (case.path_parameters, case.body):
                if isinstance(part, dict):
                    part.update({key: known[key] for key in part if key in known})
        response = answer_to(client, case)
        assert response.status_code < 500, (case.method, case.formatted_path, case.query, case.body)

    send()


def answer_to(client: Client, case) -> Any:
    """Send a case to the view itself, in the test's own transaction."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    ready = requests.Request(**sent).prepare()
    skipped = ("content-type", "content-length", "authorization", "cookie")
    headers = {key: value for key, value in ready.headers.items() if key.lower() not in skipped}
    return client.generic(
        ready.method,
        ready.path_url,
        ready.body or b"",
        content_type=ready.headers.get("Content-Type", ""),
        headers=headers,
    )


LONG_AGO, FAR_AWAY = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
NO_ZONE = "2026-07-15T09:00:00"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/calls/{10**30}", 404),
        (f"/journal?after={10**30}", 200),
        ("/units?q=%00", 400),
        ("/units?q=%ff%fe", 200),
        ("/units?cursor=mine", 400),
        ("/alerts?cursor=mine", 400),
        ("/notices/{notice_id}/coverage?path=%00", 400),
        ("/notices/{notice_id}/coverage?path=/9901", 403),
        ("/notices/{notice_id}/coverage?path=/990105/nowhere", 200),
        ("/notices/{notice_id}/missing?after=%00", 400),
    ],
)
def test_an_awkward_question_has_an_answer(path, status, known, client):
    assert client.get(f"/api/v1{path.format(**known)}").status_code == status


@pytest.mark.parametrize("at", [NO_ZONE, LONG_AGO, FAR_AWAY, "1e300"])
def test_a_moment_without_a_zone_or_beyond_the_calendar_is_refused(at, known, client):
    call = f"/calls/{known['call_id']}"
    for path, body in (
        (f"{call}/answers", {"receipt": "understood", "at": at}),
        (f"{call}/rounds", {"id": str(uuid4()), "kind": "gong", "at": at}),
        (
            "/calls/receipts",
            {"receipts": [{"receipt": "read", "at": at, "call": known["call_id"]}]},
        ),
    ):
        assert post(client, path, body).status_code == 422, path


def test_a_text_that_no_database_can_keep_is_refused(known, client):
    call = f"/calls/{known['call_id']}"
    at = "2026-07-15T09:00:00Z"
    for path, body in (
        (f"{call}/rounds", {"id": str(uuid4()), "kind": "gong", "witness": "\0"}),
        (f"/alerts/{known['alert_id']}/relays", {"unit": known["unit"], "note": "\0"}),
        (f"/alerts/{known['alert_id']}/relays", {"unit": known["unit"], "places": ["\0"]}),
        ("/calls/receipts", {"receipts": [{"receipt": "read", "at": at, "provider_id": "\0"}]}),
    ):
        assert post(client, path, body).status_code == 422, path


def post(client: Client, path: str, body: dict) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
