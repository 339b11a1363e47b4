"""Any text message is a report, a question, more, a yes, a no, or is told how to write; its words are never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.sms_rules import Wish, is_heard, is_told_how, places_in, read_text

CODE = "ABCD-EFGH-2345-6789"


@pytest.mark.parametrize(
    "text",
    ["", "报", "R", "谢谢", "report!", "查", "查 3", "Q what", "不行 " + CODE, "M " + CODE, "好的", "rest",
     "年报 3 栋", "no 3 is broken", "报\x00"],
)  # fmt: skip
def test_what_is_not_understood_is_told_how(text):
    assert read_text(text).wish is Wish.HOW


@pytest.mark.parametrize(
    ("text", "words", "language"),
    [
        ("报 石桥社区 3号楼路灯坏了。", "石桥社区 3号楼路灯坏了。", "zh-hans"),
        ("报石桥社区3号楼路灯坏了", "石桥社区3号楼路灯坏了", "zh-hans"),
        ("报告：石桥社区，水管爆了", "石桥社区，水管爆了", "zh-hans"),
        ("Ｒ 990105001001 lamp out", "990105001001 lamp out", "en"),
        ("r: Stone Bridge the lamp, again!", "Stone Bridge the lamp, again!", "en"),
    ],
)
def test_a_report_keeps_its_words_as_they_were_typed(text, words, language):
    said = read_text(text)
    assert (said.wish, said.words, said.language) == (Wish.REPORT, words.rstrip("!。"), language)


@pytest.mark.parametrize(
    ("text", "wish", "code", "words"),
    [
        (f"查 {CODE}", Wish.ASK, CODE, ""),
        ("查询ABCDEFGH23456789", Wish.ASK, "ABCDEFGH23456789", ""),
        ("q abcd efgh 2345 6789", Wish.ASK, "ABCD EFGH 2345 6789", ""),
        ("Q rwc-260715-abcdef", Wish.ASK, "RWC-260715-ABCDEF", ""),
        (f"好 {CODE}", Wish.CONFIRM, CODE, ""),
        (f"不行 {CODE} 还是黑的", Wish.REJECT, CODE, "还是黑的"),
        (f"N {CODE}, it is still dark", Wish.REJECT, CODE, "it is still dark"),
        ("补 RWC-260715-ABCDEF 二单元也坏了", Wish.ADD, "RWC-260715-ABCDEF", "二单元也坏了"),
    ],
)
def test_the_reporter_speaks_of_his_case_by_its_code(text, wish, code, words):
    said = read_text(text)
    assert (said.wish, said.code, said.words) == (wish, code, words)


@given(st.text(max_size=200))
def test_every_text_is_read_as_something(text):
    said = read_text(text)
    assert said.wish in Wish
    if said.wish in (Wish.REPORT, Wish.ADD, Wish.REJECT):
        assert said.words and said.words in text.replace("\x00", "")
    if said.wish in (Wish.ASK, Wish.ADD, Wish.CONFIRM, Wish.REJECT):
        assert said.code


@given(st.text(min_size=1, max_size=80))
def test_a_place_and_what_is_left_are_the_whole_report(words):
    for place, left in places_in(words):
        assert words.startswith(place) and left and left in words[len(place) :]


def test_a_place_never_ends_within_a_number_or_an_english_word():
    assert [place for place, _left in places_in("Hill 12 dark")] == ["Hill 12", "Hill"]


def test_a_number_is_heard_a_dozen_times_and_told_how_twice_within_the_hour():
    assert [is_heard(one) for one in (1, 12, 13)] == [True, True, False]
    assert [is_told_how(one) for one in (1, 2, 3)] == [True, True, False]
