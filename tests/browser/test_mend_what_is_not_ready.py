"""What is not ready, followed to where it is mended and seen gone; a facility looked at on a phone and mended at the desk."""

import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WAIT

HOLES = "/desk/readiness/?mine=1&check=facilities.grave_defect_late"


def mend(page, words: str) -> None:
    """Say at the desk that the only open defect of a facility is mended, and how one sees it."""
    form = page.locator("form[action$='/mend/']")
    expect(form).to_have_count(1)
    form.locator("[name=words]").fill(words)
    form.locator("button").last.click()
    expect(page.locator("form[action$='/mend/']")).to_have_count(0)


def test_a_secretary_mends_a_hole_and_sees_it_gone(open_page):
    """From the list of holes by its link to the facility, mend it, and back: the worker has looked again by itself."""
    page = open_page(HOLES, who="secretary")
    rows = page.locator("main a[href^='/desk/readiness/holes/']")
    expect(rows).to_have_count(1)
    hole = rows.first.get_attribute("href")
    page.locator("main a[href^='/desk/facilities/']").first.click()
    page.wait_for_url(re.compile(r"/desk/facilities/[^/]+/$"))
    mend(page, "闷盖和阀门已更换，试水正常，照片存档。")
    until = time.monotonic() + WAIT / 1000
    page.goto(HOLES)
    while rows.count() and time.monotonic() < until:
        page.wait_for_timeout(250)
        page.reload()
    expect(rows).to_have_count(0)
    page.goto(hole)  # what is gone can still be read
    expect(page.locator("main h1")).to_be_visible()


def test_a_facility_is_looked_at_on_a_phone_and_mended_at_the_desk(open_page):
    """The grid worker finds something broken; the secretary sees it beside the look, and mends it."""
    phone = open_page("/field/facilities/", who="grid", size=PHONE)
    due = phone.locator("main a[href^='/field/facilities/']").first
    facility = due.get_attribute("href").rstrip("/").rpartition("/")[2]
    due.click()
    form = phone.locator("form[data-deed=id]")
    form.locator("[name=verdict][value=limited]").check()
    form.locator("[name=broken]").fill("门锁打不开，备用钥匙不在")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    form.locator("button.button-primary").click()
    expect(phone.locator("main")).to_contain_text("门锁打不开，备用钥匙不在")
    desk = open_page(f"/desk/facilities/{facility}/", who="secretary")
    expect(desk.locator("#defects")).to_contain_text("门锁打不开，备用钥匙不在")
    mend(desk, "门锁已换，钥匙两把，一把在值班室。")
    phone.goto(f"/field/facilities/{facility}/")
    expect(phone.locator("form[action$='/mend/']")).to_have_count(0)
