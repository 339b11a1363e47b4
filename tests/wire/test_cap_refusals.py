"""What is not taken as an alert, each with its reason, element and line."""

from pathlib import Path

import pytest

from renwang.alerts.cap import CapRefused, Reason, read

SAMPLES = Path(__file__).parent / "cap"
FULL = (SAMPLES / "full.xml").read_text(encoding="utf-8")
LEAST = (SAMPLES / "least.xml").read_text(encoding="utf-8")


def refusal(text: str | bytes, **limits: int) -> CapRefused:
    with pytest.raises(CapRefused) as caught:
        read(text if isinstance(text, bytes) else text.encode(), **limits)
    return caught.value


def spoiled(old: str, new: str, text: str = FULL) -> CapRefused:
    assert old in text
    return refusal(text.replace(old, new, 1))


# --- hostile and broken bytes ------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE alert [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        f'<!DOCTYPE alert [<!ENTITY l0 "ha">{LAUGHS}]>',
        "<?pi x?><!-- c --><!DOCTYPE alert>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(doctype: str, encoding: str) -> None:
    text = f"{doctype}\n<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>&x;</alert>"
    assert refusal(text.encode(encoding)).reason is Reason.DOCTYPE


@pytest.mark.parametrize(
    "encoding", ["utf-7", "iso-2022-jp", "hz", "utf-32", "cp037", "rot13", "nonsense"]
)
def test_an_encoding_that_could_hide_marks_is_refused(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{LEAST}'
    assert refusal(text).reason is Reason.ENCODING


def test_utf_32_is_refused() -> None:
    assert refusal(LEAST.encode("utf-32")).reason is Reason.NUL_BYTE


@pytest.mark.parametrize("data", [b"", b" \n\t "])
def test_nothing_is_refused(data: bytes) -> None:
    assert refusal(data).reason is Reason.EMPTY


def test_a_zero_byte_is_refused_with_its_line() -> None:
    refused = refusal(LEAST.replace("least", "le\0ast"))
    assert (refused.reason, refused.line) == (Reason.NUL_BYTE, 2)


@pytest.mark.parametrize("share", range(1, 20))
def test_a_half_file_is_refused(share: int) -> None:
    data = FULL.encode()
    reason = refusal(data[: len(data) * share // 20]).reason
    assert reason in (Reason.INCOMPLETE, Reason.NOT_WELL_FORMED, Reason.ENCODING)


def test_a_file_over_the_limit_is_not_even_looked_at() -> None:
    refused = refusal(b"x" * 1001, limit=1000)
    assert (refused.reason, refused.found, refused.expected) == (
        Reason.TOO_LARGE,
        "1001",
        ("1000",),
    )


def test_a_hundred_megabytes_are_refused() -> None:
    assert refusal(bytes(100 * 1024 * 1024)).reason is Reason.TOO_LARGE


def test_a_huge_text_within_a_raised_limit_is_refused() -> None:
    text = LEAST.replace("least", "x" * 11_000_000)
    assert refusal(text, limit=20_000_000).reason is Reason.NOT_WELL_FORMED


def test_deep_nesting_is_refused() -> None:
    assert refusal("<a>" * 100_000 + "</a>" * 100_000).reason is Reason.TOO_DEEP


def test_an_undefined_entity_is_refused() -> None:
    assert spoiled("least", "&xxe;", LEAST).reason is Reason.UNDEFINED_ENTITY


def test_an_inclusion_is_an_element_like_any_other_and_is_not_followed() -> None:
    inclusion = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert spoiled("least", inclusion, LEAST).reason is Reason.UNEXPECTED_ELEMENT


def test_bytes_that_do_not_fit_their_encoding_are_refused() -> None:
    data = b'<?xml version="1.0" encoding="UTF-8"?>' + LEAST.replace("least", "é").encode("latin-1")
    assert refusal(data).reason in (Reason.ENCODING, Reason.NOT_WELL_FORMED)


# --- not an alert ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["<rss/>", "<alert/>", '<feed xmlns="http://www.w3.org/2005/Atom"/>']
)
def test_other_xml_is_no_alert(text: str) -> None:
    assert refusal(text).reason is Reason.NOT_AN_ALERT


@pytest.mark.parametrize(
    "namespace", ["http://www.incident.com/cap/1.0", "urn:oasis:names:tc:emergency:cap:1.3"]
)
def test_other_versions_are_refused_by_name(namespace: str) -> None:
    refused = refusal(f'<alert xmlns="{namespace}"/>')
    assert (refused.reason, refused.found) == (Reason.UNSUPPORTED_VERSION, namespace)


# --- order, number and values ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason", "element"),
    [
        ("<cap:status>Exercise</cap:status>", "", Reason.MISSING_ELEMENT, "msgType"),
        ("<cap:scope>Private</cap:scope>", "", Reason.MISSING_ELEMENT, "restriction"),
        ("<cap:areaDesc/>", "", Reason.MISSING_ELEMENT, "area"),
        ("<cap:mimeType>audio/mpeg</cap:mimeType>", "", Reason.MISSING_ELEMENT, "resource"),
        (
            "<cap:category>Met</cap:category>\n    <cap:event>R",
            "<cap:event>R",
            Reason.MISSING_ELEMENT,
            "event",
        ),
        ("<cap:value>Orange</cap:value>", "", Reason.MISSING_ELEMENT, "parameter"),
        ("<cap:note>", "<cap:note>1</cap:note><cap:note>", Reason.REPEATED_ELEMENT, "note"),
        (
            "<cap:event>暴雨",
            "<cap:event>1</cap:event><cap:event>暴雨",
            Reason.REPEATED_ELEMENT,
            "event",
        ),
        ("<cap:note>", "<cap:sender>1</cap:sender><cap:note>", Reason.UNEXPECTED_ELEMENT, "sender"),
        ("<cap:note>", "<cap:novel>1</cap:novel><cap:note>", Reason.UNEXPECTED_ELEMENT, "novel"),
        ("<cap:note>", "<note>1</note><cap:note>", Reason.UNEXPECTED_ELEMENT, "note"),
        ("<cap:note>", "<cap:note><cap:b/>", Reason.UNEXPECTED_ELEMENT, "b"),
        ("<cap:note>", '<cap:note xml:lang="zh">', Reason.UNEXPECTED_ATTRIBUTE, "note"),
        ("<cap:note>", '<cap:note xsi:type="cap:x">', Reason.UNEXPECTED_ATTRIBUTE, "note"),
        ("<cap:note>", '<cap:note xsi:nil="true">', Reason.UNEXPECTED_ATTRIBUTE, "note"),
        ("<cap:note>", "words<cap:note>", Reason.UNEXPECTED_TEXT, "alert"),
        ("<cap:note>", "\u3000<cap:note>", Reason.UNEXPECTED_TEXT, "alert"),
        ("<cap:valueName>type", "x<cap:valueName>type", Reason.UNEXPECTED_TEXT, "eventCode"),
        (">Exercise<", ">exercise<", Reason.UNKNOWN_VALUE, "status"),
        (">Exercise<", "> Exercise<", Reason.UNKNOWN_VALUE, "status"),
        (">Avoid<", "><", Reason.UNKNOWN_VALUE, "responseType"),
        (">Severe<", ">Orange<", Reason.UNKNOWN_VALUE, "severity"),
        (">zh-CN<", ">zh_CN<", Reason.BAD_LANGUAGE, "language"),
        (">68<", ">68 bytes<", Reason.BAD_NUMBER, "size"),
        (">500.5<", ">5e2<", Reason.BAD_NUMBER, "altitude"),
        (">cid:map.png<", ">http://a:b:c/<", Reason.BAD_ADDRESS, "uri"),
        (">https://lanting.example/warnings?id=7#now<", ">%zz<", Reason.BAD_ADDRESS, "web"),
    ],
)
def test_each_departure_is_named_with_its_element(
    old: str, new: str, reason: Reason, element: str
) -> None:
    refused = spoiled(old, new)
    assert (refused.reason, refused.element) == (reason, element)
    assert refused.line > 0


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-15T09:30:00Z",
        "2026-07-15T09:30:00",
        "2026-07-15T09:30:00.5+08:00",
        "2026-07-15 09:30:00+08:00",
        "2026-07-15T09:30:00,08:00",
        "2026-07-15T09:30+08:00",
        "2026-02-30T09:30:00+08:00",
        "2026-07-15T24:00:01+08:00",
        "2026-07-15T09:30:00+14:01",
        "2026-07-15T09:30:60+08:00",
        "0000-07-15T09:30:00+08:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T24:00:00-12:00",
        "２０２６-07-15T09:30:00+08:00",
        "",
    ],
)
def test_a_time_in_another_form_is_refused(text: str) -> None:
    assert spoiled(">2026-07-15T10:00:00+08:00<", f">{text}<").reason is Reason.BAD_TIME


