"""The two pictures of the README: the alert board of a rehearsal on its way down, in both languages.

They are taken on every run, so that they can always be taken; `RENWANG_PICTURES=keep`
puts them into docs/images. Look at them before you commit them.
"""

import os
import re
import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import DESK

KEPT = Path(__file__).resolve().parents[2] / "docs" / "images"
LARGEST = 450_000  # bytes
UNDER_WAY = re.compile(r"\b(1[2-9]|[2-8]\d)%")
PATIENCE = 180_000  # milliseconds a rehearsal may take to come so far


def test_the_board_on_its_way_down_makes_a_picture(open_page, tmp_path):
    """Five minutes of the story pass in a second; its third message is the one that reaches nearly everybody."""
    desk = open_page("/desk/rehearsals/start/", who="duty")
    desk.locator("[name=speed]").select_option("300")
    desk.locator("main form button.button-primary").click()
    boards = desk.locator("#watch a.button[href*='/desk/relays/']")
    expect(boards).to_have_count(3, timeout=PATIENCE)
    boards.last.click()
    carried = desk.locator(".board-figures .coverage strong").nth(1)
    expect(carried).to_have_text(UNDER_WAY, timeout=PATIENCE)
    english = open_page(desk.url, who="duty", language="en")
    for page, name in ((desk, "board-zh.png"), (english, "board-en.png")):
        expect(page.locator(".map-frame [data-drawn]")).to_be_visible(timeout=PATIENCE)
        picture = tmp_path / name
        page.screenshot(path=picture, clip={"x": 0, "y": 0, **DESK})
        assert picture.stat().st_size < LARGEST
        if os.environ.get("RENWANG_PICTURES") == "keep":
            shutil.copy(picture, KEPT / name)
    desk.goto("/desk/rehearsals/")
    desk.locator("main tbody a").first.click()
    desk.locator("form[action$='/stop/'] button").click()
    desk.locator("dialog[open] button[value=yes]").click()
    expect(desk.locator("form[action$='/stop/']")).to_have_count(0)
