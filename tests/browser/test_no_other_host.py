"""Every page that links lead to: no other host, nothing missing, no complaint, and all of it in its language."""

import re

import pytest

from tests.browser.crawling import Findings, Piece, read, walk
from tests.browser.words import HEADLINES

DOORS = {
    "visitor": ("", "/", r"/($|find|places|alerts|account/login)"),
    "grid worker": ("grid", "/field/", r"/field/|/account/"),
}
# Words that are the same in Chinese: names, formats, units, and what a language calls itself.
SAME = {
    "Renwang", "CAP", "CSV", "XLSX", "JSON", "XML", "ID", "English", "OpenAPI", "GeoJSON", "Excel",
    "WPS", "PostgreSQL", "SQLite", "Atom", "HTTP", "HTTPS", "API", "OpenID", "Connect", "TOTP",
    "WebAuthn", "Chrome", "Linux", "WeChat", "DingTalk", "Firefox", "Safari", "Edge", "MQTT",
    "Python", "Enter", "Esc", "SHA", "UUID", "UTC", "WGS", "GCJ", "BD", "km", "Django",
}  # fmt: skip
# In warnings, in the name itself, and what a language calls itself.
SAID = ["韧网", "简体中文", "暴雨", "division", "临时安置点在中心小学。", *HEADLINES.values()]
HAN = re.compile(r"[\u3400-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z ',.’]{3,}")


def untranslated(piece: Piece) -> bool:
    """Say whether a text of a Chinese page is English: letters only, beyond the words that are the same."""
    if HAN.search(piece.text) or piece.text in SAID or not ENGLISH.fullmatch(piece.text):
        return False
    return any(word not in SAME for word in re.findall(r"[A-Za-z]{3,}", piece.text))


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_chinese_pages_are_chinese_and_ask_nobody_else(door, open_page, watched):
    """No text of letters only, except names of formats and programs."""
    who, start, within = DOORS[door]
    found = Findings()
    page = open_page(start, who=who)
    opened = list_of(page, start, within, found, untranslated)
    assert len(opened) >= 3
    assert not found.first and not watched.faults, report(found, watched, opened)


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_english_pages_are_english_and_ask_nobody_else(door, node, open_page, watched):
    """No Han character but in what people entered: names of places, people, posts, and words as they came."""
    who, start, within = DOORS[door]
    found = Findings()
    page = open_page(start, who=who, language="en")
    names = {*node.entered, *SAID}
    entered = "\n".join(names)

    def wrong(piece: Piece) -> bool:
        return bool(HAN.search(piece.text)) and is_own(piece, names, entered)

    opened = list_of(page, start, within, found, wrong)
    assert len(opened) >= 3
    assert not found.first and not watched.faults, report(found, watched, opened)


def list_of(page, start, within, found, wrong) -> list[str]:
    opened = []
    for address in walk(page, start, within=within, found=found):
        opened.append(address)
        for piece in read(page):
            if wrong(piece):
                found.note(f"{piece.where}: {piece.text[:120]}", address)
    return opened


def is_own(piece: Piece, names: set[str], entered: str) -> bool:
    """Say whether a text with Han characters is the page's own and not what somebody entered."""
    if piece.text in names:
        return False
    return piece.text in catalogue() or any(run not in entered for run in HAN.findall(piece.text))


def catalogue() -> set[str]:
    """Every Chinese sentence of the catalogues, as they are compiled."""
    if not _SENTENCES:
        import gettext
        from pathlib import Path

        root = Path(__file__).resolve().parents[2] / "src" / "renwang"
        for path in root.rglob("locale/zh_Hans/LC_MESSAGES/django.mo"):
            with path.open("rb") as file:
                _SENTENCES.update(
                    str(value) for value in gettext.GNUTranslations(file)._catalog.values()
                )
    return _SENTENCES


_SENTENCES: set[str] = set()


def report(found, watched, opened) -> str:
    return "\n".join([f"{len(opened)} pages opened", str(found), *dict.fromkeys(watched.faults)])
