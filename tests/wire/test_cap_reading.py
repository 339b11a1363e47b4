"""What an alert says is read whole, and comes out again valid and equal in meaning."""

import codecs
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from renwang.alerts.cap import (
    Alert,
    CapRefused,
    Category,
    Certainty,
    Circle,
    Doubt,
    Feed,
    Info,
    Moment,
    MsgType,
    Named,
    Polygon,
    Reason,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Version,
    find_doubts,
    join_references,
    read,
    read_either,
    read_feed,
    write,
    write_feed,
)
from renwang.alerts.cap.feed import Offer

SAMPLES = Path(__file__).parent / "cap"
FULL = (SAMPLES / "full.xml").read_bytes()
LEAST = (SAMPLES / "least.xml").read_bytes()
FEED = (SAMPLES / "feed.atom").read_bytes()

PLAIN = Alert(
    identifier="99010141600000_20260715093000",
    sender="warning@lanting.example",
    sent=Moment("2026-07-15T09:30:00+08:00"),
    status=Status.TEST,
    msg_type=MsgType.ALERT,
    scope=Scope.PUBLIC,
)
INFO = Info((Category.MET,), "暴雨", Urgency.IMMEDIATE, Severity.SEVERE, Certainty.OBSERVED)


# --- refused when written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"note": "bell \x07"}, Reason.UNWRITABLE),
        ({"note": "half \ud800"}, Reason.UNWRITABLE),
        ({"sent": Moment("soon")}, Reason.BAD_TIME),
        ({"sent": Moment("2026-07-15T09:30:00Z")}, Reason.BAD_TIME),
        ({"infos": (replace(INFO, categories=()),)}, Reason.MISSING_ELEMENT),
        ({"infos": (replace(INFO, web="http://a:b/"),)}, Reason.BAD_ADDRESS),
        ({"infos": (replace(INFO, language="Chinese language"),)}, Reason.BAD_LANGUAGE),
        ({"infos": (replace(INFO, web="  http://a/"),)}, Reason.UNWRITABLE),
        ({"signatures": (b"<!DOCTYPE x><x/>",)}, Reason.DOCTYPE),
        ({"signatures": (b"<x/>",)}, Reason.UNEXPECTED_ELEMENT),
        (
            {"version": Version.V11, "infos": (replace(INFO, responses=(ResponseType.AVOID,)),)},
            Reason.UNKNOWN_VALUE,
        ),
    ],
)
def test_what_would_not_be_accepted_is_not_written(
    change: dict[str, object], reason: Reason
) -> None:
    with pytest.raises(CapRefused) as caught:
        write(replace(PLAIN, **change))
    assert caught.value.reason is reason


def test_a_moment_without_zone_is_not_made() -> None:
    with pytest.raises(ValueError, match="offset"):
        Moment.of(datetime(2026, 7, 15))


# --- read whole --------------------------------------------------------------------------------


def test_every_element_is_kept_in_order() -> None:
    document = read(FULL)
    alert, (chinese, english) = document.alert, document.alert.infos
    assert document.original == FULL
    assert alert.version is Version.V12
    assert (alert.status, alert.msg_type, alert.scope) == (
        Status.EXERCISE,
        MsgType.UPDATE,
        Scope.PRIVATE,
    )
    assert alert.codes == ("IPAWSv1.0", "layer:example:1.0")
    assert alert.note == "  spaces are\nkept  "
    assert alert.addressees == ("Lanting duty desk", "field@lanting.example")
    assert alert.incident_names == ("Lanting flood 2026", "rain-7")
    assert chinese.categories == (Category.MET, Category.GEO)
    assert chinese.responses == (ResponseType.SHELTER, ResponseType.AVOID)
    assert chinese.event_codes == (Named("type", "11B03"), Named("SAME", "FFW"))
    assert chinese.parameters == (Named("colour", "Orange"), Named("colour", ""))
    assert chinese.description == "预计未来3小时 <50毫米> & 以上 的降水 将到来。"
    assert [resource.mime_type for resource in chinese.resources] == ["image/png", "audio/mpeg"]
    assert chinese.resources[0].deref_uri == "iVBORw0KGgo="
    assert chinese.resources[0].size == 68
    assert (english.language, english.spoken) == ("", "en-US")
    near, far = chinese.areas
    assert near.polygons[1].points[0] == (29.7, 106.4)
    assert (near.circles[0].centre, near.circles[0].radius_km) == ((29.55, 106.45), 2.5)
    assert near.geocodes == (Named("adcode", "990101"), Named("adcode", "990102"))
    assert (near.altitude, near.ceiling) == ("500.5", "+900")
    assert far.description == ""