def test_a_time_without_zone_is_refused_in_the_older_version_too() -> None:
    assert spoiled("00.25Z", "00.25", LEAST).reason is Reason.BAD_TIME


def test_the_older_version_knows_neither_avoid_nor_signatures() -> None:
    older = FULL.replace("cap:1.2", "cap:1.1").replace("<cap:code>", "<cap:code>")
    assert refusal(older).expected == (
        "Shelter",
        "Evacuate",
        "Prepare",
        "Execute",
        "Monitor",
        "Assess",
        "None",
    )
    signed = LEAST.replace(
        "</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>'
    )
    assert refusal(signed).reason is Reason.UNEXPECTED_ELEMENT


def test_a_signature_stands_only_at_the_end() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'
    assert spoiled("<cap:note>", f"{signature}<cap:note>").reason is Reason.UNEXPECTED_ELEMENT
    after = FULL.replace("<cap:info>", f"{signature}<cap:info>", 1)
    assert refusal(after).reason is Reason.UNEXPECTED_ELEMENT


def test_an_alert_hidden_in_a_signature_is_refused() -> None:
    hidden = '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:Object><cap:value>x</cap:value></d:Object></d:Signature>'
    assert spoiled("</cap:alert>", f"{hidden}</cap:alert>").reason is Reason.ALERT_IN_SIGNATURE


def test_what_is_missing_and_what_could_stand_there_is_named() -> None:
    refused = spoiled("<cap:status>Exercise</cap:status>", "")
    assert refused.expected == ("status",)
    assert spoiled("<cap:note>", "<cap:x/><cap:note>").expected == (
        "code",
        "note",
        "references",
        "incidents",
        "info",
    )
