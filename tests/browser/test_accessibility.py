"""Accessibility of every door: axe-core's rules for WCAG 2.2 AA, on a screen and on a phone, light and dark."""

from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.crawling import Findings, walk

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = ("serious", "critical")
RUN = """
async (tags) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
  return found.violations.flatMap(v => v.nodes.map(n => [v.impact, v.id, n.target.join(' '), n.failureSummary || '']));
}
"""

DOORS = {
    "visitor": ("", "/", r"/($|find|places|alerts|account/login)", DESK, "light"),
    "grid worker": ("grid", "/field/", r"/field/|/account/", PHONE, "light"),
}


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_nothing_stands_in_anybodys_way(door, open_page, watched):
    """No violation that axe-core calls serious or critical."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed. python tools/frontend.py")
    who, start, within, size, scheme = DOORS[door]
    # The script is put in past the page's own policy, which lets in none but its own.
    page = open_page(start, who=who, size=size, color_scheme=scheme, bypass_csp=True)
    found, script = Findings(), AXE.read_text()
    for address in walk(page, start, within=within, found=found, questions=False):
        page.evaluate(script)
        for impact, rule, target, summary in page.evaluate(RUN, TAGS):
            if impact in GRAVE:
                hint = " ".join(summary.split())[:200]
                found.note(f"{rule} ({impact}) {target}: {hint}", address)
    assert not found.first, str(found)