def test_references_name_sender_identifier_and_moment() -> None:
    alert = read(FULL).alert
    first, second = alert.refers_to
    assert first == Reference(
        "warning@lanting.example",
        "99010141600000_20260715080000",
        Moment("2026-07-15T08:00:00+08:00"),
    )
    assert second.sent.at == datetime(2026, 7, 15, 8, 30, tzinfo=UTC)
    assert join_references(alert.refers_to) == alert.references
    assert join_references(()) is None


def test_moments_are_utc_and_a_day_may_end_at_24() -> None:
    info = read(FULL).alert.infos[0]
    assert info.onset is not None and info.onset.at == datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
    assert info.expires is not None and info.expires.at == datetime(2026, 7, 15, 16, 0, tzinfo=UTC)
    assert read(LEAST).alert.sent.at == datetime(2026, 7, 15, 1, 30, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("data", [FULL, LEAST], ids=["full", "least"])
def test_what_is_read_is_written_equal_and_in_the_same_version(data: bytes) -> None:
    alert = read(data).alert
    written = write(alert)
    assert read(written).alert == alert
    assert write(read(written).alert) == written
    assert etree.fromstring(written).tag == f"{{{alert.version.value}}}alert"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-be"),
        ("UTF-16", "utf-16-le"),
        ("GB18030", "gb18030"),
        ("GBK", "gbk"),
        ("GB2312", "gbk"),  # declared narrower than written: common, and harmless to read
    ],
)
def test_every_encoding_people_send_says_the_same(declared: str, codec: str) -> None:
    text = FULL.decode().replace("UTF-8", declared)
    data = text.encode(codec)
    if codec in ("utf-16-be", "utf-16-le"):
        data = (codecs.BOM_UTF16_BE if codec.endswith("be") else codecs.BOM_UTF16_LE) + data
    expected = read(text.replace(declared, "UTF-8", 1).encode()).alert
    assert read(data).alert == expected


