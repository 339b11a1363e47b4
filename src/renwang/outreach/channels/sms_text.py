"""How many parts a text message takes. Values in, values out.

Source: 3GPP TS 23.038 (alphabets) and TS 23.040 (concatenation): 160 letters of
the GSM alphabet or 70 UCS-2 units fit one message, 153 or 67 one part of several.
"""

from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes two places


class Alphabet(StrEnum):
    """How the letters travel."""

    GSM = "gsm"
    UCS2 = "ucs2"


WHOLE = {Alphabet.GSM: 160, Alphabet.UCS2: 70}
PART = {Alphabet.GSM: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is as a text message."""

    alphabet: Alphabet
    places: int
    parts: int


def measure(text: str) -> Length:
    """Count the places and parts of a text. An empty text still takes one message."""
    alphabet = Alphabet.GSM if all(c in BASIC or c in EXTENDED for c in text) else Alphabet.UCS2
    widths = [_width(letter, alphabet) for letter in text]
    places = sum(widths)
    if places <= WHOLE[alphabet]:
        return Length(alphabet, places, 1)
    parts, used = 1, 0
    for width in widths:
        # A letter of two places is never split over two parts.
        if used + width > PART[alphabet]:
            parts, used = parts + 1, 0
        used += width
    return Length(alphabet, places, parts)


def _width(letter: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM:
        return 2 if letter in EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
