"""The duty officer's day at the desk: a warning under way is watched, answers are noted, one is brought in and relayed."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.words import cap_message

BOARD = re.compile(r"/desk/relays/[0-9a-f-]{36}/$")


def to_board(page) -> None:
    """Go from the first page to the board of the warning that is under way."""
    page.goto("/desk/")
    page.locator(".in-force a[href*='/desk/relays/']").first.click()
    page.wait_for_url(BOARD)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_board_fills_by_itself_and_names_the_missing(open_page: Open, language):
    page = open_page("/desk/", who="duty", language=language)
    to_board(page)
    page.locator("[data-live-mark][data-live-state='live'], [data-live-mark]").first.wait_for()
    assert page.locator("#missing tbody tr").count() > 0
    assert page.locator("#tree tbody tr").count() == 5
    page.locator("#relay-map canvas").first.wait_for()
    page.locator("#tree a.toggle").first.click()
    page.wait_for_url(re.compile(r"open="))
    page.locator("#tree tbody tr").nth(5).wait_for()


def test_rows_are_walked_and_opened_by_the_keyboard(open_page: Open):
    page = open_page("/desk/", who="duty")
    to_board(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "TR"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/calls/\d+/"))


def test_an_answer_by_telephone_is_noted(open_page: Open):
    page = open_page("/desk/", who="duty")
    to_board(page)
    row = page.locator("#missing tbody tr").first
    unit = row.locator("th").inner_text()
    row.locator("[data-key='n']").click()
    page.locator("#answer input[value='carried']").check()
    page.locator("#answer button.button-primary").click()
    page.wait_for_url(BOARD)
    assert unit in page.locator(".messages, .toasts").first.inner_text()


def test_a_loudspeaker_round_is_recorded(open_page: Open):
    page = open_page("/desk/", who="duty")
    to_board(page)
    page.locator("#missing tbody tr").last.locator("[data-key='n']").click()
    page.locator("#round [name='round-witness']").fill("门卫老李")
    page.locator("#round button").last.click()
    page.wait_for_url(BOARD)


def test_a_broken_warning_is_refused_and_a_good_one_relayed(open_page: Open, node, watched):
    watched.expected = ("422",)
    page = open_page("/desk/alerts/receive/", who="duty")
    text = cap_message(datetime.now(UTC) - timedelta(minutes=1), node.code, node.name, "pasted")
    good = text.decode() if isinstance(text, bytes) else text
    page.locator("[name=text]").fill(good.replace("</info>", "", 1))
    page.locator("main button.button-primary").click()
    page.locator(".callout-bad").first.wait_for()
    page.locator("[name=text]").fill(good)
    page.locator("main button.button-primary").click()
    page.wait_for_url(re.compile(r"/desk/alerts/[0-9a-f-]{36}/$"))
    page.locator("a[href$='/relay/']").click()
    page.locator("[name=note]").fill("走南门。")
    page.locator("main form button.button-primary").click()
    page.locator("dialog button[value=yes]").click()
    page.wait_for_url(BOARD)
    assert "走南门。" in page.locator(".board-words").inner_text()


def test_the_board_fits_a_telephone_and_a_wall(open_page: Open):
    for size, query in ((PHONE, ""), (DESK, "?theme=wall")):
        page = open_page("/desk/", who="duty", size=size)
        to_board(page)
        page.goto(page.url + query)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]


def test_it_works_without_script(open_page: Open):
    page = open_page("/desk/", who="duty", java_script_enabled=False)
    to_board(page)
    page.locator("#tree a.toggle").first.click()
    assert page.locator("#tree tbody tr").count() > 5
    page.locator("nav.tabs a").nth(1).click()
    assert page.locator("tbody tr").count() > 0
