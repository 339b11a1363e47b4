"""The parts of the design, photographed in every theme and language and on two widths."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("theme", ["light", "dark", "wall"])
def test_every_part_is_drawn(theme, language, open_page, tmp_path):
    """Nothing complains, nothing is wider than its screen; the pictures lie in the test's own folder."""
    # A wall display is as wide as a wall.
    sizes = [("desk", DESK)] + ([] if theme == "wall" else [("phone", PHONE)])
    for name, size in sizes:
        page = open_page(f"/design/?theme={theme}", language=language.lower(), size=size)
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        picture = tmp_path / f"{theme}-{language}-{name}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 50_000
