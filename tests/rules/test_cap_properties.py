"""What holds for every alert: it comes back as it was, and no byte string does harm."""

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renwang.alerts.cap import (
    Alert,
    Area,
    CapRefused,
    Category,
    Certainty,
    Circle,
    Document,
    Identifier,
    Info,
    Moment,
    MsgType,
    Named,
    Polygon,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Version,
    find_doubts,
    read,
    read_chinese,
    read_chinese_text,
    read_chinese_time,
    read_either,
    write,
    write_chinese,
    write_chinese_time,
)
from renwang.alerts.cap.china import BEIJING

XML_TEXT = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0xD7FF),
        st.characters(min_codepoint=0xE000, max_codepoint=0xFFFD),
        st.characters(min_codepoint=0x10000, max_codepoint=0x10FFFF),
        st.sampled_from("\t\n\r<>&\"' 雨"),
    ),
    max_size=30,
)
MAYBE = st.none() | XML_TEXT
OFFSETS = st.integers(-14 * 60, 14 * 60).map(
    lambda m: f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}"
)
MOMENTS = st.builds(
    lambda at, offset: Moment(at.isoformat(timespec="seconds") + offset),
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),
    OFFSETS | st.just("-00:00"),
)
LANGUAGES = st.none() | st.sampled_from(["", "zh-CN", "en", "zh-Hans-CN"])
ADDRESSES = st.none() | st.sampled_from(
    ["", "https://lanting.example/雨?a=b c#d", "cid:a", "../a", "http://[::1]:8/"]
)
NAMED = st.lists(st.builds(Named, XML_TEXT, XML_TEXT), max_size=3).map(tuple)
DEGREES = st.floats(-180, 180)


SIGNATURES = (
    b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"></Signature>',
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="雨"> <ds:Object>\n'
    '<x:y xmlns:x="urn:x">&lt;&#xD;</x:y></ds:Object></ds:Signature>'.encode(),
)


def several(strategy: st.SearchStrategy, least: int = 0) -> st.SearchStrategy:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


POLYGONS = st.builds(Polygon, XML_TEXT) | st.builds(
    Polygon.of, st.lists(st.tuples(DEGREES, DEGREES), min_size=3, max_size=6)
)
CIRCLES = st.builds(Circle, XML_TEXT) | st.builds(
    Circle.of, st.tuples(DEGREES, DEGREES), st.floats(0, 1e6)
)


def alerts(version: Version) -> st.SearchStrategy[Alert]:
    newer = version is Version.V12
    height = st.none() | (st.sampled_from(["1", "-1.50", "+.5"]) if newer else XML_TEXT)
    responses = [
        one
        for one in ResponseType
        if newer or one not in (ResponseType.AVOID, ResponseType.ALL_CLEAR)
    ]
    areas = st.builds(Area, XML_TEXT, several(POLYGONS), several(CIRCLES), NAMED, height, height)
    resources = st.builds(
        Resource,
        XML_TEXT,
        XML_TEXT if newer else MAYBE,
        st.none() | st.integers(),
        ADDRESSES,
        MAYBE,
        MAYBE,
    )
    infos = st.builds(
        Info,
        categories=several(st.sampled_from(Category), 1),
        event=XML_TEXT,
        urgency=st.sampled_from(Urgency),
        severity=st.sampled_from(Severity),
        certainty=st.sampled_from(Certainty),
        language=LANGUAGES,
        responses=several(st.sampled_from(responses)),
        audience=MAYBE,
        event_codes=NAMED,
        effective=st.none() | MOMENTS,
        onset=st.none() | MOMENTS,
        expires=st.none() | MOMENTS,
        sender_name=MAYBE,
        headline=MAYBE,
        description=MAYBE,
        instruction=MAYBE,
        web=ADDRESSES,
        contact=MAYBE,
        parameters=NAMED,
        resources=several(resources),
        areas=several(areas),
    )
    return st.builds(
        Alert,
        identifier=XML_TEXT,
        sender=XML_TEXT,
        sent=MOMENTS,
        status=st.sampled_from(Status),
        msg_type=st.sampled_from(MsgType),
        scope=st.sampled_from(Scope),
        source=MAYBE,
        restriction=MAYBE,
        addresses=MAYBE,
        codes=several(XML_TEXT),
        note=MAYBE,
        references=MAYBE,
        incidents=MAYBE,
        infos=several(infos),
        signatures=several(st.sampled_from(SIGNATURES)) if newer else st.just(()),
        version=st.just(version),
    )


ALERTS = st.one_of(alerts(Version.V12), alerts(Version.V11))
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(ALERTS)
def test_what_is_written_is_read_back_equal(alert: Alert) -> None:
    data = write(alert)
    document = read(data)
    assert document == Document(alert, data)
    find_doubts(alert, now=alert.sent.at)


@SLOW
@given(ALERTS, st.randoms(use_true_random=False))
def test_a_damaged_alert_is_refused_by_name_or_read(alert: Alert, random) -> None:
    data = bytearray(write(alert))
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data))
        data[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
    try:
        found = read(bytes(data)).alert
    except CapRefused:
        return
    assert read(write(found)).alert == found


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_harm(data: bytes) -> None:
    for reader in (read, read_either, read_chinese):
        try:
            reader(data)
        except CapRefused as refused:
            assert refused.reason


@SLOW
@given(alerts(Version.V12))
def test_the_chinese_profile_keeps_the_meaning(alert: Alert) -> None:
    back = read_chinese(write_chinese(alert)).alert
    assert back.sent.at == alert.sent.at
    assert [info.headline for info in back.infos] == [info.headline for info in alert.infos]
    assert [info.severity for info in back.infos] == [info.severity for info in alert.infos]


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.none() | st.integers(0, 9))
def test_identifiers_and_times_come_back(at, serial: int | None) -> None:
    at = at.replace(microsecond=0, tzinfo=BEIJING)
    identifier = Identifier("990101", "416", "000", "00", at, serial)
    assert Identifier.parse(str(identifier)) == identifier
    moment = Moment.of(at)
    assert read_chinese_time(write_chinese_time(moment)) == moment


@given(
    st.text(
        alphabet="兰亭区气象台2026年07月15日9时分发布更新解除暴雨红色为预警信号[Ⅱ级/严重]：，",
        max_size=80,
    )
)
def test_any_text_is_read_without_harm(text: str) -> None:
    read_chinese_text(text, text)
