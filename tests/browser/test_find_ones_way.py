"""Finding one's way: the keyboard alone, and a language that stays."""

from playwright.sync_api import expect


def test_a_language_once_chosen_stays(node, open_page):
    """Chosen on one page, kept on the next and at every door."""
    page = open_page("/desk/", who="duty")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator(".topbar [name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for address in ("/desk/units/", "/field/", "/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("[name=language][value=zh-hans]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_the_keyboard_goes_everywhere(node, open_page):
    """`/` searches, `g` and a letter goes somewhere, j, k and Enter work in a list, Escape closes."""
    page = open_page("/desk/", who="duty")
    for letter, path in (("u", "/desk/units/"), ("w", "/desk/alerts/"), ("p", "/desk/posts/")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"{node.address}{path}**")

    page.goto("/desk/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]:focus")).to_have_count(1)
    page.keyboard.type(node.community["name"])
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(node.community["name"])

    page.goto("/desk/posts/")
    rows = page.locator("main [data-rows] tbody tr[data-href]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    target = rows.nth(0).get_attribute("data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{node.address}{target}")

    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
