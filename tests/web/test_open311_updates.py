"""Updates over our own Open311: who may tell more about a case, who reads what was done, and what changed since."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.cases.linked.models import Heard
from renwang.cases.models import Case
from tests.cases.conftest import answered, brought
from tests.web.test_open311 import BASE, SENT, error, get, key_of, post

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent(cast):
    """A key that only brings in, and the case that came by it."""
    key = key_of(cast, "secretary", "cases.report")
    jurisdiction = {"jurisdiction_id": cast.community.code}
    number = post(SENT | jurisdiction | {"api_key": key}).json()[0]["service_request_id"]
    return {"api_key": key, "service_request_id": number} | jurisdiction


def tell(body, form="json", **changes):
    plain = {"update_id": "u-1", "status": "open", "description": "又有人绊倒了。"}
    return Client(headers={"accept-language": "en"}).post(
        f"{BASE}/servicerequestupdates.{form}", plain | body | changes
    )


def listed(**query):
    return get("/servicerequestupdates.json", **query).json()


def test_without_a_key_nobody_tells_more(sent):
    assert error(tell(sent, api_key="")) == (403, "api_key is missing. Ask this office for one.")


def test_only_who_brought_it_in_tells_more(sent, cast):
    other = key_of(cast, "officer", "cases.report", "cases.see")
    assert error(tell(sent, api_key=other))[0] == 404
    assert error(tell(sent, service_request_id="X-1"))[0] == 404
    assert not Case.objects.get().steps.filter(act="add").exists()


@pytest.mark.parametrize(
    "changes", [{"update_id": ""}, {"description": ""}, {"description": "字" * 2_001}]
)
def test_what_is_missing_or_too_long_is_refused(sent, changes):
    assert error(tell(sent, **changes))[0] == 400


def test_an_update_is_more_that_the_reporter_says_once(sent):
    first, again = tell(sent).json(), tell(sent).json()
    assert first == again and first[0]["update_id"]
    assert tell(sent, form="xml").content.count(b"<update_id>") == 1
    (step,) = Case.objects.get().steps.filter(act="add")
    assert step.words == "又有人绊倒了。"
    assert Heard.objects.count() == 1
    tell(sent, update_id="u-2", status="closed", description="已经修好了。")
    case = Case.objects.get()
    assert case.steps.filter(act="add").count() == 2 and case.is_live


def test_who_brought_it_in_reads_what_was_done_and_others_only_that_something_was(sent, cast):
    answered(cast, Case.objects.get(), by=cast.secretary)
    mine = listed(**sent)
    assert any("更换灯头" in (one["description"] or "") for one in mine)
    public = listed(jurisdiction_id=cast.community.code)
    assert public == [], "not listed before a day has passed"
    Case.objects.update(received_at=cast.now - timedelta(days=2))
    public = listed(jurisdiction_id=cast.community.code)
    assert public and not any(one["description"] for one in public)


def test_who_brought_it_in_sees_it_at_once_with_the_answer(sent, cast):
    answered(cast, Case.objects.get(), by=cast.secretary)
    (found,) = get("/requests.json", **sent).json()
    assert found["description"] == SENT["description"]
    assert "更换灯头" in found["status_notes"]
    other = key_of(cast, "officer", "cases.report")
    assert get("/requests.json", **(sent | {"api_key": other})).json() == []


def test_what_changed_since_a_moment_is_asked_for(cast):
    key = key_of(cast)
    place = {"jurisdiction_id": cast.community.code, "api_key": key}
    case = brought(cast)
    moment = (cast.now + MINUTE).isoformat().replace("+00:00", "Z")
    assert get("/requests.json", updated_after=moment, **place).json() == []
    answered(cast, case, now=cast.now + 2 * MINUTE)
    assert len(get("/requests.json", updated_after=moment, **place).json()) == 1
    assert error(get("/requests.json", updated_after="yesterday", **place))[0] == 400
