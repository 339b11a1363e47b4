"""The catalogue of checks, one check with its rule and its reason, checks of one's own, and the waivers."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.jobs import find_job
from renwang.base.tables import Kind
from renwang.chain.reach import CAPABILITIES
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.chain.structures import structures
from renwang.registers.readiness import saying, selectors, services
from renwang.registers.readiness.catalogue import checks, families
from renwang.registers.readiness.figures import figures
from renwang.registers.readiness.models import SEVERITIES, OwnCheck, Waiver
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.selectors import Wanted
from renwang.web.desk import lists
from renwang.web.desk.forms.readiness import OwnForm
from renwang.web.desk.jobs import describe
from renwang.web.desk.live import answer_live
from renwang.web.desk.readiness import TONES
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of

TRIED = 20
"""Places at which a trial found a hole that are named; the rest are a number."""


@require_GET
@may("readiness.see")
def show_checks(request: HttpRequest) -> HttpResponse:
    """Show everything that is looked for, with how many holes each check finds now."""
    counts = selectors.count_by_check(request.viewer, Wanted(), request.now)
    groups = [
        (
            one.name,
            [
                (check, SEVERITIES[check.severity], TONES[check.severity],
                 saying.say_mender(check.mender), counts.get(check.key))
                for check in one.checks
            ],
        )
        for one in families()
        if one.key != "own"
    ]  # fmt: skip
    own = list(selectors.own_checks_seen(request.viewer).filter(ended_at=None).order_by("ref"))
    context = {
        "groups": groups,
        "number": sum(len(rows) for _name, rows in groups),
        "own": [(one, SEVERITIES[Severity(one.version.severity)]) for one in own if one.version],
        "may_write": request.viewer.may("readiness.write"),
    }
    return render(request, "desk/readiness/checks.html", context)


@require_GET
@may("readiness.see")
def show_check(request: HttpRequest, key: str) -> HttpResponse:
    """Show one check: what is looked for, why, who can mend it, who may know of it, and its holes."""
    check = checks().get(key)
    if check is None or key == "own":
        raise Http404(key)
    family = next(one for one in families() if check in one.checks)
    context = {
        "check": check,
        "family": family,
        "severity": SEVERITIES[check.severity],
        "tone": TONES[check.severity],
        "mender": saying.say_mender(check.mender),
        "mends": CAPABILITIES[check.mender],
        "sees": CAPABILITIES[check.sees],
        "counts": selectors.count_holes(request.viewer, Wanted(check=key), request.now),
    }
    return render(request, "desk/readiness/check.html", context)


@require_GET
@may("readiness.see")
def show_look(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far a look is that was asked for; it goes on by itself until it has ended."""
    job = find_job(key)
    path = str(job.arguments.get("path", "")) if job else ""
    if job is None or job.kind != "readiness.look":
        raise Http404(str(key))
    if not (request.viewer.may("readiness.see", path) or job.asked_by == request.viewer.id):
        raise Http404(str(key))
    context = {"job": job, "unit": lists.unit_at_path(request, path), **describe(job)}
    if not request.GET.get("since"):
        return render(request, "desk/readiness/look.html", context)
    return answer_live(
        request,
        lambda: render(request, "desk/readiness/_look.html", context),
        seq=1,
        tag=f"{job.state}-{job.done}-{job.total}",
    )


# --- checks of one's own ------------------------------------------------------------


def own_at(request: HttpRequest, ref: str) -> OwnCheck:
    """Find the own check of an address; 404 hides what is out of reach."""
    own = selectors.own_check_of(request.viewer, ref)
    if own is None:
        raise Http404(ref)
    return own


