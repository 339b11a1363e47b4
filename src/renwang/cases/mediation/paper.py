"""The agreement as a document to be signed by hand: a PDF drawn by typst. Words go in as data, never as code.

Chinese needs a font on the machine: Noto Sans CJK SC (Debian: fonts-noto-cjk).
Where the library or the font is missing the page prints the same from the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import orjson

from renwang.cases.placard_paper import FONTS

_PAGE = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: (x: 25mm, y: 25mm), numbering: "1 / 1")
#set text(font: d.fonts, size: 11pt, lang: d.lang)
#set par(leading: 0.9em)
#align(center, text(size: 18pt, weight: "bold", d.title))
#v(6mm)
#grid(columns: (auto, 1fr), column-gutter: 6mm, row-gutter: 3.5mm,
  ..d.facts.map(f => (text(weight: "bold", f.at(0)), f.at(1))).flatten())
#v(6mm)
#table(columns: (auto, 1fr, auto, auto), inset: 7pt, stroke: 0.5pt,
  table.header(..d.heads.map(h => text(weight: "bold", h))),
  ..d.points.flatten())
#v(4mm)
#d.closing
#v(10mm)
#grid(columns: (1fr, 1fr), column-gutter: 12mm, row-gutter: 16mm,
  ..d.signers.map(s => [#s.at(0) #h(1fr) #s.at(1) #v(9mm) #line(length: 100%, stroke: 0.5pt)]))
"""


@dataclass(frozen=True, slots=True)
class Document:
    """An agreement as it is printed, in the language it is printed in."""

    title: str
    language: str
    closing: str
    heads: Sequence[str]
    facts: Sequence[tuple[str, str]] = field(repr=False)
    points: Sequence[tuple[str, str, str, str]] = field(repr=False)
    signers: Sequence[tuple[str, str]] = field(repr=False)


def can_draw() -> bool:
    """Say whether typst is installed."""
    return find_spec("typst") is not None


def draw(document: Document) -> bytes:
    """Draw an agreement as a PDF."""
    import typst  # 30 MB that a node needs only here

    data: Mapping[str, Any] = {
        "title": document.title,
        "lang": document.language.split("-")[0],
        "fonts": list(FONTS),
        "closing": document.closing,
        "heads": list(document.heads),
        "facts": [list(one) for one in document.facts],
        "points": [list(one) for one in document.points],
        "signers": [list(one) for one in document.signers],
    }
    drawn = typst.compile(_PAGE.encode(), sys_inputs={"data": orjson.dumps(data).decode()})
    return bytes(drawn)
