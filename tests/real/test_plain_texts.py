"""47 full texts of warnings as the public reads them."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from renwang.alerts import cap
from renwang.alerts.cap.china_text import COLOUR_WORDS
from renwang.alerts.plain_text import Act, Entered, read_words, say_as_cap

FILE = Path(__file__).parents[3] / "shared" / "data" / "cma" / "pudong_warnings.json"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FILE.is_file(), reason="the real data is not beside this checkout"),
]


def texts() -> list[dict[str, str]]:
    return json.loads(FILE.read_text("utf-8")) if FILE.is_file() else []


@pytest.mark.parametrize("text", texts(), ids=lambda text: text["raw_id"])
@pytest.mark.parametrize("with_headline", [True, False])
def test_what_a_text_says_is_read_from_its_words(text, with_headline):
    words = f"{text['headline']}\n{text['description']}" if with_headline else text["description"]
    read = read_words(words)
    said = read.said
    assert said.hazard == text["warning_type"]
    assert said.colour == COLOUR_WORDS[text["level"]]
    assert said.issued_at == datetime.fromisoformat(text["published_at"] + "+08:00")
    assert said.issuer.startswith(text["area"])
    assert said.act in Act
    assert bool(said.level) == ("级/" in text["description"])
    entered = Entered(
        read.headline, read.words, said.issuer, said.issued_at, said.hazard, said.colour,
        text["area"], expires_at=read.expires_at,
    )  # fmt: skip
    again = cap.read(cap.write(say_as_cap(entered, sender="hand@RW"))).alert
    assert again.infos[0].description == words.strip()


def test_most_of_them_say_how_long():
    lasting = [text for text in texts() if read_words(text["description"]).lasts]
    assert len(lasting) >= 10
