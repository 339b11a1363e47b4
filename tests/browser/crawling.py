"""Walks through the pages of a door by their links, and reads them as an inspector of languages would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

# Ids, references and the names of wordings, checks, colours, series and ranks in an address: pages that differ in them
# only are one page in many copies.
_KEY = re.compile(
    r"(?<=/)[^/?]*\d[^/?]*|(?<=/wordings/)[^/]+/[^/]+/[^/]+|(?<=/(?:checks|series)/)[^/]+"
    r"|(?<=/terms/)[^/]+|(?<=/appoint/)[^/]+"
)
_LEAVES = re.compile(
    r"^/(api|metrics|static)\b|\.(cap|atom|json|jsonl|csv|xlsx|geojson|ics)$|/(template|original|export|errors|coverage)/|/logout/"
)
# The same page sorted, filtered or turned over is not another page; another view of it is.
_VIEW = re.compile(r"\?view=[a-z]+$")


@dataclass
class Findings:
    """What was found, each thing once with the first page that shows it."""

    first: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, page: str) -> None:
        """Keep a finding."""
        self.first.setdefault(what, page)

    def __str__(self) -> str:
        return "\n".join(f"{page}  {what}" for what, page in self.first.items())


def kind_of(address: str) -> str:
    """Name the kind of page behind an address: `/desk/units/*/`."""
    return _KEY.sub("*", address)


def walk(
    page: Page, start: str, *, within: str, found: Findings, beside: dict[str, str]
) -> Iterator[str]:
    """Open each kind of page that links lead to from `start` once, breadth first; gives each address once it is open.

    A link that is refused to the very person who sees it is noted in `found`. One that leads out of
    what is walked here is kept in `beside` with the page that shows it, for a walk that covers it.
    """
    waiting, seen = [(start, "the entrance")], {kind_of(start)}
    for link, shown_on in beside.items():
        if re.match(within, link) and kind_of(link) not in seen:
            seen.add(kind_of(link))
            waiting.append((link, shown_on))
    while waiting:
        address, shown_on = waiting.pop(0)
        answer = page.goto(address)
        if answer is not None and answer.status >= 400:
            found.note(f"links to {address}, which answers {answer.status}", shown_on)
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        for link in _links(page):
            kind = kind_of(link)
            if kind in seen or _LEAVES.search(link) or ("?" in link and not _VIEW.search(link)):
                continue
            seen.add(kind)
            if re.match(within, link):
                waiting.append((link, address))
            else:
                beside.setdefault(link, address)


def _links(page: Page) -> list[str]:
    found = page.evaluate(
        "() => [...document.querySelectorAll('a[href]:not([download])')]"
        ".filter(a => a.origin === location.origin).map(a => a.href.split('#')[0])"
    )
    addresses = []
    for href in found:
        parts = urlsplit(href)
        addresses.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return addresses


@dataclass(frozen=True)
class Piece:
    """A text on a page: its words, where it stands, and the language it says it is in."""

    text: str
    where: str
    language: str


# Reads what a person reads, and what is read to him: text, titles, placeholders, names.
_READ = """
() => {
  const own = document.documentElement.lang;
  const pieces = [];
  const where = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.classList[0] ? '.' + e.classList[0] : '');
  const note = (text, element, kind) => {
    const words = (text || '').replace(/\\s+/g, ' ').trim();
    if (words) pieces.push([words, kind + where(element), element.closest('[lang]')?.lang || own]);
  };
  const skipped = 'script, style, code, pre, kbd, textarea, .mono, .verbatim, .brand-name, [translate=no]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest(skipped)) note(node.data, node.parentElement, '');
  for (const name of ['title', 'placeholder', 'aria-label', 'alt', 'aria-description', 'data-confirm'])
    for (const element of document.querySelectorAll('[' + name + ']'))
      if (!element.closest('[translate=no]')) note(element.getAttribute(name), element, '@' + name + ' ');
  note(document.title, document.documentElement, '@title ');
  return pieces;
}
"""


def read(page: Page) -> list[Piece]:
    """Return every text of the page that says it is in the page's own language."""
    own = page.evaluate("document.documentElement.lang")
    pieces = [Piece(*row) for row in page.evaluate(_READ)]
    return [piece for piece in pieces if piece.language == own]
