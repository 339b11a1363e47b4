"""Wordings are whole and fill in; read-aloud text has no figures left; differences give both texts back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.alerts.composing.speaking import (
    announcement,
    cardinal,
    numeral,
    ordinal,
    seconds_for,
    spell,
)
from renwang.alerts.composing.wordings import (
    LANGUAGES,
    Filling,
    Texts,
    blanks_in,
    fill,
    hazards,
    shipped,
    shipped_ending,
    tiers_of,
)
from renwang.alerts.composing_rules import Follow, Kind, calls_itself_warning

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
FILLING = Filling("青石街道", "青石街道", "023-61234567", None, NOW + timedelta(hours=6))
EVERY = [
    (hazard, kind, colour, language)
    for hazard in hazards().values()
    for kind, colour in tiers_of(hazard)
    for language in LANGUAGES
]


@pytest.mark.parametrize(("hazard", "kind", "colour", "language"), EVERY)
def test_every_shipped_wording_is_whole_and_leaves_no_blank(hazard, kind, colour, language):
    said = shipped(hazard.key, kind, colour, language)
    filled = fill(said, FILLING, language, ZONE)
    assert said.is_whole
    assert blanks_in(filled) == ()
    assert "%" not in filled.headline + filled.description
    assert "。。" not in filled.description and ".." not in filled.description
    assert not (kind is Kind.ADVICE and calls_itself_warning(filled.headline))


def test_the_rainstorm_signal_carries_the_national_figures():
    figures = {"blue": "12小时", "yellow": "6小时", "orange": "3小时", "red": "100毫米"}
    for colour, figure in figures.items():
        assert figure in shipped("rainstorm", Kind.WARNING, colour, "zh").description


def test_times_are_written_as_people_there_say_them():
    said = fill(Texts("{开始}{结束}", "{from} {until}"), FILLING, "zh-CN", ZONE)
    assert said.headline == "现在7月15日15时30分"
    assert fill(Texts("{until}"), FILLING, "en", ZONE).headline == "15:30 on 15 July"


def test_an_unknown_blank_and_an_empty_one_stay_open():
    said = fill(Texts("{结束}{别的}"), Filling(place="甲"), "zh", ZONE)
    assert blanks_in(said) == ("结束", "别的")


def test_a_language_that_is_not_shipped_is_empty():
    assert shipped("rainstorm", Kind.ADVICE, "", "fil").is_empty
    assert shipped_ending(Follow.LIFT, "x", "fil").is_empty


@pytest.mark.parametrize("follow", [Follow.LIFT, Follow.TAKE_BACK])
def test_an_ending_names_what_it_ends(follow):
    assert "暴雨提示" in shipped_ending(follow, "暴雨提示", "zh").headline


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-07-15 09:05", "二〇二六年七月十五日 九点零五分"),
        ("7月5日9时05分至21:00", "七月五日九时零五分至二十一点整"),
        ("降雨120毫米", "降雨一百二十毫米"),
        ("拨打120", "拨打幺二零"),
        ("电话023-61234567", "电话零二三六幺二三四五六七"),
        ("2小时内80%", "两小时内百分之八十"),
        ("-3.5℃，3-5级", "零下三点五摄氏度，三至五级"),
        ("Ⅲ级，2号楼", "三级，二号楼"),
        ("1,031户", "一千零三十一户"),
    ],
)
def test_chinese_is_spelled_out_for_speech(text, said):
    assert spell(text, "zh-CN") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("15:30 on 15 July", "three thirty in the afternoon on the fifteenth of July"),
        ("2026-07-01", "the first of July twenty twenty-six"),
        ("call 119", "call one one nine"),
        ("120 mm of rain", "one hundred and twenty millimetres of rain"),
        ("1,031 households, 80 %", "one thousand and thirty-one households, eighty per cent"),
        ("09:05 or 12:00", "nine oh five in the morning or noon"),
    ],
)
def test_english_is_spelled_out_for_speech(text, said):
    assert spell(text, "en") == said


@given(st.text(alphabet="0123456789.,:-年月日 %户小时abc", max_size=40), st.sampled_from(LANGUAGES))
def test_no_figure_is_left_to_stumble_over(text, language):
    assert not any("0" <= letter <= "9" for letter in spell(text, language)) or ":" in text


@given(st.integers(0, 10**12))
def test_numbers_are_said_without_figures(number):
    assert numeral(number) and cardinal(number) and ordinal(number)
    assert not any(letter.isascii() and letter.isdigit() for letter in numeral(number))


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "零"), (10, "十"), (15, "十五"), (105, "一百零五"), (2001, "二千零一"),
     (10_010, "一万零一十"), (20_000, "二万"), (100_000_001, "一亿零一"), (1_010_000, "一百零一万")],
)  # fmt: skip
def test_chinese_numerals(number, said):
    assert numeral(number) == said


def test_an_announcement_calls_speaks_and_repeats():
    said = announcement("暴雨", "3小时", "关窗。\n离开。", "119", "zh", drill=True)
    assert said.splitlines() == [
        "请注意，请注意！", "这是演练，这是演练！", "暴雨", "三小时", "关窗。", "离开。",
        "咨询：幺幺九", "再播送一遍。",
    ]  # fmt: skip
    assert seconds_for(said, "zh") > 5
