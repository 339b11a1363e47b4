"""Advice on plain language, what a correction changed, and how a text is read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure.differences import Change, difference
from renwang.bulletins.advice import hazards, meant_by
from renwang.bulletins.plain_rules import Snag, advise, is_rare, mark
from renwang.bulletins.speech_rules import read_aloud, seconds_for


def snags(text: str, language: str = "zh-Hans") -> dict[str, Snag]:
    return {text[spot.start : spot.end]: spot.snag for spot in advise(text, language)}


class TestChinese:
    @pytest.mark.parametrize(
        ("text", "spot", "snag"),
        [
            ("请广大居民在家。", "广大居民", Snag.JARGON),
            ("十六时三十分起停水。", "十六时三十分", Snag.WORDS_FOR_FIGURES),
            ("对滨江路进行封闭。", "对滨江路进行封闭", Snag.EMPTY_VERB),
            ("地下室被水淹后被关闭。", "被水淹后被", Snag.PASSIVE),
            ("社区的干部的亲属的车。", "社区的干部的亲属的车", Snag.CHAIN),
            ("不能不走。", "不能不", Snag.TWICE_NOT),
            ("岷江涨水。", "岷", Snag.RARE_CHARACTER),
        ],
    )
    def test_hard_spots_are_found(self, text, spot, snag):
        assert snags(text)[spot] is snag

    def test_a_better_word_is_offered(self):
        (spot,) = advise("请勿研判。", "zh")
        assert spot.better == "判断"

    def test_a_long_sentence_is_found_and_a_short_one_is_not(self):
        long = "今天晚上八点到明天早上六点，" * 4
        assert Snag.LONG_SENTENCE in snags(long).values()
        assert snags("今晚8点停水，明早6点来水。请先存一些水。") == {}

    def test_everyday_characters_are_not_rare(self):
        assert not [letter for letter in "水火风雨山路桥楼停电煤气老人孩子" if is_rare(letter)]


class TestEnglish:
    @pytest.mark.parametrize(
        ("text", "spot", "snag"),
        [
            ("Prior to leaving, lock up.", "Prior to", Snag.JARGON),
            ("The road was closed.", "was closed", Snag.PASSIVE),
            ("Beware of incomprehensibility.", "incomprehensibility", Snag.LONG_WORD),
            ("It is not unlikely.", "not unlikely", Snag.TWICE_NOT),
        ],
    )
    def test_hard_spots_are_found(self, text, spot, snag):
        assert snags(text, "en")[spot] is snag

    def test_twenty_words_are_enough(self):
        assert snags("we go " * 10 + ".", "en") == {}
        assert Snag.LONG_SENTENCE in snags("we go " * 11 + ".", "en").values()


def test_a_language_nobody_here_knows_gets_no_advice():
    assert advise("سۇ توختىدى", "ug") == []


@given(st.text(alphabet="被由对进行的，。该停水十六时三十分 the was closed", max_size=120))
def test_marking_loses_no_letter(text):
    for language in ("zh", "en"):
        pieces = mark(text, advise(text, language))
        assert "".join(piece.text for piece in pieces) == text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_our_own_advice_has_no_office_word(language):
    for hazard in hazards():
        found = advise(hazard.texts[language], language)
        hard = [
            spot for spot in found if spot.snag in (Snag.JARGON, Snag.LONG_SENTENCE, Snag.CHAIN)
        ]
        assert not [hazard.texts[language][spot.start : spot.end] for spot in hard], hazard.key


def test_a_warning_is_understood_by_the_words_in_it():
    assert meant_by(["暴雨橙色预警", "Typhoon"]) == {"rainstorm", "typhoon"}
    assert meant_by(["大会"]) == set()


class TestDifference:
    def test_a_time_changes_as_a_whole(self):
        runs = difference("今晚20:00停水", "今晚22:00停水")
        assert [(run.change, run.text) for run in runs] == [
            (Change.SAME, "今晚"),
            (Change.GONE, "20:00"),
            (Change.NEW, "22:00"),
            (Change.SAME, "停水"),
        ]

    @given(
        st.one_of(st.text(alphabet="水停12: ab。"), st.text(max_size=80)),
        st.one_of(st.text(alphabet="水停12: ab。"), st.text(max_size=80)),
    )
    def test_both_texts_can_be_read_from_it(self, before, after):
        runs = difference(before, after)
        assert "".join(run.text for run in runs if run.change is not Change.NEW) == before
        assert "".join(run.text for run in runs if run.change is not Change.GONE) == after


class TestReadingAloud:
    def test_chinese_is_written_as_it_is_spoken(self):
        said = read_aloud(
            "停水通知",
            "今晚20:00-22:30停水（1至6号楼）。\n请打023-66668888，详见 https://example.org/a 。雨量50mm。",
            "zh-Hans",
        )
        assert said.splitlines() == [
            "停水通知。",
            "今晚20点整到22点30分停水，1到6号楼。",
            "请打零二三六六六六八八八八。",
            "雨量50毫米。",
        ]

    def test_english_spells_numbers_to_ring(self):
        said = read_aloud("Water", "Ring 12345 now. See https://example.org.", "en")
        assert said.splitlines()[:2] == ["Water.", "Ring 1 2 3 4 5 now."]

    def test_other_languages_keep_their_words(self):
        assert "سۇ" in read_aloud("سۇ", "سۇ توختىدى.", "ug")

    def test_a_minute_is_two_hundred_characters(self):
        assert seconds_for("水" * 200, "zh") == 60
        assert seconds_for("water " * 140, "en") == 60
