"""Rehearsals: start one, watch it, stop it, play it back, take it away as a file."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base import journal
from renwang.base.tables import Kind
from renwang.chain.selectors.naming import topmost_units
from renwang.response.exporting import Format, export_rehearsal
from renwang.response.finding import SORTS, list_rehearsals, played, rehearsal_of
from renwang.response.models import Rehearsal
from renwang.response.scenario import scenarios
from renwang.response.selectors import standing, story
from renwang.response.services import RehearsalRefused, start_rehearsal, stop_rehearsal
from renwang.web.desk import lists
from renwang.web.desk.forms.rehearsals import StartForm
from renwang.web.desk.live import answer_live
from renwang.web.desk.replaying import replay_page
from renwang.web.desk.watching import mark_drill
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sent_form

_COLUMNS = [
    tables.Column(gettext_lazy("Rehearsal")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Speed")),
    tables.Column(gettext_lazy("Started by")),
    tables.Column(gettext_lazy("Started"), sort="begun"),
]
_RUNNING = {"running": True, "ended": False}


def scenario_name(key: str) -> str:
    """Name a scenario in the language of the page; one that is gone is shown by its key."""
    found = scenarios().get(key)
    return found.name(get_language() or "zh-hans") if found else key


@require_GET
@may("alerts.see")
def show_rehearsals(request: HttpRequest) -> HttpResponse:
    """List the rehearsals at the viewer's places."""
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-begun")
    running = _RUNNING.get(request.GET.get("state", ""))
    text = lists.text_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_rehearsals(
            request.viewer, running=running, text=text, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export_list(request, fetch)
    page = lists.cut(request, fetch)
    for one in page.items:
        one.scenario_name = scenario_name(one.scenario)
    choices = [("running", _("Under way")), ("ended", _("Ended"))]
    chips = tables.chips_of(request, "state", choices)
    table = lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips)
    context = {
        "rehearsals": page.items,
        "table": table,
        "is_narrowed": bool(text or running is not None),
    }
    return render(request, "desk/rehearsals/list.html", context)


def _export_list(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("scenario_name", _("Scenario"), Kind.TEXT),
        ("unit_name", _("Place"), Kind.TEXT),
        ("begun_at", _("Started"), Kind.DATETIME),
        ("ended_at", _("Ended"), Kind.DATETIME),
        ("starter_name", _("Started by"), Kind.TEXT),
        ("seed", _("Seed"), Kind.INTEGER),
    ]

    def row_of(one: Rehearsal) -> dict[str, Any]:
        one.scenario_name = scenario_name(one.scenario)
        return {key: getattr(one, key) for key, _title, _kind in columns}

    return lists.export(request, "rehearsals", columns, fetch, row_of)


@require_http_methods(["GET", "POST"])
@may("rehearsals.run")
def start(request: HttpRequest) -> HttpResponse:
    """Start a rehearsal on the real software, with simulated people."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "rehearsals.run")), None)}
    form = StartForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "desk/rehearsals/start.html", {"form": form}, status=status)
    said = form.cleaned_data
    try:
        made = start_rehearsal(
            said["scenario"],
            said["unit"],
            by=request.viewer,
            now=request.now,
            speed=said["speed"],
            seed=said["seed"],
        )
    except RehearsalRefused as refusal:
        return refused(request, refusal, "desk:rehearsal_start")
    return done(request, _("The rehearsal begins now."), "desk:rehearsal", made.pk)


def _rehearsal(request: HttpRequest, key: UUID) -> Rehearsal:
    found = rehearsal_of(request.viewer, key)
    if found is None:
        raise Http404(key)
    mark_drill(request, found.pk)
    return found


def _page(request: HttpRequest, rehearsal: Rehearsal, current: str, **more: Any) -> dict[str, Any]:
    key = rehearsal.pk
    tabs = [
        {"label": _("Watch"), "url": reverse("desk:rehearsal", args=[key]), "icon": "eye", "current": current == "watch"},
        {"label": _("Play back"), "url": reverse("desk:rehearsal_replay", args=[key]), "icon": "play", "current": current == "replay"},
        {"label": _("How it went"), "url": reverse("desk:rehearsal_story", args=[key]), "icon": "chart", "current": current == "story"},
    ]  # fmt: skip
    return {
        "rehearsal": rehearsal,
        "scenario_name": scenario_name(rehearsal.scenario),
        "may_stop": rehearsal.ended_at is None
        and request.viewer.may("rehearsals.run", rehearsal.path),
        "tabs": tabs,
        "now": rehearsal.played_to,
        **more,
    }


def _state(rehearsal: Rehearsal) -> dict[str, Any]:
    whole = (rehearsal.ends_at - rehearsal.shows_at).total_seconds()
    gone = (rehearsal.played_to - rehearsal.shows_at).total_seconds()
    return {
        "played": played(rehearsal),
        "standing": standing(rehearsal),
        "minutes": round(gone / 60),
        "whole_minutes": round(whole / 60),
    }


@require_GET
@may("alerts.see")
def show_rehearsal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Watch a rehearsal: its messages, where it stands, and the board of each relay."""
    rehearsal = _rehearsal(request, key)
    context = _page(request, rehearsal, "watch", seq=journal.last_seq(), **_state(rehearsal))
    return render(request, "desk/rehearsals/watch.html", context)


