"""The desk in a browser without JavaScript: plain links and forms do the whole job."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.words import HEADLINES, cap_message

BOARD = re.compile(r"/desk/relays/[0-9a-f-]{36}/$")


@pytest.fixture
def desk(open_page):
    """The duty officer's first page, with script off."""
    return open_page("/desk/", who="duty", java_script_enabled=False)


def test_the_main_job_needs_no_script(desk, node):
    """Receive a pasted warning, send it down, note an answer, record a knock, take the relay back."""
    desk.locator("main a[href$='/alerts/receive/']").click()
    message = cap_message(datetime.now(UTC), node.code, node.name, "plain").decode()
    desk.locator("[name=text]").fill(message)
    desk.locator("main form button.button-primary").click()
    expect(desk.locator("h1")).to_contain_text(HEADLINES["plain"])

    desk.locator("main a[href$='/relay/']").click()
    desk.locator("[name=note]").fill("走东门。")
    desk.locator("[name=order][value=together]").check(force=True)
    desk.locator("main form button.button-primary").click()
    expect(desk).to_have_url(BOARD)
    expect(desk.locator(".board-words")).to_contain_text("走东门。")

    carried = desk.locator(".board-figures .coverage").nth(1)
    before = carried.inner_text()
    row = desk.locator("#missing tbody tr").first
    unit = row.locator("th").inner_text()
    row.locator("[data-key=n]").click()
    desk.locator("#answer input[value=carried]").check()
    desk.locator("#answer button.button-primary").click()
    expect(desk).to_have_url(BOARD)
    expect(desk.locator(".messages, .toasts").first).to_contain_text(unit)
    expect(carried).not_to_have_text(before)

    desk.locator("#missing tbody tr").last.locator("[data-key=n]").click()
    desk.locator("#round [value=knock]").check(force=True)
    desk.locator("#round [name=round-households]").fill("3")
    desk.locator("#round button").last.click()
    expect(desk).to_have_url(BOARD)

    desk.locator(".page-head a[href='#withdraw']").click()
    dialog = desk.locator("dialog#withdraw")
    expect(dialog).to_be_visible()
    dialog.locator("textarea, input[type=text]").first.fill("误发")
    dialog.locator("button.button-danger, button.button-primary").click()
    expect(desk.locator(".page-head a[href='#withdraw']")).to_have_count(0)


def test_lists_are_searched_sorted_turned_over_and_taken_along(desk):
    """By links and forms alone: what is asked for stands in the address."""
    desk.goto("/desk/people/")
    names = desk.locator("#people tbody th")
    first = names.first.inner_text()
    desk.locator(".pager a[rel=next]").click()
    expect(names.first).not_to_have_text(first)
    desk.locator("#people thead a").nth(1).click()
    expect(desk).to_have_url(re.compile(r"sort="))
    desk.locator(".filter-bar [name=q]").fill(first[-2:])
    desk.locator(".filter-bar button").click()
    expect(desk).to_have_url(re.compile(r"q="))
    expect(desk.locator("#people tbody tr").first).to_be_visible()
    desk.locator("#people details summary").click()
    with desk.expect_download() as taken:
        desk.locator("#people a[href*='format=csv']").click()
    assert taken.value.path().stat().st_size > 20


def test_a_telephone_reaches_every_page_without_script(open_page, node):
    """The navigation unfolds by a link; the tree unfolds by links; the language changes by a form."""
    phone = open_page("/desk/", who="duty", size=PHONE, java_script_enabled=False)
    phone.locator(".rail-open").click()
    phone.locator(".rail a[href='/desk/units/']").click()
    expect(phone).to_have_url(f"{node.address}/desk/units/")
    phone.locator("main .tree a", has_text=node.community["name"]).first.click()
    expect(phone.locator("h1")).to_have_text(node.community["name"])
    phone.locator("summary", has=phone.locator("svg")).first.click()
    phone.locator("[name=language][value=en]").first.click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
