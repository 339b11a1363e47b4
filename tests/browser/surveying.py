"""Looks once at each kind of page that somebody can come to, in two guises, for everything that must hold on every page.

A walk through a door is the longest thing that the journeys do. It is therefore
walked once for each kind of person, and what was seen is asked by several tests.
The operator, who comes to most, walks the desk in parts, so that one sees how far it is.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.crawling import Findings, Piece, kind_of, read, walk

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = ("serious", "critical")
# The hundredth row of a list is built like its first; axe-core takes as long for each.
THIN = """
() => document.querySelectorAll('tbody, ol, ul').forEach(list =>
  [...list.children].slice(8, -2).forEach(row => row.remove()))
"""
RUN = """
async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], preload: false });
  return found.violations.flatMap(v => v.nodes.map(n => [v.impact, v.id, n.target.join(' '), n.failureSummary || '']));
}
"""
WIDTH = """
() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  return wide > 0 ? `${wide} px wider than the screen` : '';
}
"""


@dataclass(frozen=True)
class Guise:
    """How somebody looks at a page."""

    language: str
    size: dict[str, int] = field(hash=False, compare=False)
    scheme: str

    def put_on(self, page: Page, address: str) -> None:
        """Let the next pages be seen this way."""
        cookie = {"name": "renwang_language", "value": self.language, "url": address}
        page.context.add_cookies([cookie])
        page.set_viewport_size(self.size)
        page.emulate_media(color_scheme=self.scheme)


@dataclass(frozen=True)
class Role:
    """Somebody who comes to a door: the name of the sign-in, where the walk begins and which pages it covers."""

    who: str
    start: str
    within: str
    guises: tuple[Guise, Guise]
    least: int  # pages that there are for sure


LIGHT, DARK = Guise("zh-hans", DESK, "light"), Guise("en", PHONE, "dark")
IN_HAND, ON_DESK = Guise("zh-hans", PHONE, "light"), Guise("en", DESK, "dark")

# The operator comes first: pages that look alike for the others are not inspected again.
_LISTS = "duties|procedures|readiness|risks|facilities|care|departments|mediations|cases"
_PLACE = "units|posts|people|roster|organisations|buildings|grants|imports|settings|status|journal"
ROLES = {
    "operator at the lists": Role("operator", "/desk/", rf"/desk/({_LISTS})/", (LIGHT, DARK), 40),
    "operator at the place": Role("operator", "/desk/", rf"/desk/({_PLACE})/", (LIGHT, DARK), 50),
    "operator at the rest": Role(
        "operator", "/desk/", rf"/desk/(?!({_LISTS}|{_PLACE})/)", (LIGHT, DARK), 30
    ),
    "duty officer": Role("duty", "/desk/", r"/desk/|/account/", (LIGHT, DARK), 30),
    "grid worker": Role("grid", "/field/", r"/field/|/account/", (IN_HAND, DARK), 6),
    "visitor": Role(
        "",
        "/",
        r"/($|places|alerts|bulletins|questions|asked|account/login)",
        (IN_HAND, ON_DESK),
        9,
    ),
    "reader of the design": Role("", "/design/", r"/design/$", (LIGHT, DARK), 1),
}


@dataclass
class Survey:
    """What one walk found."""

    opened: list[str] = field(default_factory=list)
    dead: Findings = field(default_factory=Findings)  # links that are refused
    barriers: Findings = field(default_factory=Findings)  # grave violations that axe-core names
    wide: Findings = field(default_factory=Findings)
    loose: Findings = field(default_factory=Findings)  # policies that let in another host
    texts: dict[str, list[tuple[str, list[Piece]]]] = field(default_factory=dict)  # by language
    faults: list[str] = field(default_factory=list)


@dataclass
class Known:
    """What earlier walks leave to later ones: what was inspected, and links out of what each person walked."""

    inspected: set[tuple[str, Guise]] = field(default_factory=set)
    beside: dict[str, dict[str, str]] = field(default_factory=dict)  # address to page, by sign-in


def survey(page: Page, address: str, role: Role, known: Known) -> Survey:
    """Walk as somebody through the pages of a door, then open in the other guise what nobody has seen in it."""
    seen, script = Survey(), AXE.read_text(encoding="utf-8")
    page.on("response", lambda answer: _see_policy(seen, answer, address))
    inspected, beside = known.inspected, known.beside.setdefault(role.who, {})

    def look(at: str, guise: Guise) -> None:
        seen.texts.setdefault(guise.language, []).append((at, read(page)))
        if wide := page.evaluate(WIDTH):
            seen.wide.note(f"{guise.size['width']} px, {guise.language}: {wide}", at)
        if (kind_of(at), guise) in inspected:
            return
        inspected.add((kind_of(at), guise))
        page.evaluate(THIN)
        page.evaluate(script)
        for impact, rule, target, summary in page.evaluate(RUN, TAGS):
            if impact in GRAVE:
                hint = " ".join(summary.split())[:200]
                seen.barriers.note(f"{rule} ({impact}) {target}: {hint}", at)

    first, second = role.guises
    first.put_on(page, address)
    for at in walk(page, role.start, within=role.within, found=seen.dead, beside=beside):
        seen.opened.append(at)
        look(at, first)
    second.put_on(page, address)
    for at in seen.opened:
        if (kind_of(at), second) not in inspected:
            page.goto(at)
            look(at, second)
    return seen


def _see_policy(seen: Survey, answer: Any, address: str) -> None:
    """Note a page that the browser would let fetch from elsewhere."""
    if "html" not in answer.headers.get("content-type", "") or answer.status >= 300:
        return
    at = answer.url.removeprefix(address)
    policy = answer.headers.get("content-security-policy", "")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    if "'self'" not in rules.get("default-src", ""):
        seen.loose.note("has no policy that names its own host only", at)
    for name, sources in rules.items():
        for source in sources.split():
            if not source.startswith(("'", "data:", "blob:")) and name != "report-uri":
                seen.loose.note(f"lets in {source} as {name}", at)