@pytest.mark.parametrize(
    ("declared", "word"),
    [
        ("ISO-8859-1", "é"),
        ("windows-1252", "€"),
        ("Big5", "暴雨警報"),
        ("EUC-KR", "호우"),
        ("us-ascii", "e"),
    ],
)
def test_other_encodings_are_read(declared: str, word: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>' + LEAST.decode().replace("least", word, 1)
    assert read(text.encode(declared)).alert.identifier == word


def test_prefixes_do_not_matter() -> None:
    text = FULL.decode().replace("<cap:", "<").replace("</cap:", "</").replace("xmlns:cap", "xmlns")
    assert read(text.encode()).alert == read(FULL).alert


def test_a_signature_is_kept() -> None:
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"> <ds:SignedInfo/>\n</ds:Signature>'
    alert = read(FULL.replace(b"</cap:alert>", f"{signature}</cap:alert>".encode())).alert
    assert len(alert.signatures) == 1
    assert read(write(alert)).alert == alert


def test_shapes_are_written_as_cap_writes_them() -> None:
    polygon = Polygon.of([(29.5, 106.4), (29.6, 106.4), (0.00001, 1e-7)])
    assert polygon.text == "29.5,106.4 29.6,106.4 0.00001,0.0000001 29.5,106.4"
    assert polygon.points[0] == polygon.points[-1] == (29.5, 106.4)
    assert Circle.of((29.5, 106.4), 3).text == "29.5,106.4 3.0"


def test_the_codec_needs_no_framework() -> None:
    asked = "import sys, renwang.alerts.cap; print('django' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "False"


# --- doubts ------------------------------------------------------------------------------------

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


def doubts(text: str) -> list[Doubt]:
    return [finding.doubt for finding in find_doubts(read(text.encode()).alert, now=NOW)]


def test_a_sound_alert_raises_no_doubt_but_what_it_lacks() -> None:
    assert doubts(FULL.decode()) == [Doubt.AREA_WITHOUT_PLACE, Doubt.NO_AREA]


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (">99010141600000_20260715093000_0<", ">a b<", Doubt.IDENTIFIER_CHARACTERS),
        (">warning@lanting.example</cap:sender>", ">a,b</cap:sender>", Doubt.SENDER_CHARACTERS),
        (
            ">2026-07-15T09:30:00+08:00</cap:sent>",
            ">2026-07-15T09:30:01+08:00</cap:sent>",
            Doubt.SENT_IN_FUTURE,
        ),
        ("2026-07-15T24:00:00+08:00", "2026-07-15T09:00:00+08:00", Doubt.EXPIRES_BEFORE_SENT),
        ("2026-07-15T24:00:00+08:00", "2026-07-15T09:45:00+08:00", Doubt.EXPIRES_BEFORE_ONSET),
        ("2026-07-15T24:00:00+08:00", "2026-07-15T09:30:00+08:00", Doubt.EXPIRED),
        (">duty officers only<", "><", None),
        ('>"Lanting duty desk" field@lanting.example<', "><", Doubt.ADDRESSES_MISSING),
        (">Private<", ">Restricted<", None),
        (",2026-07-15T08:00:00+08:00 ", " ", Doubt.REFERENCES_UNREADABLE),
        (
            ">29.50,106.40 29.60,106.40 29.60,106.50 29.50,106.40<",
            ">29.50,106.40 29.60,106.40 29.60,106.50<",
            Doubt.POLYGON_OPEN,
        ),
        (
            ">29.50,106.40 29.60,106.40 29.60,106.50 29.50,106.40<",
            ">29.50,106.40 29.60,106.40 29.50,106.40<",
            Doubt.POLYGON_SHORT,
        ),
        (
            ">29.50,106.40 29.60,106.40 29.60,106.50 29.50,106.40<",
            ">29.50;106.40<",
            Doubt.POLYGON_UNREADABLE,
        ),
        (">29.50,106.40 29.60,106.40 29.60,106.50 29.50,106.40<", "><", Doubt.POLYGON_UNREADABLE),
        ("29.60,106.50", "106.50,29.60", Doubt.OFF_THE_GLOBE),
        (">29.55,106.45 2.5<", ">29.55 106.45 2.5<", Doubt.CIRCLE_UNREADABLE),
        (">29.55,106.45 2.5<", ">106.45,29.55 2.5<", Doubt.OFF_THE_GLOBE),
        ("<cap:altitude>500.5</cap:altitude>", "", Doubt.CEILING_ALONE),
        (">Orange<", ">Purple<", Doubt.UNKNOWN_COLOUR),
        (">Orange<", ">Blue<", Doubt.COLOUR_DISAGREES),
    ],
)
def test_each_doubt_is_named_and_refuses_nothing(old: str, new: str, doubt: Doubt | None) -> None:
    text = FULL.decode()
    assert old in text
    found = doubts(text.replace(old, new, 1))
    if doubt is not None:
        assert doubt in found
    else:
        assert found == [Doubt.AREA_WITHOUT_PLACE, Doubt.NO_AREA]


