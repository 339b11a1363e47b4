"""Simulated people: what they do follows from the seed and from what reached them."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from renwang.response.people import Asked, Deed, Does, Habits, deeds_of
from renwang.response.scenario import habits

HABITS: Habits = habits()
channels = st.sampled_from(["app", "sms", "phone", "knock", "neighbour", "email"])
asked = st.builds(
    Asked,
    person_id=st.uuids(),
    place=st.sampled_from(["/990201001/", "/990201001/a/b/c/", "/x/"]),
    sequence=st.integers(1, 9),
    rung=st.integers(0, 9),
    channel=channels,
    colour=st.sampled_from(["red", "orange", "yellow", "blue", ""]),
    hour=st.integers(0, 23),
    is_leaf=st.booleans(),
    households=st.integers(0, 20),
    is_all_clear=st.booleans(),
)


def one(**changes) -> Asked:
    plain = Asked(UUID(int=5), "/990201001/a/", 1, 0, "app", "red", 10, True, 12)
    return replace(plain, **changes)


def crowd(count: int = 800, **changes) -> list[list[Deed]]:
    return [
        deeds_of(1, one(person_id=UUID(int=(n << 64) + n * 7919), **changes), HABITS)
        for n in range(count)
    ]


def answered(deeds: list[Deed]) -> bool:
    return any(deed.does is Does.UNDERSTANDS for deed in deeds)


@given(st.integers(0, 2**40), asked)
def test_the_same_values_bring_the_same_deeds(seed, who):
    assert deeds_of(seed, who, HABITS) == deeds_of(seed, who, HABITS)


@settings(max_examples=300)
@given(st.integers(0, 2**40), asked)
def test_deeds_come_in_order_and_count_no_door_twice(seed, who):
    deeds = deeds_of(seed, who, HABITS)
    assert [deed.after for deed in deeds] == sorted(deed.after for deed in deeds)
    assert all(deed.after > 0 for deed in deeds)
    doors = [deed.door for deed in deeds if deed.does is Does.KNOCKS]
    assert doors == list(range(len(doors)))
    for deed in deeds:
        if deed.told is not None:
            assert 0 <= deed.told <= who.households
    if Does.CARRIES in {deed.does for deed in deeds}:
        assert answered(deeds)


def test_the_night_and_a_text_message_keep_more_people_silent():
    def share(**changes) -> float:
        return sum(map(answered, crowd(**changes))) / 800

    assert share(hour=3) < share(hour=10)
    assert share(channel="sms") < share(channel="app")
    assert share(colour="red") > share(colour="blue")
    assert 0.85 < share() < 0.99


def test_half_of_those_on_the_app_read_within_about_forty_seconds():
    reads = sorted(
        deed.after for deeds in crowd(colour="yellow") for deed in deeds if deed.does is Does.READS
    )
    assert 30 < reads[len(reads) // 2] < 65


def test_nobody_knocks_at_doors_for_an_all_clear():
    lifted = [deed for deeds in crowd(is_all_clear=True) for deed in deeds]
    assert not [deed for deed in lifted if deed.does is Does.KNOCKS]
    assert [deed for deeds in crowd() for deed in deeds if deed.does is Does.KNOCKS]


def test_some_receipts_come_twice_and_some_in_the_wrong_order():
    twice = [d for d in crowd() if sum(deed.does is Does.UNDERSTANDS for deed in d) > 1]
    late = [
        d
        for d in crowd()
        if {Does.READS, Does.UNDERSTANDS} <= {deed.does for deed in d}
        and [deed.does for deed in d].index(Does.READS)
        > [deed.does for deed in d].index(Does.UNDERSTANDS)
    ]
    assert twice
    assert late
