"""Every page that links lead to: no other host, nothing missing, no complaint, and all of it in its language."""

import re

import pytest

from tests.browser.crawling import Findings, Piece
from tests.browser.surveying import ROLES
from tests.browser.words import HEADLINES

# The reference of the design shows invented words in both languages side by side.
READERS = [role for role in ROLES if role != "reader of the design"]
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
@pytest.mark.parametrize("role", ROLES)
def test_pages_ask_nobody_else(role, surveyed):
    """No request to another host, no answer that is an error, no complaint of the browser, no link that is refused."""
    seen = surveyed(role)
    assert len(seen.opened) >= ROLES[role].least
    faults = list(dict.fromkeys(seen.faults))
    assert not faults and not seen.dead.first, "\n".join([*faults, str(seen.dead)])


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_pages_may_ask_nobody_else(role, surveyed):
    """The policy that goes out with each page would hold a browser back from any other host."""
    seen = surveyed(role)
    assert not seen.loose.first, str(seen.loose)


@pytest.mark.slow
@pytest.mark.parametrize("role", READERS)
def test_chinese_pages_are_chinese(role, node, surveyed):
    """No text of letters only, except names of formats and programs, and what people called something."""
    found, names = Findings(), {*node.entered}
    for address, pieces in surveyed(role).texts.get("zh-hans", []):
        for piece in filter(untranslated, pieces):
            if piece.text in names:
                continue
            found.note(f"{piece.where}: {piece.text[:120]}", address)
    assert not found.first, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("role", READERS)
def test_english_pages_are_english(role, node, surveyed):
    """No Han character but in what people entered: names of places, people, posts, and words as they came."""
    found, names = Findings(), {*node.entered, *SAID}
    entered = "\n".join(names)
    for address, pieces in surveyed(role).texts.get("en", []):
        for piece in pieces:
            if HAN.search(piece.text) and is_own(piece, names, entered):
                found.note(f"{piece.where}: {piece.text[:120]}", address)
    assert not found.first, str(found)


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
