"""A brief as a document: a PDF drawn by typst. Words go in as data, never as code.

Fonts and what is missing without them are said in `cases.mediation.paper`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from renwang.cases.mediation.paper import FONTS

_PAGE = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: (x: 24mm, y: 24mm), numbering: "1 / 1")
#set text(font: d.fonts, size: 11pt, lang: d.lang)
#set par(leading: 0.9em)
#align(center, text(size: 20pt, weight: "bold", d.title))
#align(center, text(size: 10pt, d.head))
#line(length: 100%, stroke: 0.8pt)
#table(columns: (1fr, auto, 1fr, auto), inset: 5pt, stroke: 0.4pt, align: (left, right, left, right),
  ..d.figures.flatten())
#for s in d.sections [
  #v(4mm)
  #text(size: 13pt, weight: "bold", s.at(0))
  #for l in s.at(1).split("\\n") [ #par(l) ]
]
#v(6mm)
#align(right, text(size: 9pt, d.foot))
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A brief as it is printed, in the language it is printed in."""

    title: str
    head: str
    foot: str
    language: str
    figures: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, str]] = field(repr=False)


def draw_sheet(sheet: Sheet) -> bytes:
    """Draw a brief as a PDF."""
    import typst  # 30 MB that a node needs only here

    data = {
        "title": sheet.title,
        "head": sheet.head,
        "foot": sheet.foot,
        "lang": sheet.language.split("-")[0],
        "fonts": list(FONTS),
        "figures": [list(one) for one in sheet.figures],
        "sections": [list(one) for one in sheet.sections],
    }
    drawn = typst.compile(_PAGE.encode(), sys_inputs={"data": orjson.dumps(data).decode()})
    return bytes(drawn)
