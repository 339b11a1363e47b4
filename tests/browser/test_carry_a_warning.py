"""The main job, seen by those who do it: a warning comes in, is carried down, understood, carried on, and read at home."""

import csv
import io
import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.words import HEADLINES, cap_message


def test_a_warning_is_brought_in_relayed_and_answered(node, open_page):
    """The duty officer pastes it and sends it down; the grid worker answers; the board fills by itself."""
    desk = open_page("/desk/", who="duty")
    desk.goto("/desk/alerts/receive/")
    message = cap_message(datetime.now(UTC), node.code, node.name, "pasted").decode()
    desk.locator("[name=text]").fill(message)
    desk.locator("main form button.button-primary").click()
    desk.wait_for_url(re.compile(r"/desk/alerts/[0-9a-f-]{36}/$"))
    expect(desk.locator("h1")).to_contain_text(HEADLINES["pasted"])

    desk.locator("main a.button-primary[href$='/relay/']").click()
    desk.locator("[name=note]").fill("安置点在中心小学,走南门。")
    desk.locator("[name=order][value=together]").check(force=True)
    desk.locator("main form button.button-primary").click()
    expect(desk.locator("dialog[open]")).to_be_visible()
    desk.locator("dialog[open] button[value=yes]").click()
    desk.wait_for_url(re.compile(r"/desk/relays/[0-9a-f-]+/$"))
    board = desk.url
    expect(desk.locator("#missing tbody tr").first).to_be_visible()
    carried = desk.locator(".board-figures .coverage").nth(1)
    expect(carried).to_be_visible()
    before = carried.inner_text()

    phone = open_page("/field/", who="grid", size=PHONE)
    phone.locator(f"h2 a:has-text('{HEADLINES['pasted']}')").click()
    expect(phone.locator(".verbatim").first).to_contain_text("低洼地带人员立即转移")
    expect(phone.locator("main")).to_contain_text("走南门")
    phone.locator("button[value=understood]").click()
    phone.locator("button[value=carried]").click()
    expect(phone).to_have_url(f"{node.address}/field/")

    # The board asks every three seconds; nobody touches it.
    expect(carried).not_to_have_text(before)
    desk.goto(f"{board}missing/")
    with desk.expect_download() as waiting:
        desk.evaluate(
            "url => { const a = document.createElement('a'); a.href = url; a.download = ''; a.click(); }",
            f"{board}missing/?format=csv",
        )
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert len(rows) > 10
    assert all(len(row) == len(rows[0]) for row in rows)


def test_a_neighbour_knocks_at_two_doors_and_pressing_twice_counts_once(node, open_page):
    """On a phone of 390 px: read, understand, go from door to door, carry on."""
    phone = open_page("/field/", who="neighbour", size=PHONE)
    phone.locator(f"h2 a:has-text('{HEADLINES['standing']}')").click()
    phone.locator("button[value=understood]").click()
    address = phone.url
    doors = phone.locator("#doors .errand")
    total = doors.count()
    assert total >= 3
    told = phone.locator("#doors .errand:not(:has(form))")
    assert told.count() == 0

    form = doors.nth(0).locator("form")
    again = form.evaluate("form => Object.fromEntries(new FormData(form))") | {"answered": "yes"}
    action = form.get_attribute("action")
    form.locator("[value=yes]").click()
    expect(told).to_have_count(1)
    headers = {"Referer": address}
    for _press in range(2):  # the same form sent again, as by a thumb that trembles
        answer = phone.request.post(f"{node.address}{action}", form=again, headers=headers)
        assert answer.ok
    phone.goto(address)
    expect(told).to_have_count(1)

    phone.locator("#doors .errand form").first.locator("[value=yes]").click()
    expect(told).to_have_count(2)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.locator("button[name=receipt][value=carried]").click()
    expect(phone).to_have_url(f"{node.address}/field/")
    expect(phone.locator("main")).not_to_contain_text(HEADLINES["standing"])


def test_a_resident_without_script_finds_his_community_and_its_warning(node, open_page):
    """A browser without JavaScript: searching, reading, changing the language."""
    page = open_page("/", size=PHONE, java_script_enabled=False)
    page.locator("[name=q]").fill("社区")
    page.locator("form[role=search] button").click()
    page.locator("ul.places a", has_text=node.community["name"]).first.click()
    expect(page.locator("h1")).to_have_text(node.community["name"])
    expect(page.locator("main")).to_contain_text("低洼地带人员立即转移")
    page.locator("[name=language][value=en]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("main")).to_contain_text("What to do")
    expect(page.locator("main")).to_contain_text("低洼地带人员立即转移")  # as it was signed
    page.locator(".poster-head a").first.click()
    expect(page.locator("main")).to_contain_text("The signed document")
