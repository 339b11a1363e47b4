"""Bulletins as an Atom feed (RFC 4287), with their words in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: what is said, by whom, and where it can be read."""

    identifier: str
    title: str
    text: str
    language: str
    author: str
    link: str
    published: datetime
    updated: datetime


def write_atom(
    *, identifier: str, title: str, link: str, page: str, updated: datetime, items: Iterable[Item]
) -> bytes:
    """Compose the feed. Characters that XML cannot hold are left out."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, "id", identifier)
    _add(root, "title", title)
    _add(root, "updated", _moment(updated))
    _add(root, "link", rel="self", type="application/atom+xml", href=link)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    for item in items:
        entry = _add(root, "entry")
        entry.set(f"{{{_XML}}}lang", item.language)
        _add(entry, "id", item.identifier)
        _add(entry, "title", item.title)
        _add(entry, "published", _moment(item.published))
        _add(entry, "updated", _moment(item.updated))
        _add(_add(entry, "author"), "name", item.author)
        _add(entry, "link", rel="alternate", type="text/html", href=item.link)
        _add(entry, "content", item.text, type="text")
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = _clean(text) or None
    return made


def _clean(text: str) -> str:
    return "".join(
        one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff")
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
