"""Compare and show text without ever changing what was entered.

What people type is stored as they typed it. Only the key that a search compares is folded, and
only the copy that a screen shows is masked.
"""

import re
import unicodedata

# Characters that have no width and no meaning in a name or an address, but come along when text is
# copied from chat programs and PDF files: soft hyphen, zero-width spaces and joiners, direction
# marks, invisible operators, byte order mark.
_INVISIBLE_RANGES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_INVISIBLE = re.compile(f"[{_INVISIBLE_RANGES}]")
_INVISIBLE_CHARS = "".join(filter(_INVISIBLE.match, map(chr, range(0x10000))))
_SPACES = re.compile(r"\s+")
# Lists are often set with a space inside a name of two characters so that it is as wide as one of
# three. Between two Han characters a space says nothing.
_HAN = "[\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SPACE_IN_HAN = re.compile(f"(?<={_HAN}) (?={_HAN})")
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NOT_DIGITS = re.compile(r"[^0-9]")
_MASK = "****"


def normal_form(text: str) -> str:
    """Give the composed form (NFC), in which equal-looking text is equal."""
    return unicodedata.normalize("NFC", text)


def strip_invisible(text: str) -> str:
    """Take out every character that has neither width nor meaning."""
    return _INVISIBLE.sub("", text)


def trim(text: str) -> str:
    """Take white space (Chinese full-width space too) and invisible characters off both ends."""
    text = text.strip()
    while text and (text[0] in _INVISIBLE_CHARS or text[-1] in _INVISIBLE_CHARS):
        text = text.strip(_INVISIBLE_CHARS).strip()
    return text


def fold_width(text: str) -> str:
    """Turn full-width letters, digits, signs and spaces into the half-width ones."""
    return text.translate(_HALF_WIDTH)


def search_key(text: str) -> str:
    """Fold a text so that two people who mean the same find each other.

    Width, case, compatibility forms (NFKC), invisible characters and runs of white space make no
    difference, and neither does a space between two Han characters. The key is for comparing
    only; folding a key again gives the same key.
    """
    before, key = "", text
    while before != key:
        before = key
        folded = unicodedata.normalize("NFKC", strip_invisible(key)).casefold()
        spaced = _SPACES.sub(" ", strip_invisible(folded)).strip()
        key = unicodedata.normalize("NFKC", _SPACE_IN_HAN.sub("", spaced))
    return key


def mask_telephone(number: str) -> str:
    """Show enough of a telephone number to recognise it, and too little to ring it.

    A Chinese mobile keeps three digits and the last four, `138****1234`; a landline its area code
    and the last four, `023-****1234`. Anything else keeps at most a third of its digits, at its
    end, and a number of up to three digits is hidden whole.
    """
    digits = _NOT_DIGITS.sub("", fold_width(number))
    for prefix in ("0086", "86"):
        rest = digits.removeprefix(prefix)
        if rest != digits and len(rest) == 11 and rest.startswith("1"):
            digits = rest
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}{_MASK}{digits[-4:]}"
    if digits.startswith("0"):
        area = digits[:3] if digits[1:2] in ("1", "2") else digits[:4]
        if 7 <= len(digits) - len(area) <= 8:
            return f"{area}-{_MASK}{digits[-4:]}"
    shown = min(4, len(digits) // 3) if len(digits) > 3 else 0
    return _MASK + (digits[-shown:] if shown else "")
