"""Walks through the pages of a door by their links, and reads them as an inspector of languages would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

# Ids, references and values in an address: pages that differ in them only are one page in many copies.
_KEY = re.compile(r"(?<=/)[^/?]*\d[^/?]*|(?<==)[^&]*")
_LEAVES = re.compile(
    r"^/(api|metrics|static)\b|\.(cap|atom|json|csv|xlsx|geojson)$|[?&]format=|/(template|original|export|errors|coverage)/|/logout/"
)
COPIES = 2  # of one kind of page that are opened; one, where only the question differs


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
    """Name the kind of page behind an address: `/desk/units/*/?sort=*`."""
    return _KEY.sub("*", address)


def walk(
    page: Page,
    start: str,
    *,
    within: str,
    found: Findings,
    most: int = 150,
    questions: bool = True,
) -> Iterator[str]:
    """Open every kind of page that links lead to from `start`, breadth first; gives each address once it is open.

    A link that is refused to the very person who sees it is noted in `found`.
    Without `questions` the same page sorted or filtered otherwise is left out.
    """
    waiting, seen, opened = [start], {start: "the entrance"}, {}
    while waiting and sum(opened.values()) < most:
        address = waiting.pop(0)
        kind = kind_of(address)
        if opened.get(kind, 0) >= (1 if "?" in kind else COPIES):
            continue
        opened[kind] = opened.get(kind, 0) + 1
        answer = page.goto(address)
        if answer is not None and answer.status >= 400:
            found.note(f"links to {address}, which answers {answer.status}", seen[address])
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        for link in _links(page):
            if "?" in link and not questions:
                continue
            if link not in seen and re.match(within, link) and not _LEAVES.search(link):
                seen[link] = address
                waiting.append(link)


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
