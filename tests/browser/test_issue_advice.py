"""Advice from the first word to its taking back: written by one, refused to him, approved by another, received, updated, cancelled."""

import re
from datetime import datetime, timedelta

import pytest

from tests.browser.conftest import DESK, PHONE, Open

DRAFT = re.compile(r"/desk/drafts/[0-9a-f-]{36}/$")
ALERT = re.compile(r"/desk/alerts/[0-9a-f-]{36}/$")


def begin(page) -> str:
    """Write advice about rain as the duty officer; return its address."""
    page.goto("/desk/drafts/start/?kind=advice&hazard=rainstorm")
    page.locator("main button.button-primary").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    until = (datetime.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page.locator("[name=ends_at]").fill(until)
    page.locator("[name=contact]").fill("值班室 023-61234567")
    page.locator("form#words > .actions button.button-primary").click()
    page.wait_for_url(DRAFT)
    return page.url


def submit(page) -> None:
    """Hand the draft on this page to a second person."""
    page.locator("form[action$='/submit/'] button").click()
    page.locator("form[action$='/submit/']").wait_for(state="detached")


def approve(page, address: str) -> None:
    """Approve and issue it as the operator, who reads it first."""
    page.goto(address)
    page.locator("form[action$='/approve/'] button[value='issue']").click()
    page.locator("dialog[open] button.button-primary, dialog[open] .foot button").last.click()
    page.locator("a[href^='/desk/alerts/'].button-primary").wait_for()


def follow(page, alert: str, deed: str) -> str:
    """Begin what changes or ends a message; return the address of its draft."""
    page.goto(alert)
    page.locator(f"button[name='follow'][value='{deed}']").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    page.locator("form#words > .actions button.button-primary").click()
    page.wait_for_url(DRAFT)
    submit(page)
    return page.url


def test_advice_goes_out_with_two_hands_is_updated_and_taken_back(open_page: Open):
    duty, operator = open_page("/desk/", who="duty"), open_page("/desk/", who="operator")
    address = begin(duty)
    submit(duty)
    assert duty.locator("form[action$='/approve/']").count() == 0  # the author never approves
    assert duty.locator("#hands a[href^='tel:']").count() > 0  # whom to ring now
    approve(operator, address)
    operator.locator("a[href^='/desk/alerts/'].button-primary").click()
    operator.wait_for_url(ALERT)
    alert = operator.url
    assert operator.locator("a[href*='/desk/relays/']").count() > 0  # the posts are being told
    approve(operator, follow(duty, alert, "update"))
    operator.goto(alert)
    later = operator.locator("main .callout a[href^='/desk/alerts/']").first
    later.click()
    operator.wait_for_url(lambda url: url != alert)
    alert = operator.url
    approve(operator, follow(duty, alert, "take_back"))
    operator.goto(alert)
    operator.goto(alert + "history/")
    assert operator.locator("#versions .warning-sheet").count() == 3
    operator.locator("#recipients tbody tr").first.wait_for()


def test_an_area_is_drawn_on_the_map_and_kept(open_page: Open):
    page = open_page("/desk/", who="duty")
    begin(page)
    page.goto(page.url + "area/")
    page.locator("#draft-map canvas").first.wait_for()
    page.locator("#draft-map button[data-kind='polygon']").click()
    box = page.locator("#draft-map canvas").first.bounding_box()
    for across, down in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)):
        page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
    assert len(page.locator("[name=polygon]").input_value().splitlines()) == 3
    page.locator("form#area > .actions button[value='again']").click()
    page.locator("[name=kept]").wait_for()


@pytest.mark.parametrize(
    ("language", "size"), [("zh-hans", DESK), ("en", PHONE)], ids=["desk", "phone"]
)
def test_no_page_of_the_warning_desk_is_wider_than_its_screen(open_page: Open, language, size):
    page = open_page("/desk/", who="duty", language=language, size=size)
    address = begin(page)
    for path in (address, f"{address}edit/", f"{address}area/", "/desk/drafts/",
                 "/desk/drafts/start/", "/desk/settings/wordings/"):  # fmt: skip
        page.goto(path)
        widest = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert widest <= 0, path
