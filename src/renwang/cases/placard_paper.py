"""Placards on paper: a PDF drawn by typst, A4, A5 or eight stickers on a sheet. Words go in as data, never as code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import override

from renwang.base.pure.loading import on_first_use
from renwang.cases.models import Placard
from renwang.cases.placard_rules import Size

if TYPE_CHECKING:
    import segno
else:
    segno = on_first_use("segno")


FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")

_HEAD = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#let code(p, side) = image(bytes(p.code), format: "svg", width: side, height: side)
#let small(n, size, room) = if n > room { size * calc.max(room / n, 0.55) } else { size }
"""
_SHEETS = (
    _HEAD
    + """\
#let k = d.scale
#set page(paper: d.paper, margin: 16mm * k)
#set text(font: d.fonts, size: 17pt * k)
#set par(leading: 0.62em, spacing: 0.9em)
#let page-of(p) = {
  set align(center)
  block(width: 100%, fill: black, inset: 7mm * k, radius: 3mm * k, {
    set text(fill: white)
    for (n, w) in d.words.enumerate() {
      text(size: small(w.wide, if n == 0 { 50pt * k } else { 22pt * k }, 11), weight: "bold", w.title)
      linebreak()
    }
  })
  v(1fr)
  for (n, name) in p.names.enumerate() {
    text(size: small(p.longest, (if n == 0 { 30pt } else { 19pt }) * k, 15), weight: "bold", name)
    linebreak()
  }
  v(1fr)
  code(p, 104mm * k)
  v(1fr)
  for w in d.words { text(size: 12pt * k, w.type); linebreak() }
  text(size: 21pt * k, weight: "bold", p.address)
  v(1fr)
  set align(left)
  for (n, w) in d.words.enumerate() {
    block(spacing: 3mm * k, text(size: if n == 0 { 17pt * k } else { 12pt * k }, w.what + " " + w.then))
  }
  v(1fr)
  line(length: 100%, stroke: 1pt * k)
  for (n, w) in d.words.enumerate() {
    let size = if n == 0 { 16pt * k } else { 12pt * k }
    block(spacing: 3mm * k, {
      if d.telephone != "" { text(size: size * 1.25, weight: "bold", w.ring + " " + d.telephone) }
      if d.office != "" and n == 0 { text(size: size, h(4mm) + d.office) }
      if d.telephone != "" or (d.office != "" and n == 0) { linebreak() }
      text(size: size, w.danger)
    })
  }
}
#for (n, p) in d.placards.enumerate() { if n > 0 { pagebreak() }; page-of(p) }
"""
)
_STICKERS = (
    _HEAD
    + """\
#set page(paper: "a4", margin: (x: 5.9mm, y: 13.1mm))
#set text(font: d.fonts, size: 9pt)
#set par(leading: 0.5em, spacing: 0.55em)
#let sticker(p) = block(width: 99.1mm, height: 67.7mm, inset: 5mm, clip: true, grid(
  columns: (42mm, 1fr), column-gutter: 4mm, align: horizon,
  { code(p, 42mm); v(2mm); align(center, text(size: p.fit * 1pt, weight: "bold", p.address)) },
  {
    for (n, w) in d.words.enumerate() {
      block(spacing: 2mm, text(size: small(w.wide, if n == 0 { 20pt } else { 9pt }, 7), weight: "bold", w.title))
    }
    for (n, name) in p.names.enumerate() {
      block(spacing: 2mm, text(size: small(p.longest, if n == 0 { 12pt } else { 8pt }, 14), weight: "bold", name))
    }
    for (n, w) in d.words.enumerate() {
      block(spacing: 2mm, text(size: if n == 0 { 8pt } else { 6.5pt }, w.what))
    }
    if d.telephone != "" { block(spacing: 2mm, text(size: 9.5pt, weight: "bold", d.words.at(0).ring + " " + d.telephone)) }
  },
))
#grid(columns: (99.1mm, 99.1mm), rows: 67.7mm, ..d.placards.map(sticker))
"""
)
_SCALES = {Size.A4: 1.0, Size.A5: 0.7}


@dataclass(frozen=True, slots=True)
class Printing:
    """How placards are printed: the paper, the languages (the first one large), and what stands on each of them."""

    size: Size
    languages: Sequence[str]
    root: str  # full address under which a code is found, such as https://example.org/r/
    telephone: str = ""
    office: str = ""


def draw_placards(
    placards: Sequence[Placard],
    printing: Printing,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> bytes:
    """Draw placards as one PDF; each code costs some milliseconds, of which `progress` is told."""
    import typst  # 30 MB that a node needs only here

    words = [_words(language) for language in printing.languages]
    data: Mapping[str, Any] = {
        "title": words[0]["title"],
        "fonts": list(FONTS),
        "paper": str(printing.size),
        "scale": _SCALES.get(printing.size, 1.0),
        "words": words,
        "telephone": printing.telephone,
        "office": printing.office,
        "placards": list(_laid_out(placards, printing, progress)),
    }
    page = _STICKERS if printing.size is Size.STICKER else _SHEETS
    return bytes(typst.compile(page.encode(), sys_inputs={"data": orjson.dumps(data).decode()}))


def _laid_out(
    placards: Sequence[Placard], printing: Printing, progress: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    shown = printing.root.partition("://")[2] or printing.root
    for at, one in enumerate(placards):
        if at % 50 == 0:
            progress(at, len(placards))
        names = [_name(one, language) for language in printing.languages]
        address = f"{shown}{one.code}"
        yield {
            "names": list(dict.fromkeys(names)),
            "longest": max(map(_width, names)),
            "address": address,
            "fit": min(10.5, 42 / 0.3528 / (0.62 * len(address))),
            "code": code_of(f"{printing.root}{one.code}/"),
        }


def code_of(address: str) -> str:
    """Draw an address as a QR code (SVG) that is still read where a quarter of it is scratched off."""
    drawn = BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", border=3, xmldecl=False, scale=4
    )
    return drawn.getvalue().decode()


def _name(one: Placard, language: str) -> str:
    with override(language):
        return name_of(one)


def name_of(one: Placard) -> str:
    """Say where a placard hangs: the place, the building and its entrance, or the facility."""
    parts = [one.place] if one.place not in ("", one.name) else []
    parts.append(one.name)
    if one.entrance:
        parts.append(_("entrance {number}").format(number=one.entrance))
    return " ".join(parts)


def _width(name: str) -> float:
    """Count the letters of a name, a Latin one as half."""
    return sum(0.55 if sign.isascii() else 1 for sign in name)


def _words(language: str) -> dict[str, Any]:
    with override(language):
        return {
            "title": (title := _("Something to tell us? Scan.")),
            "wide": _width(title),
            "what": _(
                "Report what is broken or dangerous, what you need or would do better; with a photograph if you like, and without your name."
            ),
            "then": _(
                "You get a code by which you see what becomes of it, and nobody may just file it away."
            ),
            "type": _("No camera? Type this address:"),
            "ring": _("Or ring"),
            "danger": _("In danger ring at once: 119 fire and rescue, 120 ambulance, 110 police."),
        }
