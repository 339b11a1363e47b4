"""Where a hole is mended: for each kind of page that a check names, its address and the words of the link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Unit
from renwang.registers.readiness.catalogue import checks
from renwang.registers.readiness.models import Hole


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page on which holes are mended; `missing` are the words where the hole is that there is none."""

    words: Any
    address: Callable[[Hole, Unit | None], str]
    missing: Any = ""


def _of(name: str) -> Callable[[Hole, Unit | None], str]:
    """The page of what the hole is about."""
    return lambda hole, _place: reverse(name, args=[hole.target])


def _at(name: str) -> Callable[[Hole, Unit | None], str]:
    """A list, narrowed to the hole's place."""
    return lambda _hole, place: (
        f"{reverse(name)}?{urlencode({'under': place.ref if place else ''})}"
    )


def _list(name: str) -> Callable[[Hole, Unit | None], str]:
    return lambda _hole, _place: reverse(name)


def _unit(hole: Hole, place: Unit | None) -> str:
    return reverse("desk:unit", args=[place.ref]) if place else reverse("desk:units")


def _duty(hole: Hole, place: Unit | None) -> str:
    """The duty, or a form for the one that is missing, with what is known filled in."""
    if hole.target:
        return reverse("desk:duty", args=[hole.target])
    return _writing("desk:duty_write", hole, place)


def _writing(name: str, hole: Hole, place: Unit | None) -> str:
    cell = {key: str(hole.params.get(key, "")) for key in ("hazard", "phase")}
    query = urlencode({"under": place.ref if place else "", **cell})
    return f"{reverse(name)}?{query}"


def _facility(hole: Hole, place: Unit | None) -> str:
    """The facility, or the stock of its place where there is none to keep it."""
    if hole.target:
        return reverse("desk:facility", args=[hole.target])
    return _at("desk:facilities")(hole, place)


def _procedure(hole: Hole, place: Unit | None) -> str:
    """The procedure, or a form for the one that is missing; the duty that has none."""
    if not hole.target:
        return _writing("desk:procedure_write", hole, place)
    is_duty = hole.check_key == "procedures.duty_without"
    return reverse("desk:duty" if is_duty else "desk:procedure", args=[hole.target])


PAGES: Mapping[str, Page] = {
    "post": Page(_("To the post"), _of("desk:post")),
    "unit": Page(_("To the place"), _unit),
    "duty": Page(_("To the duty"), _duty, _("Write the duty")),
    "procedure": Page(_("To the procedure"), _procedure, _("Write the procedure")),
    "facility": Page(_("To the facility"), _facility, _("To the facilities")),
    "risk": Page(_("To the risk"), _of("desk:risk")),
    "survey": Page(_("To the survey"), _of("desk:risk_survey")),
    "rollcalls": Page(_("To the roll-calls"), _list("desk:rollcalls")),
    "waits": Page(_("To what waits"), _of("desk:wait")),
    "roster": Page(_("To the roster"), _at("desk:roster")),
    "buildings": Page(_("To the buildings"), _at("desk:buildings")),
    "organisation": Page(_("To the organisation"), _of("desk:organisation")),
    "grants": Page(_("To the grants"), _list("desk:grants")),
    "sensor": Page(_("To the sensor"), _of("desk:sensor")),
    "trigger": Page(_("To the trigger"), _of("desk:trigger")),
    "referral": Page(_("To the question"), _of("desk:referral")),
    "feed": Page(_("To the feeds"), _list("desk:feeds")),
    "nodes": Page(_("To the other nodes"), _list("desk:peers")),
    "sharing": Page(_("To the sharing agreement"), _of("desk:sharing")),
    "linked": Page(_("To the linked system"), _of("desk:linked_system")),
    "draft": Page(_("To the draft"), _of("desk:draft")),
    "rehearsals": Page(_("To the rehearsals"), _list("desk:rehearsals")),
    "care": Page(_("To the care list"), _at("desk:care")),
    "own": Page(_("To the check"), _of("desk:readiness_own")),
}


def where_to_mend(hole: Hole, place: Unit | None) -> tuple[str, Any]:
    """Give the address where a hole is mended, and the words of the link; empty for a check nobody declares."""
    check = checks().get(hole.check_key)
    page = PAGES.get(check.mends) if check else None
    if page is None:
        return "", ""
    try:
        words = page.words if hole.target else page.missing or page.words
        return page.address(hole, place), words
    except NoReverseMatch:  # a key of an earlier version
        return "", ""
