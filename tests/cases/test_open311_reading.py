"""What other systems ask and send under Open311, and how they are answered: refusals first."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.open311 import (
    LONGEST_SPAN,
    Attribute,
    Datatype,
    Endpoint,
    Fault,
    Open311Refused,
    Service,
    ServiceRequest,
    check_answers,
    read_moment,
    read_query,
    read_submission,
    write_created,
    write_definition,
    write_discovery,
    write_error,
    write_requests,
    write_services,
    write_token,
)
from renwang.cases.public_rules import LISTED_AFTER, blur, listed_until

NOW = datetime(2026, 7, 15, 8, 0, tzinfo=UTC)
LIFT = Service(
    "lift_stuck",
    "Lifts",
    "Danger",
    (
        Attribute(
            "inside", Datatype.ONE, "Is anybody inside?", True, (("yes", "Yes"), ("no", "No"))
        ),
        Attribute("floors", Datatype.SEVERAL, "Which floors?", False, (("1", "One"), ("2", "Two"))),
        Attribute("people", Datatype.NUMBER, "How many?"),
        Attribute("since", Datatype.DATETIME, "Since when?"),
    ),
)


def refused(fault, about=None):
    return pytest.raises(Open311Refused, match=fault.value)


def sent(**params):
    plain = {"service_code": ["road"], "lat": ["29.5"], "long": ["106.5"]}
    return {key: value for key, value in (plain | params).items() if value is not None}


# --- refusals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        (sent(service_code=None), Fault.SERVICE_MISSING),
        (sent(service_code=["  "]), Fault.SERVICE_MISSING),
        (sent(lat=None, long=None), Fault.LOCATION_MISSING),
        (sent(lat=None), Fault.LOCATION_WRONG),
        (sent(long=[""]), Fault.LOCATION_WRONG),
        (sent(lat=["north"]), Fault.LOCATION_WRONG),
        (sent(lat=["91"]), Fault.LOCATION_WRONG),
        (sent(long=["-180.1"]), Fault.LOCATION_WRONG),
        (sent(lat=["nan"]), Fault.LOCATION_WRONG),
        (sent(description=["字" * 4001]), Fault.DESCRIPTION_TOO_LONG),
    ],
)
def test_what_cannot_be_taken_in(params, fault):
    with refused(fault):
        read_submission(params)


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"start_date": ["2026-07-01"]}, Fault.DATE_WRONG),  # no zone
        ({"start_date": ["2026-07-01T00:00:00"]}, Fault.DATE_WRONG),
        ({"end_date": ["2026-13-01T00:00:00Z"]}, Fault.DATE_WRONG),
        ({"end_date": ["0001-01-01T00:00:00+14:00"]}, Fault.DATE_WRONG),
        ({"status": ["open,new"]}, Fault.STATUS_UNKNOWN),
        ({"page": ["0"]}, Fault.PAGE_WRONG),
        ({"page_size": ["1001"]}, Fault.PAGE_WRONG),
        ({"page": ["٣"]}, Fault.PAGE_WRONG),
        (
            {"start_date": ["2026-01-01T00:00:00Z"], "end_date": ["2026-07-01T00:00:00Z"]},
            Fault.SPAN_TOO_LONG,
        ),
    ],
)
def test_what_cannot_be_asked(params, fault):
    with refused(fault):
        read_query(params, NOW)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({}, Fault.ATTRIBUTE_MISSING),
        ({"inside": ("maybe",)}, Fault.ATTRIBUTE_WRONG),
        ({"inside": ("yes", "no")}, Fault.ATTRIBUTE_WRONG),
        ({"inside": ("yes",), "colour": ("red",)}, Fault.ATTRIBUTE_WRONG),
        ({"inside": ("yes",), "people": ("many",)}, Fault.ATTRIBUTE_WRONG),
        ({"inside": ("yes",), "people": ("inf",)}, Fault.ATTRIBUTE_WRONG),
        ({"inside": ("yes",), "since": ("yesterday",)}, Fault.ATTRIBUTE_WRONG),
    ],
)
def test_answers_that_are_none(answers, fault):
    with refused(fault):
        check_answers(LIFT, answers)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.SERVICE_UNKNOWN, 404),
        (Fault.REQUEST_UNKNOWN, 404),
        (Fault.TOKEN_UNKNOWN, 404),
        (Fault.JURISDICTION_UNKNOWN, 404),
        (Fault.KEY_MISSING, 403),
        (Fault.KEY_REFUSED, 403),
        (Fault.JURISDICTION_MISSING, 400),
        (Fault.LOCATION_MISSING, 400),
    ],
)
def test_the_status_of_a_refusal_is_the_texts(fault, status):
    assert Open311Refused(fault).status == status


# --- what is asked ---------------------------------------------------------------


def test_without_dates_the_last_ninety_days_are_meant():
    query = read_query({}, NOW)
    assert (query.begin, query.end) == (NOW - LONGEST_SPAN, NOW)
    assert query.statuses == {"open", "closed"}


def test_a_parameter_without_a_value_was_not_sent():
    empty = {key: [""] for key in ("start_date", "end_date", "status", "service_code", "page")}
    assert read_query(empty, NOW) == read_query({}, NOW)


def test_one_date_alone_opens_ninety_days_from_it():
    begun = read_query({"start_date": ["2026-01-01T00:00:00Z"]}, NOW)
    assert begun.end - begun.begin == LONGEST_SPAN
    ended = read_query({"end_date": ["2026-01-01T00:00:00Z"]}, NOW)
    assert ended.end - ended.begin == LONGEST_SPAN


def test_lists_come_with_commas_or_several_times():
    query = read_query({"service_code": ["a, b", "c,a"], "service_request_id": ["1,2"]}, NOW)
    assert (query.services, query.ids) == (("a", "b", "c"), ("1", "2"))


def test_a_plus_that_became_a_blank_is_read_as_a_plus():
    assert read_moment("2026-07-15T16:00:00 08:00") == NOW
    assert read_moment("2026-07-15T16:00+08:00") == NOW


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_moment_written_is_read_as_the_same(moment):
    assert read_moment(moment.isoformat()) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_refused(text):
    try:
        assert read_moment(text).tzinfo is UTC
    except Open311Refused as refusal:
        assert refusal.fault is Fault.DATE_WRONG


# --- what is sent ----------------------------------------------------------------


def test_a_submission_as_the_text_shows_it():
    got = read_submission(
        sent(
            address_string=["1234 5th street"], email=["smit333@sfgov.edu"], device_id=["tt222111"],
            account_id=["123456"], first_name=["john"], last_name=["smith"], phone=["111111111"],
            description=["A large sinkhole is destroying the street"],
            **{"attribute[WHISPAWN]": ["123456"], "attribute[MANY][]": ["1", "2"]},
        )
    )  # fmt: skip
    assert (got.lat, got.lon, got.address) == (29.5, 106.5, "1234 5th street")
    assert got.contact == "smith john 111111111 smit333@sfgov.edu"
    assert got.answers == {"WHISPAWN": ("123456",), "MANY": ("1", "2")}
    assert "tt222111" not in repr(got)  # from which device it came is nobody's business


def test_answers_are_put_as_people_read_them():
    given_ = check_answers(LIFT, {"inside": ("yes",), "floors": ("1", "2"), "people": ("3",)})
    assert [(asked.code, said) for asked, said in given_] == [
        ("inside", "Yes"),
        ("floors", "One, Two"),
        ("people", "3"),
    ]


# --- bytes -----------------------------------------------------------------------

REQUEST = ServiceRequest(
    "C-26-1", True, "In hand", LIFT, NOW, NOW, None, "<b>卡住了</b> & \x08", "Community", "Grid 1",
    None, 29.5, 106.5,
)  # fmt: skip


def spark(element):
    """Turn XML into what its JSON must be: the Spark convention of the text."""
    children = list(element)
    if not children:
        return element.text
    if element.tag in {
        "services",
        "attributes",
        "values",
        "service_requests",
        "errors",
        "endpoints",
        "formats",
    }:
        return [spark(child) for child in children]
    return {child.tag: spark(child) for child in children}


def loose(value):
    """Take from JSON what XML cannot say: the kinds of values, and an empty list from nothing."""
    if isinstance(value, list):
        return [loose(one) for one in value] or None
    if isinstance(value, dict):
        return {key: loose(one) for key, one in value.items()}
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value).replace("\x08", "")


@pytest.mark.parametrize(
    "write",
    [
        lambda form: write_services([LIFT, Service("road", "Roads")], form),
        lambda form: write_definition(LIFT, form),
        lambda form: write_requests([REQUEST], form),
        lambda form: write_created("C-26-1", "Your code is …", form),
        lambda form: write_token("C-26-1", "ABCD", form),
        lambda form: write_error(404, "没有这个编号", form),
        lambda form: write_discovery(
            [Endpoint("https://node.example/open311/v2", "0.1", is_production=True)],
            changeset="0.1", contact="a", key_service="b", form=form,
        ),
    ],
)  # fmt: skip
def test_json_follows_xml_by_the_spark_convention(write):
    xml = write("xml")
    assert xml.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert loose(json.loads(write("json"))) == spark(ElementTree.fromstring(xml))


def test_every_element_of_a_request_is_there():
    said = json.loads(write_requests([REQUEST], "json"))[0]
    assert list(said) == [
        "service_request_id", "status", "status_notes", "service_name", "service_code",
        "description", "agency_responsible", "service_notice", "requested_datetime",
        "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
        "media_url",
    ]  # fmt: skip
    assert said["requested_datetime"] == "2026-07-15T08:00:00Z"


def test_nothing_is_an_empty_list_in_both_forms():
    assert json.loads(write_requests([], "json")) == []
    assert len(ElementTree.fromstring(write_requests([], "xml"))) == 0


@given(st.text())
def test_whatever_was_said_can_be_written(text):
    error = write_error(400, text.encode("utf-8", "ignore").decode(), "xml")
    assert ElementTree.fromstring(error).tag == "errors"


# --- what anybody may know --------------------------------------------------------


@given(st.floats(-180, 180))
def test_a_position_is_never_shown_closer_than_a_hundred_metres(degrees):
    assert blur(degrees) == round(blur(degrees), 3)
    assert abs(blur(degrees) - degrees) <= 0.000501


def test_what_came_in_today_is_not_listed_yet():
    assert listed_until(NOW) == NOW - LISTED_AFTER <= NOW - timedelta(hours=24)