@require_GET
@may("readiness.see")
def show_own(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a check of one's own with its versions and how many holes it finds."""
    own = own_at(request, ref)
    versions = sorted(own.versions.all(), key=lambda one: -one.number)
    names = names_of(request.viewer, {one.by for one in versions} - {None})
    context = {
        "own": own,
        "versions": [(one, names[one.by].name if one.by in names else "–") for one in versions],
        "severity": SEVERITIES[Severity(own.version.severity)],
        "tone": TONES[Severity(own.version.severity)],
        "mender": saying.say_mender(own.version.mender),
        "level": _level_name(own.version.level),
        "found": selectors.count_by_own(request.viewer, own),
        "may_write": own.ended_at is None and request.viewer.may("readiness.write", own.path),
    }
    return render(request, "desk/readiness/own.html", context)


def _level_name(key: str) -> str:
    language = get_language() or "zh-hans"
    for one in structures().values():
        for level in one.levels:
            if level.key == key:
                return level.name(language)
    return ""


@require_http_methods(["GET", "POST"])
@may("readiness.write")
def write_own(request: HttpRequest, ref: str = "") -> HttpResponse:
    """Write a check of one's own, or its next version; it is tried before it is kept."""
    own = own_at(request, ref) if ref else None
    form = OwnForm(request.viewer, sent_form(request), initial=_initial(request, own))
    trial = None
    if request.method == "POST" and form.is_valid():
        unit = own.unit if own else form.cleaned_data["unit"]
        try:
            if request.POST.get("do") == "keep":
                made = services.write_own_check(
                    form.words, unit, by=request.viewer, now=request.now,
                    own_id=own.pk if own else None,
                )  # fmt: skip
                words = gettext_lazy("Kept. Its holes stand in the list within a moment.")
                return done(request, words, "desk:readiness_own", made.ref)
            trial = services.try_own_check(form.words, unit, by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    context = {
        "form": form,
        "own": own,
        "trial": trial,
        "tried": [_tried(one.params) for one in trial.found[:TRIED]] if trial else [],
        "figures": figures(),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/readiness/own_write.html", context, status=status)


def _tried(params: Any) -> tuple[str, str]:
    figures_ = " · ".join(
        f"{name} {'–' if value is None else format(value, 'g')}"
        for name, value in params["figures"].items()
    )
    return params["place"], figures_


def _initial(request: HttpRequest, own: OwnCheck | None) -> dict[str, Any]:
    if own is None or own.version is None:
        path = request.viewer.places["readiness.write"][0]
        return {"unit": lists.unit_asked(request) or lists.unit_at_path(request, path)}
    said = own.version
    names = ("name", "sentence", "when", "level", "severity", "mender")
    return {"unit": own.unit, **{name: getattr(said, name) for name in names}}


@require_POST
@may("readiness.write")
def end_own(request: HttpRequest, ref: str) -> HttpResponse:
    """End a check of one's own; its holes go with it."""
    own = own_at(request, ref)
    try:
        services.end_own_check(own.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:readiness_own", ref)
    return done(request, gettext_lazy("The check has ended."), "desk:readiness_checks")


# --- waivers ---------------------------------------------------------------------------

_COLUMNS = [
    tables.Column(gettext_lazy("What may stand")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Reason")),
    tables.Column(gettext_lazy("Until")),
    tables.Column(gettext_lazy("By whom")),
]
_EXPORTED = [
    ("name", gettext_lazy("What may stand"), Kind.TEXT),
    ("about", gettext_lazy("What for"), Kind.TEXT),
    ("place", gettext_lazy("Place"), Kind.TEXT),
    ("reason", gettext_lazy("Reason"), Kind.TEXT),
    ("at", gettext_lazy("Since"), Kind.DATETIME),
    ("until", gettext_lazy("Until"), Kind.DATETIME),
    ("ended", gettext_lazy("Taken back"), Kind.DATETIME),
]


@require_GET
@may("readiness.see")
def show_waivers(request: HttpRequest) -> HttpResponse:
    """List what may stand: why, until when, by whom; what is over stays to be read."""
    under = lists.unit_asked(request)
    which = request.GET.get("which", "")
    which = which if which in ("standing", "over") else ""

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_waivers(
            request.viewer, now=request.now, which=which, under=under.path if under else "",
            cursor=cursor, size=size,
        )  # fmt: skip

    if lists.is_export(request):
        return lists.export(request, "waivers", _EXPORTED, fetch, _waiver_row)
    page = lists.cut(request, fetch)
    options = [("standing", _("In force")), ("over", _("Over"))]
    chips = tables.chips_of(request, "which", options)
    context = {
        "rows": _waiver_lines(request, page.items),
        "table": lists.frame_of(request, _COLUMNS, page, chips=chips),
        "under": under,
    }
    return render(request, "desk/readiness/waivers.html", context)


def _waiver_lines(request: HttpRequest, waivers: list[Waiver]) -> list[dict[str, Any]]:
    places = selectors.units_at([one.path for one in waivers])
    names = names_of(request.viewer, {one.by for one in waivers} - {None})
    return [
        {
            "one": one,
            "name": _check_name(one.check_key),
            "place": places.get(one.path),
            "by": names[one.by].name if one.by in names else "–",
            "stands": one.ended_at is None and one.until_at > request.now,
            "may_end": request.viewer.may("readiness.waive", one.path),
        }
        for one in waivers
    ]


def _check_name(key: str) -> Any:
    check = checks().get(key)
    return check.name if check else key


def _waiver_row(one: Any) -> dict[str, Any]:
    return {
        "name": str(_check_name(one.check_key)),
        "about": one.subject,
        "place": one.path,
        "reason": one.reason,
        "at": one.at,
        "until": one.until_at,
        "ended": one.ended_at,
    }