def test_messages_about_others_must_name_them_and_alerts_must_say_something() -> None:
    update = replace(PLAIN, msg_type=MsgType.CANCEL)
    assert [finding.doubt for finding in find_doubts(update)] == [Doubt.REFERENCES_MISSING]
    assert [finding.doubt for finding in find_doubts(PLAIN)] == [Doubt.NOTHING_SAID]
    restricted = replace(PLAIN, scope=Scope.RESTRICTED, infos=(INFO,))
    assert [f.doubt for f in find_doubts(restricted)] == [Doubt.RESTRICTION_MISSING, Doubt.NO_AREA]


# --- feeds -------------------------------------------------------------------------------------


def test_a_feed_gives_each_alert_its_own_verdict() -> None:
    feed = read_feed(FEED)
    assert (feed.identifier, feed.title) == ("https://lanting.example/feed", "Warnings of Lanting")
    good, bad, link = feed.entries
    assert good.document is not None and good.document.alert.identifier == "one"
    assert read(good.document.original).alert == good.document.alert
    assert bad.refused is not None
    assert (bad.refused.reason, bad.refused.element) == (Reason.MISSING_ELEMENT, "sent")
    assert FEED.decode().splitlines()[bad.refused.line - 1].strip().startswith("<cap:sent>")
    assert (link.document, link.refused) == (None, None)
    assert link.alert_links == ("https://lanting.example/three.xml",)


def test_an_alert_outside_every_entry_is_not_lost_but_refused() -> None:
    stray = FEED.replace(
        b"<entry>", b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/><entry>', 1
    )
    refused = [entry.refused.reason for entry in read_feed(stray).entries if entry.refused]
    assert refused == [Reason.MISSING_ELEMENT, Reason.NOT_IN_ENTRY]


def test_a_hostile_or_oversized_feed_is_refused() -> None:
    hostile = FEED.replace(b"<feed", b'<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x"><feed', 1)
    for data, limit, reason in ((hostile, 10_000, Reason.DOCTYPE), (FEED, 100, Reason.TOO_LARGE)):
        with pytest.raises(CapRefused) as caught:
            read_feed(data, limit=limit)
        assert caught.value.reason is reason
    oversized = read_feed(FEED, alert_limit=100).entries[0].refused
    assert oversized is not None and oversized.reason is Reason.TOO_LARGE


def test_an_rss_feed_is_read() -> None:
    rss = (
        b"<rss version='2.0'><channel><title>T</title><link>https://lanting.example</link>"
        b"<item><guid>g</guid><title>I</title><link>https://lanting.example/g.xml</link></item></channel></rss>"
    )
    feed = read_feed(rss)
    assert (feed.title, feed.entries[0].identifier) == ("T", "g")
    assert feed.entries[0].links == ("https://lanting.example/g.xml",)


def test_a_quiet_feed_is_empty_and_other_xml_is_no_feed() -> None:
    assert read_feed(b'<feed xmlns="http://www.w3.org/2005/Atom"/>').entries == ()
    with pytest.raises(CapRefused) as caught:
        read_feed(FULL)
    assert caught.value.reason is Reason.NOT_A_FEED


def test_either_is_told_apart() -> None:
    assert read_either(FULL) == read(FULL)
    feed = read_either(FEED)
    assert isinstance(feed, Feed)
    assert feed.entries[0] == read_feed(FEED).entries[0]
    with pytest.raises(CapRefused) as caught:
        read_either(FULL, alert_limit=100)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_written_feed_points_to_its_alerts() -> None:
    offer = Offer(
        "one", "暴雨橙色预警", PLAIN.sent, "https://lanting.example/one.xml", "兰亭区气象台", "…"
    )
    data = write_feed(
        identifier="https://lanting.example/feed",
        title="兰亭",
        updated=PLAIN.sent,
        link="https://lanting.example/feed",
        offers=[offer],
    )
    (entry,) = read_feed(data).entries
    assert (entry.identifier, entry.title) == ("one", "暴雨橙色预警")
    assert entry.alert_links == ("https://lanting.example/one.xml",)
