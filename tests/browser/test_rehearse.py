"""A rehearsal from its beginning to its end, marked as one wherever it is seen."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE


def test_a_rehearsal_is_started_watched_and_stopped(node, open_page):
    """Begun at the desk, filling by itself, an exercise on every page that shows it, ended by a person."""
    desk = open_page("/desk/rehearsals/start/", who="duty")
    desk.locator("[name=speed]").select_option("300")
    desk.locator("main form button.button-primary").click()
    desk.wait_for_url(re.compile(r"/desk/rehearsals/[0-9a-f-]{36}/"))
    watching = desk.url
    board = desk.locator("#watch a.button[href*='/desk/relays/']").first
    expect(board).to_be_visible()
    board.click()
    expect(desk.locator("body")).to_have_class(re.compile("in-exercise"))
    covered = desk.locator(".board-figures .coverage").first
    expect(covered).to_be_visible()
    before = covered.inner_text()
    expect(covered).not_to_have_text(before)
    relay = desk.url

    for tab in ("missing/", "story/", "sheet/"):
        desk.goto(f"{relay}{tab}")
        expect(desk.locator(".exercise-words, .banner-exercise").first).to_be_attached()

    resident = open_page("/", size=PHONE)
    resident.goto(f"/places/{node.ref}/")
    expect(resident.locator("main")).to_contain_text("演练")

    desk.goto(watching)
    desk.locator("form[action$='/stop/'] button").click()
    desk.locator("dialog[open] button[value=yes]").click()
    expect(desk.locator("form[action$='/stop/']")).to_have_count(0)
