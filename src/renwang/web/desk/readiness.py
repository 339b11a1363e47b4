"""Readiness at the desk: the holes, the worst first; one hole with who can mend it; letting it stand from above."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.tables import Kind
from renwang.chain.models import Unit
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.registers.readiness import saying, selectors, services
from renwang.registers.readiness.catalogue import Check, checks
from renwang.registers.readiness.models import SEVERITIES, Hole, Waiver
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.selectors import SORTS, Counts, Wanted
from renwang.web.desk import lists
from renwang.web.desk.forms.readiness import WaiveForm
from renwang.web.desk.readiness_links import where_to_mend
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused

TONES = {Severity.GRAVE: "bad", Severity.ATTENTION: "attention", Severity.NOTE: "neutral"}
_COLUMNS = [
    tables.Column(gettext_lazy("What is wrong"), sort="severity"),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Since"), sort="since"),
    tables.Column(gettext_lazy("Who can mend it")),
]
_EXPORTED = [
    ("severity", gettext_lazy("How grave"), Kind.TEXT),
    ("name", gettext_lazy("What is wrong"), Kind.TEXT),
    ("sentence", gettext_lazy("Sentence"), Kind.TEXT),
    ("about", gettext_lazy("What for"), Kind.TEXT),
    ("above", gettext_lazy("Lies in"), Kind.TEXT),
    ("place", gettext_lazy("Place"), Kind.TEXT),
    ("since", gettext_lazy("Since"), Kind.DATETIME),
    ("mender", gettext_lazy("Who can mend it"), Kind.TEXT),
    ("waived_until", gettext_lazy("May stand until"), Kind.DATETIME),
    ("reason", gettext_lazy("Reason"), Kind.TEXT),
]


@dataclass(frozen=True, slots=True)
class Told:
    """A hole as the page tells it."""

    hole: Hole
    check: Check | None
    name: str
    sentence: str
    about: str
    place: Unit | None
    above: str
    severity: Any
    tone: str
    mender: Any
    url: str  # where it is mended
    link: Any
    waiver: Waiver | None


@require_GET
@may("readiness.see")
def show_readiness(request: HttpRequest) -> HttpResponse:
    """List the holes of a place and below it, the worst first."""
    under = lists.unit_asked(request)
    wanted = wanted_of(request, under)
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "severity")

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_holes(
            request.viewer, wanted, now=request.now, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    every = Wanted(under=wanted.under, mine=wanted.mine, here_only=wanted.here_only)
    menders = selectors.count_by_mender(request.viewer, every, request.now)
    context = {
        "rows": tell(request, page.items),
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=_chips(request, menders)),
        "under": under,
        "check": checks().get(wanted.check),
        "counts": sum_of(menders.values()),
        "menders": [(key, saying.say_mender(key), counts) for key, counts in menders.items()],
        "is_narrowed": any(request.GET.get(key) for key in _KEYS),
        "severities": list(SEVERITIES.items()),
    }
    return render(request, "desk/readiness/list.html", context)


_KEYS = ("q", "severity", "check", "mender", "mine", "waived", "here")


def wanted_of(request: HttpRequest, under: Unit | None) -> Wanted:
    """Read what is looked for; nonsense in the address narrows nothing."""
    ask = request.GET.get
    severity = lists.whole_number(ask("severity", ""))
    return Wanted(
        under=under.path if under else "",
        text=lists.text_asked(request),
        severity=severity if severity in set(Severity) else None,
        check=ask("check", "") if ask("check") in checks() else "",
        mender=ask("mender", "")[:30],
        mine=bool(ask("mine")),
        waived={"yes": True, "no": False}.get(ask("waived", "")),
        here_only=bool(ask("here")),
    )


def _chips(request: HttpRequest, menders: dict[str, Counts]) -> list[tables.Chip]:
    counts = sum_of(menders.values())
    graves = {"0": counts.grave, "1": counts.attention, "2": counts.note}
    severities = [(str(int(key)), words) for key, words in SEVERITIES.items()]
    return [
        *tables.chips_of(request, "mine", [("1", gettext_lazy("Mine to mend"))]),
        *tables.chips_of(request, "severity", severities, counts=graves),
        *tables.chips_of(
            request,
            "waived",
            [("yes", gettext_lazy("May stand")), ("no", gettext_lazy("May not stand"))],
            counts={"yes": counts.waived, "no": counts.total - counts.waived},
        ),
    ]


def sum_of(counts: Iterable[Counts]) -> Counts:
    """Add counts up."""
    return sum(counts, Counts())


def tell(request: HttpRequest, holes: list[Hole]) -> list[Told]:
    """Say holes in the language of the page, with their places and waivers; three statements."""
    places = selectors.units_at([one.path for one in holes])
    people = selectors.people_named(request.viewer, holes)
    waivers = selectors.waivers_of(holes, request.now)
    return [_tell(one, places, people, waivers.get(one.pk)) for one in holes]


def _tell(
    hole: Hole, places: dict[str, Unit], people: dict[str, str], waiver: Waiver | None
) -> Told:
    place = places.get(hole.path)
    above = places.get(hole.path[: hole.path[:-1].rfind("/") + 1])
    url, link = where_to_mend(hole, place)
    severity = Severity(hole.severity)
    return Told(
        hole,
        checks().get(hole.check_key),
        saying.say_name(hole),
        saying.say_hole(hole, people),
        saying.say_cell(hole),
        place,
        above.name if above else "",
        SEVERITIES[severity],
        TONES[severity],
        saying.say_mender(hole.mender),
        url,
        link,
        waiver,
    )


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    """Give every hole that fits, page after page, so that a city does not stand in memory."""

    def told(cursor: str, size: int) -> Any:
        page = fetch(cursor, size)
        page.items[:] = tell(request, page.items)
        return page

    return lists.export(request, "readiness", _EXPORTED, told, _row_of)


def _row_of(one: Told) -> dict[str, Any]:
    return {
        "severity": str(one.severity),
        "name": one.name,
        "sentence": one.sentence,
        "about": one.about,
        "above": one.above,
        "place": one.place.name if one.place else one.hole.path,
        "since": one.hole.since_at,
        "mender": str(one.mender),
        "waived_until": one.waiver.until_at if one.waiver else None,
        "reason": one.waiver.reason if one.waiver else "",
    }


# --- one hole ------------------------------------------------------------------


def hole_at(request: HttpRequest, key: int) -> Hole:
    """Find the hole of an address; 404 hides what is out of reach."""
    hole = selectors.hole_of(request.viewer, key)
    if hole is None:
        raise Http404(str(key))
    return hole


@require_GET
@may("readiness.see")
def show_hole(request: HttpRequest, key: int) -> HttpResponse:
    """Show one hole: what, why it matters, since when, who can mend it and where, and whether it may stand."""
    hole = hole_at(request, key)
    [told] = tell(request, [hole])
    context = {
        "one": told,
        "is_gone": hole.gone_at is not None,
        "may_waive": services.may_let_stand(request.viewer, hole.path),
        "is_mine": request.viewer.may(hole.mender, hole.path),
        "form": WaiveForm(severity=Severity(hole.severity), now=request.now),
        "giver": _name(request, told.waiver),
    }
    return render(request, "desk/readiness/hole.html", context)


def _name(request: HttpRequest, waiver: Waiver | None) -> str:
    if waiver is None or waiver.by is None:
        return ""
    known = names_of(request.viewer, {waiver.by}).get(waiver.by)
    return known.name if known else ""


@require_POST
@may("readiness.waive")
def waive(request: HttpRequest, key: int) -> HttpResponse:
    """Let a hole stand until a day, with a reason."""
    hole = hole_at(request, key)
    form = WaiveForm(request.POST, severity=Severity(hole.severity), now=request.now)
    if not form.is_valid():
        [told] = tell(request, [hole])
        context = {"one": told, "may_waive": True, "form": form, "is_gone": False}
        return render(request, "desk/readiness/hole.html", context, status=422)
    try:
        services.waive_hole(
            hole.pk,
            form.cleaned_data["reason"],
            form.cleaned_data["until_on"],
            by=request.viewer,
            now=request.now,
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:readiness_hole", key)
    words = gettext_lazy("It may stand until that day; it stays on the list, with your reason.")
    return done(request, words, "desk:readiness_hole", key)


@require_POST
@may("readiness.waive")
def end_waiver(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back that a hole may stand."""
    if not selectors.waivers_seen(request.viewer).filter(pk=key).exists():
        raise Http404(str(key))
    try:
        services.end_waiver(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:readiness_waivers")
    return done(request, gettext_lazy("It counts again."), "desk:readiness_waivers")


def count_grave(request: HttpRequest) -> Any:
    """Give the grave holes that the viewer can mend, for the navigation."""
    if not request.viewer.may("readiness.see"):
        return None
    wanted = Wanted(severity=Severity.GRAVE, mine=True, waived=False)
    return selectors.narrowed(request.viewer, wanted, request.now)
