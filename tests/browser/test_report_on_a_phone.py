"""A resident reports something on a phone with script off: down the list, by touching the sketch, in his own words; and from a wall."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

CASE = re.compile(r"/c/[0-9A-Z]{16}/")


def test_a_resident_reports_where_he_stands(open_page):
    """From the list to the sketch of a grid, touch it, say what is the matter, and read the code."""
    page = open_page("/report/", size=PHONE, java_script_enabled=False)
    for _level in range(6):
        if page.locator("input[type=image]").count():
            break
        page.locator("ul.places a").first.click()
    sketch = page.locator("input[type=image]")
    box = sketch.bounding_box()
    assert box and box["x"] + box["width"] <= 390
    sketch.click(position={"x": 140, "y": 100})
    expect(page).to_have_url(re.compile(r"spot\.x=140&spot\.y=100"))
    page.locator("[name=words]").fill("楼道口的灯坏了三天，晚上看不见台阶。")
    page.locator("main form button.button-primary").click()
    expect(page).to_have_url(CASE)
    expect(page.locator(".code-card .code")).to_have_text(
        re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")
    )


def test_a_code_from_a_wall_that_nobody_knows_is_answered_kindly(open_page, watched):
    """Type a wrong code, and be led to the choice of a place."""
    watched.expected = ("/r/ABCDEFG/", "404")
    page = open_page("/r/ABCDEFG/", size=PHONE, java_script_enabled=False)
    page.locator("main a.button-primary").click()
    expect(page).to_have_url(re.compile(r"/report/$"))
