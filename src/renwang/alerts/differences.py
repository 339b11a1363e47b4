"""Two versions of a text side by side: what was taken out, what was put in. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"[A-Za-z0-9']+|\s+|.", re.DOTALL)


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and what became of it."""

    change: Change
    text: str


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Mark how one text became another: by the word where words have spaces, else by the character.

    The pieces that are not put in give the text before, those not taken out the text after.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    found: list[Piece] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            found.append(Piece(Change.KEPT, "".join(old[a:b])))
            continue
        if a < b:
            found.append(Piece(Change.OUT, "".join(old[a:b])))
        if c < d:
            found.append(Piece(Change.IN, "".join(new[c:d])))
    return tuple(found)
