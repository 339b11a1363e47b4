"""Open311 answers against the schemas that its community published, and against whatever its description allows to be asked."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from tests.cases.conftest import DAY, answered, brought

from renwang.chain.services.accounts import issue_token

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "open311" / "schema"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the real data is not beside this checkout"),
]
SENT = {"service_code": "road", "address_string": "石桥路", "description": "井盖翘起来了。"}


def schema(name):
    return json.loads((SCHEMAS / f"{name}.json").read_text())


def whole(answer, *names):
    """Check an answer against a schema; one of a list is checked for each of its items."""
    *wrapping, last = names
    checker = jsonschema_rs.validator_for(schema(last))
    said = answer.json()
    items = said if wrapping else [said]
    assert items
    for one in items:
        assert [error.message for error in checker.iter_errors(one)] == []


@pytest.fixture
def key(cast):
    scopes = ("cases.report", "cases.see")
    viewer = cast.viewer(cast.secretary)
    return issue_token(person=cast.secretary, label="t", scopes=scopes, by=viewer, now=cast.now)[1]


def test_every_answer_is_as_the_schemas_say(cast, key):
    answered(cast, brought(cast, kind="road", now=cast.now - 2 * DAY))
    brought(cast, kind="quarrel", lon=106.5, lat=29.5)
    ask = Client().get
    whole(ask("/open311/v2/services.json"), "services", "service")
    for code in ("lift_stuck", "water_in", "road", "other"):
        whole(ask(f"/open311/v2/services/{code}.json"), "service-definition")
    whole(ask("/open311/v2/requests.json"), "requests", "request")
    whole(ask("/open311/v2/requests.json", {"api_key": key}), "requests", "request")


def descriptions():
    """The published description, with the one thing in it that no reader of today takes: a format without a meaning."""
    text = (SCHEMAS / "swagger.json").read_text() if SCHEMAS.is_dir() else "{}"
    return json.loads(text.replace('"format": "uid",', "").replace(', "format": "uid"', ""))


def asked():
    raw = descriptions()
    raw.setdefault("info", {"title": "GeoReport", "version": "2"})
    raw["swagger"] = "2.0"
    for address in raw.get("paths", {}).values():
        for operation in address.values():
            operation["responses"] = {"default": {"description": "any"}}
    loaded = schemathesis.openapi.from_dict(raw)
    return loaded.get_all_operations()


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the real data is not beside this checkout")
def test_whatever_the_description_lets_one_ask_is_answered_or_refused_as_the_text_says(cast, key):
    operations = [one.ok() for one in asked()]
    assert len(operations) == 6
    for operation in operations:

        @settings(
            max_examples=40, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            for form in ("xml", "json"):
                path = case.path.replace("{response_format}", form)
                for name, value in (case.path_parameters or {}).items():
                    path = path.replace("{" + name + "}", str(value).replace("/", "_")[:60] or "x")
                query = {name: str(value) for name, value in (case.query or {}).items()}
                query["jurisdiction_id"] = "990105"
                way = getattr(Client(), case.method.lower())
                answer = way(f"/open311/v2{path}", query | {"api_key": key})
                assert answer.status_code in (200, 400, 403, 404)
                if answer["Content-Type"].startswith("application/json"):
                    said = answer.json()
                    assert said or answer.status_code == 200
                    if answer.status_code != 200:
                        assert {"code", "description"} == set(said[0])

        ask()