@require_GET
@may("alerts.see")
def show_live(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer the watching page's question whether anything is new."""
    rehearsal = _rehearsal(request, key)
    return answer_live(
        request,
        lambda: render(
            request,
            "desk/rehearsals/_watch.html",
            _page(request, rehearsal, "watch", **_state(rehearsal)),
        ),
        seq=journal.last_seq(),
        tag=f"{rehearsal.played_to:%H%M%S}",
    )


@require_POST
@may("rehearsals.run")
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop a rehearsal before its end."""
    rehearsal = _rehearsal(request, key)
    try:
        stop_rehearsal(rehearsal, by=request.viewer, now=request.now)
    except RehearsalRefused as refusal:
        return refused(request, refusal, "desk:rehearsal", key)
    return done(request, _("The rehearsal was stopped."), "desk:rehearsal", key)


@require_GET
@may("alerts.see")
def show_replay(request: HttpRequest, key: UUID) -> HttpResponse:
    """Play a rehearsal back, from its facts."""
    rehearsal = _rehearsal(request, key)
    minute = request.GET.get("minute", "")
    page = replay_page(rehearsal, request.viewer, lists.whole_number(minute))
    return render(
        request, "desk/rehearsals/replay.html", _page(request, rehearsal, "replay", replay=page)
    )


@require_GET
@may("alerts.see")
def show_story(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how a rehearsal went, message by message: levels, curves, silent posts."""
    rehearsal = _rehearsal(request, key)
    told = story(rehearsal)
    chapters = [(chapter, _chart(chapter)) for chapter in told.chapters]
    return render(
        request, "desk/rehearsals/story.html", _page(request, rehearsal, "story", chapters=chapters)
    )


def _chart(chapter: Any) -> dict[str, Any]:
    """Draw the coverage of a message over time, in per cent."""
    base = chapter.started_at.timestamp() * 1000

    def points(name: str, whole: int) -> list[list[float]]:
        return [
            [
                base + point.after * 1000,
                round(100 * getattr(point, name) / whole, 1) if whole else 0,
            ]
            for point in chapter.curve
        ]

    return {
        "unit": "%",
        "step": True,
        "lines": [
            {"name": _("Posts that answered"), "points": points("answered", chapter.posts)},
            {"name": _("Posts that carried it on"), "points": points("carried", chapter.posts)},
            {"name": _("Households reached"), "points": points("households", chapter.households)},
        ],
    }


@require_GET
@may("alerts.see")
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a rehearsal as a file."""
    rehearsal = _rehearsal(request, key)
    form = Format.JSON if request.GET.get("format") == "json" else Format.XLSX
    types = {
        Format.JSON: "application/json",
        Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    data = export_rehearsal(rehearsal, form, get_language() or "zh-hans")
    name = f"{rehearsal.ref}.{form.value}"
    return HttpResponse(
        data,
        content_type=types[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
