"""The warnings of a scenario, as the weather service would send them."""

from datetime import UTC, datetime
from itertools import pairwise
from string import Formatter

import pytest

from renwang.alerts import cap
from renwang.alerts.reading import colour_of, main_info
from renwang.response.scenario import Place, UnknownScenario, compose_cue, scenario, scenarios

BEGINS = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
PLACE = Place("990201001", "青石街道", ((160.0, 30.0), (160.1, 30.0), (160.1, 30.1), (160.0, 30.0)))


def messages(place: Place = PLACE) -> list[cap.Alert]:
    story = scenario("rainstorm")
    return [
        cap.read(compose_cue(story, number, place, BEGINS, serial=3)).alert
        for number in range(len(story.cues))
    ]


def test_an_unknown_scenario_is_refused():
    with pytest.raises(UnknownScenario):
        scenario("locusts")


def test_every_message_is_an_exercise_and_nothing_else():
    assert {message.status for message in messages()} == {cap.Status.EXERCISE}
    assert all("演练" in (m.note or "") for m in messages())


def test_the_colours_rise_and_the_last_message_lifts_them():
    said = messages()
    assert [m.msg_type for m in said] == ["Alert", "Update", "Update", "Update", "Cancel"]
    assert [colour_of(main_info(m)) for m in said[:4]] == ["blue", "yellow", "orange", "red"]
    assert cap.ResponseType.ALL_CLEAR in said[-1].infos[0].responses


def test_each_message_names_the_one_before_it_and_is_named_the_chinese_way():
    said = messages()
    for before, after in pairwise(said):
        assert after.refers_to == (before.as_reference,)
    for message in said:
        identifier = cap.Identifier.parse(message.identifier)
        assert identifier.division == "990201"
        assert identifier.agency == "416"
        assert len(message.identifier) == 31


def test_both_languages_say_everything_and_the_area_has_code_and_border():
    for message in messages():
        assert [info.language for info in message.infos] == ["zh-CN", "en"]
        for info in message.infos:
            assert info.headline and info.description and info.instruction
            assert "{" not in info.headline + info.description + info.instruction
            assert info.areas[0].polygons
            assert [code.value for code in info.areas[0].geocodes] == ["990201", "990201001"]


def test_a_place_without_code_or_of_another_country_can_still_be_written():
    assert messages(Place("", "Barangay Uno", PLACE.border))[0].identifier.startswith("990000")
    assert messages(Place("PH-01", "Barangay Uno"))[0].infos[0].areas[0].geocodes


@pytest.mark.parametrize("key", sorted(scenarios()))
def test_no_scenario_leaves_a_gap_in_its_words(key):
    story = scenario(key)
    for cue in story.cues:
        for words in (cue.headline, cue.description, cue.instruction):
            assert set(words) == set(story.event)
            for text in words.values():
                assert {name for _, name, _, _ in Formatter().parse(text) if name} <= {
                    "place",
                    "when",
                }
    assert story.cues[-1].after < story.lasts_for
