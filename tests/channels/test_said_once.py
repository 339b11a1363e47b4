"""A text message says each thing once: words that begin with their title are not headed by it again."""

from datetime import UTC, timedelta

import pytest
from tests.channels.messages import NOW, message

from renwang.alerts.composing.wordings import (
    LANGUAGES,
    Filling,
    Texts,
    fill,
    hazards,
    shipped,
    tiers_of,
)
from renwang.outreach.channels.port import EXERCISE_MARK, Outgoing
from renwang.outreach.channels.sms_text import measure
from renwang.outreach.channels.text import full_text, sms_reply_line

FILLING = Filling(
    "石桥社区、云溪社区", "青石街道办事处", "023-5550100", NOW, NOW + timedelta(hours=6)
)


def sent(language: str, texts: Texts, **changes: object) -> Outgoing:
    """The message that a wording becomes, composed as warnings that are issued here are."""
    words = "\n\n".join((texts.headline, texts.description, texts.instruction))
    return message(title=texts.headline, words=words, language=language, note="", **changes)


def every_text(hazard: str, language: str) -> list[Texts]:
    kinds = tiers_of(hazards()[hazard])
    said = [shipped(hazard, kind, colour, language) for kind, colour in kinds]
    return [fill(texts, FILLING, language, UTC) for texts in said]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hazard", hazards())
def test_every_wording_says_its_headline_once_and_takes_no_more_parts_for_it(hazard, language):
    for texts in every_text(hazard, language):
        outgoing = sent(language, texts)
        text = full_text(outgoing, replies=True)
        assert text == f"{outgoing.words}\n{sms_reply_line(outgoing)}"
        assert text.count(texts.headline) == 1
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        assert len(lines) == len(set(lines))
        assert measure(text).parts <= measure(f"{outgoing.heading}\n{text}").parts


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_messages_take_a_part_less(language):
    """Measured over every shipped wording: what the headline said twice would have cost."""
    texts = [
        (sent(language, one), full_text(sent(language, one), replies=True))
        for hazard in hazards()
        for one in every_text(hazard, language)
    ]
    once = sum(measure(text).parts for _outgoing, text in texts)
    twice = sum(measure(f"{outgoing.heading}\n{text}").parts for outgoing, text in texts)
    assert once < twice


def test_an_exercise_is_marked_before_the_first_word():
    texts = Texts("暴雨黄色预警", "今晚有大雨。", "关好门窗。")
    text = full_text(sent("zh", texts, drill=True), replies=False)
    assert text.startswith(f"{EXERCISE_MARK}暴雨黄色预警\n\n今晚有大雨。")


def test_words_that_begin_otherwise_keep_their_title():
    outgoing = message(note="", link="")
    assert full_text(outgoing, replies=False) == f"{outgoing.title}\n{outgoing.words}"
