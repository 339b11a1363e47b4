"""The Chinese way with alerts: identifiers, times, colours and the words of the public text."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from renwang.alerts.cap import (
    Act,
    CapRefused,
    ChineseText,
    Identifier,
    Moment,
    Named,
    Reason,
    Severity,
    colour_of,
    read,
    read_chinese,
    read_chinese_text,
    read_chinese_time,
    write,
    write_chinese,
    write_chinese_time,
)

SAMPLES = Path(__file__).parent / "cap"
CHINESE = (SAMPLES / "chinese.xml").read_bytes()


# --- identifiers and times ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "99010141600000",
        "9901014160000_20260715093000",
        "99010141600000-20260715093000",
        "99010141600000_20260230093000",
        "99010141600000_20260715243000",
        "99010141600000_20260715093000_",
        "99010141600000_20260715093000_10",
        "A9010141600000_20260715093000",
        "９9010141600000_20260715093000",
    ],
)
def test_another_form_of_identifier_is_refused(text: str) -> None:
    with pytest.raises(CapRefused) as caught:
        Identifier.parse(text)
    assert caught.value.reason is Reason.BAD_CHINESE_IDENTIFIER


@pytest.mark.parametrize("serial", ["", "_0", "_9"])
def test_an_identifier_is_taken_apart_and_put_together(serial: str) -> None:
    text = f"99010141600001_20260715093000{serial}"
    found = Identifier.parse(text)
    assert (found.division, found.agency, found.unit, found.extension) == (
        "990101",
        "416",
        "000",
        "01",
    )
    assert found.entered_at == datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
    assert found.issuer == "99010141600001"
    assert found.serial == (int(serial[1:]) if serial else None)
    assert str(found) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260715093000", "2026-07-15T09:30:00+08:00"),
        ("2026-07-15 09:30:00+08:00", "2026-07-15T09:30:00+08:00"),
        ("2026-07-15 09:30:00", "2026-07-15T09:30:00+08:00"),
        (" 2026-07-15 01:30:00+00:00 ", "2026-07-15T01:30:00+00:00"),
        ("2026-07-15T09:30:00+08:00", None),
        ("20260230093000", None),
        ("2026-02-30 09:30:00", None),
        ("202607150930", None),
        ("", None),
    ],
)
def test_both_forms_of_time_become_moments(text: str, expected: str | None) -> None:
    moment = read_chinese_time(text)
    assert (moment and moment.text) == expected


def test_a_moment_is_written_in_beijing_time() -> None:
    assert write_chinese_time(Moment("2026-07-15T01:30:00-00:00")) == "2026-07-15 09:30:00+08:00"


# --- documents ---------------------------------------------------------------------------------


def test_an_unknown_colour_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(CapRefused) as caught:
        read_chinese(CHINESE.replace(b"Orange", b"Purple"))
    refused = caught.value
    assert (refused.reason, refused.found) == (Reason.UNKNOWN_COLOUR, "Purple")
    assert refused.expected == ("Red", "Orange", "Yellow", "Blue")


def test_everything_else_must_be_cap() -> None:
    with pytest.raises(CapRefused) as caught:
        read_chinese(CHINESE.replace(b"<status>Actual</status>", b""))
    assert (caught.value.reason, caught.value.element) == (Reason.MISSING_ELEMENT, "msgType")
    with pytest.raises(CapRefused) as caught:
        read(CHINESE)
    assert caught.value.reason is Reason.NOT_AN_ALERT


def test_times_and_colour_become_cap_and_the_colour_is_kept() -> None:
    document = read_chinese(CHINESE)
    (info,) = document.alert.infos
    assert document.original == CHINESE
    assert document.alert.sent == Moment("2026-07-15T09:30:00+08:00")
    assert info.effective == Moment("2026-07-15T09:30:00+08:00")
    assert info.severity is Severity.SEVERE
    assert colour_of(info) == "Orange"
    assert read(write(document.alert)).alert == document.alert


def test_the_table_of_colours_is_the_callers() -> None:
    alert = read_chinese(CHINESE, colours={"Orange": Severity.EXTREME}).alert
    assert alert.infos[0].severity is Severity.EXTREME


def test_cap_itself_is_read_as_cap() -> None:
    full = (SAMPLES / "full.xml").read_bytes()
    assert read_chinese(full) == read(full)


def test_an_alert_is_written_in_the_chinese_profile_and_read_back() -> None:
    alert = read_chinese(CHINESE).alert
    data = write_chinese(alert)
    assert b"<severity>Orange</severity>" in data
    assert b"<sent>2026-07-15 09:30:00+08:00</sent>" in data
    assert read_chinese(data).alert == alert


def test_nobody_is_given_a_colour_that_nobody_signed() -> None:
    alert = read_chinese(CHINESE).alert
    plain = replace(alert, infos=(replace(alert.infos[0], parameters=()),))
    assert b"<severity>Severe</severity>" in write_chinese(plain)
    assert colour_of(plain.infos[0]) is None
    odd = replace(alert.infos[0], parameters=(Named("colour", "Purple"),))
    assert colour_of(odd) is None


# --- the public text ---------------------------------------------------------------------------

ISSUED_AT = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headline", "description", "expected"),
    [
        ("", "", ChineseText()),
        ("请居民朋友们注意安全", "今天下雨", ChineseText()),
        (
            "兰亭区发布暴雨橙色预警",
            "兰亭区气象台2026年07月15日09时30分发布暴雨橙色预警[Ⅱ级/严重]:预计未来3小时有强降水。",
            ChineseText(
                "兰亭区气象台", ISSUED_AT, Act.ISSUED, "暴雨", "Orange", None, "Ⅱ级", "严重"
            ),
        ),
        (
            "兰亭区更新暴雨红色预警",
            "兰亭区气象台2026年7月15日9时30分更新暴雨橙色预警信号为暴雨红色预警信号：请注意防范。",
            ChineseText("兰亭区气象台", ISSUED_AT, Act.CHANGED, "暴雨", "Red", "Orange"),
        ),
        (
            "",
            "兰亭区气象台2026年07月15日09时30分更新暴雨蓝色为暴雨黄色预警【Ⅲ级/较重】：注意。",
            ChineseText(
                "兰亭区气象台", ISSUED_AT, Act.CHANGED, "暴雨", "Yellow", "Blue", "Ⅲ级", "较重"
            ),
        ),
        (
            "",
            "兰亭区气象台2026年07月15日09时30分继续发布地质灾害气象风险黄色预警：注意。",
            ChineseText("兰亭区气象台", ISSUED_AT, Act.RENEWED, "地质灾害气象风险", "Yellow"),
        ),
        (
            "兰亭区气象台解除雷电黄色预警",
            "",
            ChineseText("兰亭区气象台", None, Act.LIFTED, "雷电", "Yellow"),
        ),
        ("兰亭区发布森林火险预警", "", ChineseText("兰亭区", None, Act.ISSUED, "森林火险")),
        (
            "兰亭区预警信息发布中心发布台风蓝色预警信号",
            "",
            ChineseText("兰亭区预警信息发布中心", None, Act.ISSUED, "台风", "Blue"),
        ),
        (
            "",
            "兰亭区气象台2026年02月30日09时30分发布大风蓝色预警",
            ChineseText("兰亭区气象台", None, Act.ISSUED, "大风", "Blue"),
        ),
    ],
)
def test_the_words_say_what_by_whom_and_when(
    headline: str, description: str, expected: ChineseText
) -> None:
    assert read_chinese_text(headline, description) == expected


def test_colour_words_can_be_others() -> None:
    assert read_chinese_text("某地发布暴雨紫色预警", colours={"紫色": "Purple"}).colour == "Purple"
