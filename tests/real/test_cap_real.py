"""Real alerts of seven repositories, judged beside the official schemas."""

import csv
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from renwang.alerts.cap import (
    CapRefused,
    Feed,
    Reason,
    Standing,
    Version,
    colour_of,
    read,
    read_chinese_text,
    read_either,
    verify,
    write,
)
from renwang.alerts.cap.china_text import COLOUR_WORDS
from renwang.alerts.cap.signature import _load

DATA = Path(__file__).parents[3] / "shared" / "data"
CAP = DATA / "cap"
pytestmark = pytest.mark.skipif(
    not CAP.is_dir(), reason="the real data is not beside this checkout"
)

CERTIFICATE = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


@cache
def schema(version: Version) -> etree.XMLSchema:
    name = "CAP-v1.2.xsd" if version is Version.V12 else "CAP-v1.1.xsd"
    return etree.XMLSchema(etree.parse(CAP / "xsd" / name))


def rows() -> list[dict[str, str]]:
    if not CAP.is_dir():
        return []
    with (CAP / "index.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def accepted(data: bytes) -> bool:
    try:
        found = read_either(data)
    except CapRefused:
        return False
    return not isinstance(found, Feed) or not any(entry.refused for entry in found.entries)


def by_schema(data: bytes) -> bool:
    """The verdict of the official schema on a single alert."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        return schema(Version(etree.QName(root).namespace)).validate(root)
    except (etree.XMLSyntaxError, ValueError):
        return False


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"].removeprefix("alerts/"))
def test_each_file_is_judged_as_the_schema_judges_it(row: dict[str, str]) -> None:
    data = (CAP / row["file"]).read_bytes()
    assert accepted(data) == (row["xsd_ok"] == "y")
    if row["root"] != "feed":
        assert accepted(data) == by_schema(data)


@pytest.mark.parametrize(
    "row",
    [row for row in rows() if row["xsd_ok"] == "y"],
    ids=lambda row: row["file"].removeprefix("alerts/"),
)
def test_what_is_accepted_comes_out_valid_and_equal(row: dict[str, str]) -> None:
    found = read_either((CAP / row["file"]).read_bytes())
    documents = (
        [e.document for e in found.entries if e.document] if isinstance(found, Feed) else [found]
    )
    assert documents
    for document in documents:
        written = write(document.alert)
        assert by_schema(written)
        assert read(written).alert == document.alert
        assert _said(written) == _said(document.original)


def _said(data: bytes) -> list[tuple[str, str]]:
    """Every name and text in order, by a way of reading that is not ours."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True))
    return [
        (element.tag, (element.text or "").strip() if len(element) else element.text or "")
        for element in root.iter()
    ]


def test_the_columns_of_the_index_are_in_the_model() -> None:
    for row in rows():
        if row["xsd_ok"] != "y" or row["root"] == "feed":
            continue
        alert = read((CAP / row["file"]).read_bytes()).alert
        areas = [area for info in alert.infos for area in info.areas]
        assert (alert.sender, alert.msg_type, alert.status, alert.scope, alert.sent.text) == (
            row["sender"],
            row["msgType"],
            row["status"],
            row["scope"],
            row["sent"],
        )
        assert len(alert.infos) == int(row["infos"])
        assert len(areas) == int(row["areas"])
        assert sum(len(area.polygons) for area in areas) == int(row["polygons"])
        assert sum(len(area.circles) for area in areas) == int(row["circles"])
        assert bool(alert.signatures) == (row["signed"] == "y")


def test_the_hostile_file_is_refused_for_its_document_type() -> None:
    with pytest.raises(CapRefused) as caught:
        read((CAP / "alerts/google+cap-library/xee.cap").read_bytes())
    assert caught.value.reason is Reason.DOCTYPE


# --- spoiling real alerts: the schema is the judge ---------------------------------------------

TEXTS = [
    "",
    " ",
    "x",
    "-1",
    "1.5",
    "en",
    "en-",
    "Met",
    "Alert",
    "None",
    "Assess",
    "AllClear",
    "雨",
    "a b",
    "+5",
    ".",
    "5.",
    "%zz",
    "http://[",
    "//h:1",
    "//h:x",
    "a[b]",
    "a:b:c",
    "::",
    "1:",
    "#a#b",
    "?a?b",
    "2026-07-15T09:30:00+08:00",
    "2026-07-15T09:30:00Z",
    "2026-07-15T24:00:00+08:00",
    "2026-07-15T09:30:00+15:00",
]


def respell(element: etree._Element, draw: st.DrawFn) -> None:
    if not len(element):
        element.text = draw(st.sampled_from(TEXTS))


def drop(element: etree._Element, draw: st.DrawFn) -> None:
    element.getparent().remove(element)


def repeat(element: etree._Element, draw: st.DrawFn) -> None:
    element.addprevious(etree.fromstring(etree.tostring(element, with_tail=False)))


def swap(element: etree._Element, draw: st.DrawFn) -> None:
    if element.getnext() is not None:
        element.addnext(element.getnext())


def mark(element: etree._Element, draw: st.DrawFn) -> None:
    element.set("lang", "en")


def follow(element: etree._Element, draw: st.DrawFn) -> None:
    element.tail = draw(st.sampled_from([None, " ", "x", "\u3000"]))


def rename(element: etree._Element, draw: st.DrawFn) -> None:
    root = element.getroottree().getroot()
    others = [one.tag for one in root.iter() if "xmldsig" not in one.tag]
    element.tag = draw(st.sampled_from(others))


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_spoiled_alert_is_judged_as_the_schema_judges_it(data: st.DataObject) -> None:
    files = [row["file"] for row in rows() if row["xsd_ok"] == "y" and row["root"] == "alert"]
    small = [file for file in files if (CAP / file).stat().st_size < 7000]
    root = etree.fromstring(
        (CAP / data.draw(st.sampled_from(small))).read_bytes(),
        etree.XMLParser(remove_comments=True, remove_pis=True),
    )
    elements = [one for one in root.iterdescendants() if "xmldsig" not in one.tag]
    for _ in range(data.draw(st.integers(1, 3))):
        act = data.draw(
            st.sampled_from([respell, respell, drop, repeat, swap, mark, follow, rename])
        )
        element = data.draw(st.sampled_from(elements))
        if element.getparent() is not None:
            act(element, data.draw)
    spoiled = etree.tostring(root)
    try:
        found = read(spoiled).alert
    except CapRefused as refused:
        assert not by_schema(spoiled), refused
        return
    assert by_schema(spoiled)
    assert by_schema(write(found))


# --- signatures --------------------------------------------------------------------------------

IN_FORCE = datetime(2024, 8, 1, tzinfo=UTC)
WMO = CAP / "alerts/wmo-im+capvalidator"


def pinned(place: str) -> list[x509.Certificate]:
    root = etree.fromstring((WMO / f"tests__data__{place}__valid.xml").read_bytes())
    return [_load(next(root.iter(CERTIFICATE)).text)]


@pytest.mark.parametrize("place", ["sc", "tg"])
def test_real_signatures_stand_or_fall(place: str) -> None:
    trusted = pinned(place)

    def standing(
        name: str, at: datetime = IN_FORCE, trust: list[x509.Certificate] = trusted
    ) -> Standing:
        data = (WMO / f"tests__data__{place}__{name}.xml").read_bytes()
        return verify(data, trusted=trust, now=at).standing

    assert standing("valid") is Standing.VALID
    assert standing("valid", trust=[]) is Standing.UNTRUSTED
    assert standing("valid", at=datetime(2026, 7, 1, tzinfo=UTC)) is Standing.EXPIRED
    assert standing("no_signature") is Standing.UNSIGNED
    # These were spoiled in the last letter of a base64 text, in bits that say nothing.
    for name in ("invalid_digest", "invalid_signature", "invalid_certificate"):
        assert standing(name) is Standing.MALFORMED


def test_a_word_altered_in_a_real_signed_alert_is_noticed() -> None:
    data = (WMO / "tests__data__sc__valid.xml").read_bytes()
    altered = data.replace(b"Aldabra", b"Assumption")
    assert verify(altered, trusted=pinned("sc"), now=IN_FORCE).standing in (
        Standing.DIGEST_MISMATCH,
        Standing.SIGNATURE_MISMATCH,
    )


# --- the public words --------------------------------------------------------------------------


def test_what_the_public_of_one_city_read_in_two_months_is_understood() -> None:
    warnings = json.loads((DATA / "cma/pudong_warnings.json").read_text(encoding="utf-8"))
    assert len(warnings) == 47
    for warning in warnings:
        text = read_chinese_text(warning["headline"], warning["description"])
        assert text.hazard == warning["warning_type"]
        assert text.colour == COLOUR_WORDS[warning["level"]]
        assert text.issued_at is not None
        assert text.issued_at.strftime("%Y-%m-%dT%H:%M") == warning["published_at"]
        assert text.issuer is not None and text.issuer.startswith(warning["area"])
        assert (text.level is None) == ("级/" not in warning["description"])
        assert read_chinese_text(warning["headline"]).issuer == warning["area"]


def test_no_real_alert_is_given_a_colour() -> None:
    for row in rows():
        if row["xsd_ok"] == "y" and row["root"] == "alert":
            infos = read((CAP / row["file"]).read_bytes()).alert.infos
            assert all(colour_of(info) is None for info in infos)
