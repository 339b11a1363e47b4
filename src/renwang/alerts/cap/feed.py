"""Atom and RSS feeds whose entries carry alerts, or links to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from .model import Document, Moment
from .opening import ALERT_LIMIT, FEED_LIMIT, open_xml
from .reading import is_alert, read, read_root
from .refusals import CapRefused, Reason
from .sequence import Element

ATOM = "http://www.w3.org/2005/Atom"
ALERT_TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with the alert in it, or the refusal of that alert.

    An entry that only points elsewhere has neither; `alert_links` are its
    links to alerts, `links` all of them. An entry with several alerts
    appears once for each.
    """

    identifier: str
    title: str
    updated: str
    links: tuple[str, ...]
    alert_links: tuple[str, ...]
    document: Document | None
    refused: CapRefused | None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed offers, in its order. An empty feed is an ordinary quiet day."""

    identifier: str
    title: str
    updated: str
    entries: tuple[Entry, ...]


def read_feed(data: bytes, *, limit: int = FEED_LIMIT, alert_limit: int = ALERT_LIMIT) -> Feed:
    """Read an Atom or RSS 2 feed, or raise `CapRefused`.

    Each alert is judged by itself: one that is refused does not hide the
    others. An alert that stands outside every entry is listed as refused
    (`NOT_IN_ENTRY`), since no rule says what it would mean there.
    """
    return _read_feed(open_xml(data, limit=limit, whole=True), alert_limit)


def read_either(
    data: bytes, *, limit: int = FEED_LIMIT, alert_limit: int = ALERT_LIMIT
) -> Document | Feed:
    """Read a file that may be an alert or a feed, or raise `CapRefused`."""
    root = open_xml(data, limit=limit, whole=True)
    if _kind(root) is None:
        return read(data, limit=alert_limit)
    return _read_feed(root, alert_limit)


def _kind(root: Element) -> str | None:
    """The element that is an entry in this kind of feed; None where it is no feed."""
    if root.tag == f"{{{ATOM}}}feed":
        return f"{{{ATOM}}}entry"
    return "item" if root.tag == "rss" else None


def _read_feed(root: Element, alert_limit: int) -> Feed:
    kind = _kind(root)
    if kind is None:
        raise CapRefused(Reason.NOT_A_FEED, element=str(root.tag), line=root.sourceline or 0)
    head = root if root.tag != "rss" else root.find("channel")
    entries: list[Entry] = []
    seen: set[Element] = set()
    for item in root.iter(kind):
        alerts = list(_alerts_in(item))
        seen.update(alerts)
        entries += [_read_entry(item, alert, alert_limit) for alert in alerts or [None]]
    for stray in _alerts_in(root):
        if stray not in seen:
            refused = CapRefused(Reason.NOT_IN_ENTRY, element="alert", line=stray.sourceline or 0)
            entries.append(Entry("", "", "", (), (), None, refused))
    return Feed(
        _first(head, "id", "link"),
        _first(head, "title"),
        _first(head, "updated", "pubDate"),
        tuple(entries),
    )


def _alerts_in(element: Element) -> Iterator[Element]:
    return (one for one in element.iter() if is_alert(one))


def _first(element: Element, *names: str) -> str:
    for name in names:
        for tag in (f"{{{ATOM}}}{name}", name):
            text = element.findtext(tag) if element is not None else None
            if text:
                return str(text).strip()
    return ""


def _read_entry(item: Element, alert: Element | None, alert_limit: int) -> Entry:
    links, alert_links = [], []
    for link in (*item.iter(f"{{{ATOM}}}link"), *item.iter("link")):
        address = (link.get("href") or link.text or "").strip()
        if address:
            links.append(address)
            if link.get("type") == ALERT_TYPE:
                alert_links.append(address)
    document, refused = None, None
    if alert is not None:
        try:
            document = _cut_out(alert, alert_limit)
        except CapRefused as error:
            refused = error
    return Entry(
        _first(item, "id", "guid"),
        _first(item, "title"),
        _first(item, "updated", "pubDate"),
        tuple(links),
        tuple(alert_links),
        document,
        refused,
    )


def _cut_out(alert: Element, limit: int) -> Document:
    """Make the alert a document of its own, comments and signature included."""
    original = etree.tostring(alert, encoding="UTF-8", xml_declaration=False, with_tail=False)
    root = open_xml(original, limit=limit)
    try:
        return Document(read_root(root), original)
    except CapRefused as error:
        down = (alert.sourceline or 0) - (root.sourceline or 0)
        raise CapRefused(
            error.reason,
            element=error.element,
            line=error.line + down,
            found=error.found,
            expected=error.expected,
        ) from None


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry to be published: where the alert's own bytes can be fetched."""

    identifier: str
    title: str
    updated: Moment
    link: str
    author: str
    summary: str = ""


def write_feed(
    *, identifier: str, title: str, updated: Moment, link: str, offers: Iterable[Offer]
) -> bytes:
    """Compose an Atom feed that points to alerts.

    It points and does not embed: inside another document the signed bytes
    would not be the signed bytes any more.
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})

    def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
        made = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        made.text = text
        return made

    try:
        add(root, "id", identifier)
        add(root, "title", title)
        add(root, "updated", updated.text)
        add(root, "link", rel="self", href=link)
        for offer in offers:
            entry = add(root, "entry")
            add(entry, "id", offer.identifier)
            add(entry, "title", offer.title)
            add(entry, "updated", offer.updated.text)
            add(add(entry, "author"), "name", offer.author)
            add(entry, "link", rel="alternate", type=ALERT_TYPE, href=offer.link)
            if offer.summary:
                add(entry, "summary", offer.summary)
    except ValueError as error:
        raise CapRefused(Reason.UNWRITABLE, found=str(error)) from None
    etree.indent(root)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data
