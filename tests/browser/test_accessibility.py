"""Accessibility of every door: axe-core's rules for WCAG 2.2 AA, on a screen and on a phone, light and dark."""

import pytest

from tests.browser.surveying import AXE, ROLES


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_nothing_stands_in_anybodys_way(role, surveyed):
    """No violation that axe-core calls serious or critical."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed. python tools/frontend.py")
    seen = surveyed(role)
    assert len(seen.opened) >= ROLES[role].least
    assert not seen.barriers.first, str(seen.barriers)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_nothing_must_be_scrolled_sideways(role, surveyed):
    """No page is wider than its screen, on a desk or on a phone of 390 px, in either language."""
    seen = surveyed(role)
    assert not seen.wide.first, str(seen.wide)
