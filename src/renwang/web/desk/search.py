"""Search over everything in reach: the chain, warnings, bulletins, duties; old codes and departments' old numbers lead to the new place."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from renwang.alerts.finding import Wanted, first_alerts
from renwang.bulletins import finding
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors import search_everything
from renwang.chain.selectors.history import successors
from renwang.registers.duties.selectors.finding import first_duties
from renwang.web.desk import lists
from renwang.web.desk.one_division import hits_of
from renwang.web.frame.gates import signed_in

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more_url` leads to the whole list."""

    label: str | Promise
    icon: str
    hits: list[tuple[str, str, str]]  # address, name, what tells it from others
    more_url: str
    is_cut: bool


_GROUPS = {
    "unit": (_("Units"), "tree", "desk:units"),
    "person": (_("People"), "people", "desk:people"),
    "organisation": (_("Organisations"), "org", "desk:organisations"),
    "building": (_("Buildings"), "building", "desk:buildings"),
}


@require_GET
@signed_in
def show_search(request: HttpRequest) -> HttpResponse:
    """Show what was found, grouped by kind; typed letters fetch only the part that changes."""
    text, viewer = lists.text_asked(request), request.viewer
    kinds = (_chain, _alerts, _duties, _said)
    groups = [group for find in kinds for group in find(viewer, text)] if text else []
    context = {
        "search_words": text,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "moved": _moved(request, text, groups),
        "numbers": hits_of(request, text) if text else [],
    }
    template = "_found.html" if request.headers.get("HX-Request") else "page.html"
    return render(request, f"desk/search/{template}", context)


def _chain(viewer: Viewer, text: str) -> list[Group]:
    found: dict[str, list[Any]] = {kind: [] for kind in _GROUPS}
    for hit in search_everything(viewer, text, limit=SHOWN + 1):
        found[hit.kind].append(hit)
    groups = []
    for kind, hits in found.items():
        label, icon, page = _GROUPS[kind]
        shown = [(_address(hit), hit.name, _more(hit)) for hit in hits]
        groups += _group(label, icon, shown, page, text)
    return groups


def _alerts(viewer: Viewer, text: str) -> list[Group]:
    if not viewer.may("alerts.see"):
        return []
    hits = [
        (reverse("desk:alert", args=[one.pk]), one.headline or one.event, one.ref)
        for one in first_alerts(viewer, Wanted(text), SHOWN + 1)
    ]
    return _group(_("Warnings"), "bell", hits, "desk:alerts", text)


def _duties(viewer: Viewer, text: str) -> list[Group]:
    if not viewer.may("duties.see"):
        return []
    hits = [
        (reverse("desk:duty", args=[one.ref]), str(one), f"{one.unit.name} · {one.ref}")
        for one in first_duties(viewer, text, SHOWN + 1)
    ]
    return _group(_("Duties"), "check", hits, "desk:duties", text)


def _said(viewer: Viewer, text: str) -> list[Group]:
    """Bulletins and questions, also those that are not published."""
    if not viewer.may("bulletins.see"):
        return []
    groups = []
    for label, icon, name, find in (
        (_("Bulletins"), "message", "bulletin", finding.first_bulletins),
        (_("Questions"), "help", "question", finding.first_questions),
    ):
        found = find(viewer, finding.Wanted(text), SHOWN + 1)
        hits = [(reverse(f"desk:{name}", args=[one.pk]), str(one), one.ref) for one in found]
        groups += _group(label, icon, hits, f"desk:{name}s", text)
    return groups


def _group(
    label: str | Promise, icon: str, hits: list[tuple[str, str, str]], page: str, text: str
) -> list[Group]:
    """Make the group of what was found of a kind; none of nothing. `page` is the whole list."""
    more = f"{reverse(page)}?{urlencode({'q': text})}"
    return [Group(label, icon, hits[:SHOWN], more, len(hits) > SHOWN)] if hits else []


def _address(hit: Any) -> str:
    keys = {"unit": hit.ref, "organisation": hit.ref}
    return reverse(f"desk:{hit.kind}", args=[keys.get(hit.kind, hit.id)])


def _more(hit: Any) -> str:
    """Say what tells a hit from others of the same name: where it lies, and its reference."""
    place = hit.place.removesuffix(hit.name).rstrip(" ·")
    return " · ".join(part for part in (place, hit.ref) if part)


def _moved(request: HttpRequest, text: str, groups: list[Group]) -> list[Unit]:
    """Say which units stand today where the bearer of an old code stood."""
    is_code = text.isascii() and any(letter.isdigit() for letter in text)
    if not is_code or any(group.icon == "tree" for group in groups):
        return []
    found = successors(text, request.now.date())
    return [unit for unit in found if request.viewer.may("chain.see", unit.path)]
