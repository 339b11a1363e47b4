"""A border moved on the map by the keyboard and by the hand, undone, and looked at before anything is written."""

from tests.browser.conftest import Node, Open


def test_a_border_is_moved_undone_and_looked_at(open_page: Open, node: Node):
    page = open_page(f"/desk/units/{node.community['ref']}/codes/", who="operator")
    address = page.locator("table a[href^='/desk/units/']").first.get_attribute("href")
    page.goto(f"{address}border/")
    points = page.locator("textarea[name=points]")
    before = points.input_value()
    canvas = page.locator("#border-map .canvas[data-drawn] canvas, .map .canvas[data-drawn] canvas")
    canvas.first.wait_for()
    canvas.first.focus()
    for key in (".", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    moved = points.input_value()
    assert moved != before
    changed = [
        one for one, two in zip(moved.split("\n"), before.split("\n"), strict=True) if one != two
    ]
    assert len(changed) == 1
    page.keyboard.press("Delete")
    assert len(points.input_value().split("\n")) == len(before.split("\n")) - 1
    for _step in range(4):
        page.keyboard.press("Control+z")
    assert points.input_value() == before
    page.keyboard.press("Shift+ArrowRight")
    page.locator("form.border-editor button.button-primary").click()
    page.wait_for_load_state()
    assert page.locator("button[name=sure], .callout li").count() > 0
    assert page.locator("textarea[name=points]").input_value() != before
