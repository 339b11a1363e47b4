"""How a person can be reached: addresses that can be used, neighbours who do not wait for each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.chain import contact_rules as contacts
from renwang.chain.contact_rules import Way


@pytest.mark.parametrize("number", ["", "abc", "12", "1" * 16, "13900000001x", "++8613", "一二三"])
def test_what_cannot_be_dialled_is_refused(number):
    with pytest.raises(contacts.NotATelephone):
        contacts.clean_telephone(number)


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("139 0000 0001", "13900000001"),
        ("139-0000-0001", "13900000001"),
        ("+86 139 0000 0001", "+8613900000001"),
        ("（023）6300 0001", "02363000001"),
        ("023-63000001", "02363000001"),
        ("１３９００００００01", "13900000001"),
        ("63000001-802", "63000001-802"),
        ("119", "119"),
    ],
)
def test_a_number_is_brought_into_the_form_that_is_dialled(written, dialled):
    assert contacts.clean_telephone(written) == dialled


@given(st.from_regex(r"\+?[0-9]{3,15}", fullmatch=True))
def test_a_clean_number_stays_as_it_is(number):
    assert contacts.clean_telephone(contacts.clean_telephone(number)) == number


@pytest.mark.parametrize(
    ("way", "refusal"),
    [
        (Way("sms"), contacts.AddressMissing),
        (Way("wecom", "  "), contacts.AddressMissing),
        (Way("email", "nobody"), contacts.NotAMailAddress),
        (Way("webhook", "ftp://x"), contacts.NotALink),
        (Way("neighbour"), contacts.NeighbourMissing),
        (Way("phone", "ask at the gate"), contacts.NotATelephone),
    ],
)
def test_an_address_that_does_not_fit_its_kind_is_refused(way, refusal):
    with pytest.raises(refusal):
        contacts.clean_way(way)


def test_app_and_knock_need_no_address():
    assert contacts.clean_ways("a", [Way("app"), Way("knock")], {}) == [Way("app"), Way("knock")]


def test_nobody_is_his_own_neighbour():
    with pytest.raises(contacts.NotThroughHimself):
        contacts.clean_ways("a", [Way("neighbour", neighbour="a")], {})


@pytest.mark.parametrize("others", [{"b": {"a"}}, {"b": {"c"}, "c": {"d"}, "d": {"a"}}])
def test_neighbours_who_wait_for_each_other_are_refused(others):
    relays = {key: frozenset(value) for key, value in others.items()}
    with pytest.raises(contacts.NeighboursCircle):
        contacts.clean_ways("a", [Way("neighbour", neighbour="b")], relays)


def test_a_circle_of_others_does_not_hang_us():
    relays = {"b": frozenset("c"), "c": frozenset("b")}
    assert contacts.clean_ways("a", [Way("neighbour", neighbour="b")], relays)


def test_the_same_contact_twice_is_refused_however_it_is_written():
    with pytest.raises(contacts.ContactTwice):
        contacts.clean_ways("a", [Way("sms", "139 0000 0001"), Way("sms", "13900000001")], {})
