"""The keyboard alone: everything can be reached, where one stands can be seen, and the keys are listed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

# Everything that a hand could press, once: of a group of radio buttons the arrows reach the rest.
REACHABLE = """
() => {
  const shown = e => e.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })
    && !e.closest('dialog:not([open]), [inert]') && !e.disabled;
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => shown(e) && e.tabIndex >= 0 && !e.closest('.maplibregl-map'));
  const groups = new Set();
  return all.filter(e => {
    if (e.type !== 'radio') return true;
    const group = e.form?.id + e.name;
    return !groups.has(group) && groups.add(group);
  }).length;
}
"""
# Where the focus is: what kind of thing, whether it is seen that it is there, and whether it is on the screen.
STANDING = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const rings = [e, e.closest('label'), e.labels?.[0], e.parentElement].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  const box = e.getBoundingClientRect();
  // The parts of a date are stops of their own.
  const first = !e.dataset.walked, same = e.dataset.walked === 'here';
  document.querySelectorAll('[data-walked=here]').forEach(one => { one.dataset.walked = 'yes'; });
  e.dataset.walked = 'here';
  const counts = first && e.matches('a[href], button, input, select, textarea, summary') && !e.closest('.maplibregl-map');
  const name = `${e.tagName.toLowerCase()}.${e.className} ${(e.innerText || e.name || '').slice(0, 30)}`;
  return { first, same, counts, rings, on: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth, name };
}
"""
PAGES = {
    "duty": (
        "/desk/",
        "/desk/alerts/receive/",
        "/desk/units/",
        "/desk/people/",
        "/desk/grants/",
        "/desk/cases/",
        "/desk/mediations/",
        "/desk/facilities/",
        "/desk/readiness/",
    ),
    "grid": ("/field/", "/field/place/"),
    "": ("/", "/account/login/"),
}
MOST = 400  # presses of Tab; a page that needs more is not walked by anybody


@pytest.mark.parametrize("who", PAGES)
def test_tab_reaches_everything_and_shows_where_one_stands(who, open_page):
    """No trap, nothing left out, a ring round whatever has the focus, and that on the screen."""
    page = open_page(
        PAGES[who][0], who=who, size=PHONE if who == "grid" else {"width": 1440, "height": 900}
    )
    for address in PAGES[who]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        wanted, reached, unseen = page.evaluate(REACHABLE), 0, []
        for _press in range(MOST):
            page.keyboard.press("Tab")
            stands = page.evaluate(STANDING)
            if stands is None or not (stands["first"] or stands["same"]):
                break
            reached += stands["counts"]
            if stands["first"] and not (stands["rings"] and stands["on"]):
                unseen.append(stands["name"])
        assert not unseen, f"{address}: {unseen}"
        wanted = min(
            wanted, page.evaluate(REACHABLE)
        )  # a page that lives may lose a line meanwhile
        assert reached >= wanted, f"{address}: {reached} of {wanted} reached"


@pytest.mark.parametrize(
    ("who", "address"), [("duty", "/desk/people/"), ("grid", "/field/"), ("", "/")]
)
def test_the_first_key_leads_past_the_navigation(who, address, open_page):
    """The skip link is the first stop, can be seen there, and puts the focus into the content."""
    page = open_page(address, who=who)
    page.keyboard.press("Tab")
    skip = page.locator(".skip:focus")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#main$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


def test_the_keys_are_listed_as_they_are(open_page):
    """`?` names a key for every entry of the navigation that has one; Escape gives the page back."""
    page = open_page("/desk/", who="duty")
    entries = page.eval_on_selector_all(
        "[data-go]", "all => all.map(e => [e.dataset.go, e.innerText.trim()])"
    )
    assert len(entries) >= 8
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    listed = dialog.inner_text()
    for key, word in entries:
        assert word.split("\n")[0] in listed
        assert key in dialog.locator("kbd").all_inner_texts()
    for key in ("/", "j", "k", "?"):
        assert key in dialog.locator("kbd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_menu_is_opened_chosen_from_and_closed_by_keys(open_page):
    """Enter unfolds it, Tab goes through it, Escape folds it and stays where one was."""
    page = open_page("/desk/people/", who="duty")
    summary = page.locator("#people details > summary")
    summary.focus()
    page.keyboard.press("Enter")
    item = page.locator("#people details[open] a").first
    expect(item).to_be_visible()
    page.keyboard.press("Tab")
    expect(item).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#people details[open]")).to_have_count(0)
    expect(summary).to_be_focused()
