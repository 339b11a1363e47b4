"""The card of whoever answers for most is one page of paper, in both languages, with all that he answers for on it."""

import re

import pytest

from tests.browser.conftest import DESK, Node, Open

PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF as Chromium writes it."""
    return len(PAGE.findall(pdf))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_longest_card_fits_one_page_of_a4(node: Node, open_page: Open, language: str):
    page = open_page(
        "/desk/duties/?standing=in_force", who="operator", language=language, size=DESK
    )
    posts = page.eval_on_selector_all(
        'a[href*="/desk/duties/posts/"]', "links => [...new Set(links.map(one => one.href))]"
    )
    longest, card = 0, ""
    for post in posts:
        page.goto(post)
        number = page.locator(".held-list > div").count()
        link = page.locator('a[href*="/desk/duties/cards/"]').first
        if number > longest and link.count():
            longest, card = number, link.get_attribute("href") or ""
    assert longest >= 6  # somebody in the invented place answers for much
    page.goto(card)
    on_card = page.locator(".held-list > div").count()
    assert on_card >= longest
    page.emulate_media(media="print")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pages_of(pdf) == 1, f"{on_card} duties take {pages_of(pdf)} pages"
