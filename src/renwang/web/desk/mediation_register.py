"""Around mediations: sessions as a calendar, mediators and stations, figures without names."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.cases.mediation import services
from renwang.cases.mediation.ical import Event, calendar_file
from renwang.cases.mediation.models import Mediator, Session, Station
from renwang.cases.mediation.selectors import (
    figures,
    list_mediators,
    list_stations,
    mediator_of,
    own_sessions,
    sessions_between,
)
from renwang.chain.rules import Refusal
from renwang.web.desk import lists
from renwang.web.desk.forms import mediation as forms
from renwang.web.desk.mediations import mediation_tabs
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of, signed_in

SPANS = {"week": timedelta(days=7), "month": timedelta(days=31)}
AHEAD = timedelta(days=180)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _day_asked(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        today = timezone.localdate(request.now)
        return today - timedelta(days=today.weekday())


@require_GET
@signed_in
def show_calendar(request: HttpRequest) -> HttpResponse:
    """Show the sessions of a week or a month, day by day."""
    name = request.GET.get("span", "week")
    span = SPANS.get(name, SPANS["week"])
    first = _day_asked(request)
    found = sessions_between(request.viewer, _midnight(first), _midnight(first + span))
    days: dict[date, list[Session]] = {}
    for one in found:
        days.setdefault(timezone.localdate(one.start_at), []).append(one)
    context = {
        "days": sorted(days.items()),
        "first": first,
        "last": first + span - timedelta(days=1),
        "span": name if name in SPANS else "week",
        "before": first - span,
        "after": first + span,
        "tabs": mediation_tabs("calendar"),
    }
    return render(request, "desk/mediations/calendar.html", context)


@require_GET
@signed_in
def give_calendar(request: HttpRequest) -> HttpResponse:
    """Give one's own sessions to come as a calendar file; it names nobody."""
    rows = own_sessions(request.viewer, request.now - timedelta(days=1), request.now + AHEAD)
    events = [
        Event(
            f"{one.pk}@renwang",
            one.start_at,
            one.end_at,
            f"{_('Mediation')} {one.mediation.ref}",
            f"{one.station.name} {one.station.place}".strip() if one.station else "",
        )
        for one in rows
    ]
    data = calendar_file(events, name=_("Mediation"), now=request.now)
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sessions.ics"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@may("mediations.see")
def show_figures(request: HttpRequest) -> HttpResponse:
    """Show how many were asked for in a year and how they ended, without a name and without small figures."""
    today = timezone.localdate(request.now)
    year = lists.whole_number(request.GET.get("year", "")) or today.year
    year = min(max(year, 2000), today.year)
    start, end = _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))
    context = {
        "found": figures(request.viewer, start, end),
        "year": year,
        "is_this_year": year == today.year,
        "tabs": mediation_tabs("figures"),
    }
    return render(request, "desk/mediations/figures.html", context)


# --- the register ---------------------------------------------------------------


@require_GET
@may("mediations.see")
def show_register(request: HttpRequest) -> HttpResponse:
    """List mediators, masters with their apprentices behind them, and stations."""
    context = {
        "mediators": list_mediators(request.viewer),
        "stations": list_stations(request.viewer),
        "tabs": mediation_tabs("register"),
    }
    return render(request, "desk/mediations/register.html", context)


def _masters(request: HttpRequest, but: Mediator | None = None) -> list[Mediator]:
    rows = [one.mediator for one in list_mediators(request.viewer)]
    return [one for one in rows if one.master_id is None and (but is None or one.pk != but.pk)]


def _practice(request: HttpRequest, one: Mediator | None = None) -> forms.PracticeForm:
    initial = {}
    if one is not None:
        stations = [str(station.pk) for station in one.stations.all()]
        master = str(one.master_id or "")
        initial = {"skills": one.skills, "stations": stations, "master": master}
    return forms.PracticeForm(
        sent_form(request),
        initial=initial,
        stations=list_stations(request.viewer, open_only=True),
        masters=_masters(request, one),
    )


def _form_page(request: HttpRequest, title: str, *shown: Any) -> HttpResponse:
    context = {"title": title, "shown": shown}
    wrong = any(form.errors for form in shown)
    return render(request, "desk/mediations/entry.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
@may("mediations.keep")
def add_mediator(request: HttpRequest) -> HttpResponse:
    """Enter somebody in the register."""
    entry = forms.MediatorEntryForm(request.viewer, sent_form(request))
    practice = _practice(request)
    if request.method == "POST" and entry.is_valid() and practice.is_valid():
        said = entry.cleaned_data
        try:
            services.enter_mediator(
                said["person"],
                said["unit"],
                practice.practice(),
                by=request.viewer,
                now=request.now,
            )
        except Refusal as refusal:
            entry.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Entered in the register."), "desk:mediators")
    return _form_page(request, _("Enter a mediator"), entry, practice)


def _mediator(request: HttpRequest, key: UUID) -> Mediator:
    one = mediator_of(request.viewer, key)
    if one is None:
        raise Http404(str(key))
    return one


@require_http_methods(["GET", "POST"])
@may("mediations.keep")
def change_mediator(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what somebody mediates, where he sits, beside whom he learns."""
    one = _mediator(request, key)
    practice = _practice(request, one)
    if request.method == "POST" and practice.is_valid():
        try:
            services.change_mediator(one, practice.practice(), by=request.viewer, now=request.now)
        except Refusal as refusal:
            practice.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The entry is changed."), "desk:mediators")
    return _form_page(request, one.person.name, practice)


@require_POST
@may("mediations.keep")
def end_mediator(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take somebody out of the register."""
    one = _mediator(request, key)
    try:
        services.end_mediator(one, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:mediators")
    return done(request, _("No longer in the register."), "desk:mediators")


@require_http_methods(["GET", "POST"])
@may("mediations.keep")
def keep_station(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """Enter a station, or change one."""
    station = _station(request, key) if key else None
    initial = {}
    if station is not None:
        initial = {name: getattr(station, name) for name in ("name", "unit", "place", "hours")}
        initial["closed"] = station.ended_on is not None
    form = forms.StationForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            unit = form.cleaned_data["unit"]
            services.keep_station(
                form.room(), unit, by=request.viewer, now=request.now, station=station
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The station is kept."), reverse("desk:mediators"))
    return _form_page(request, station.name if station else _("Enter a station"), form)


def _station(request: HttpRequest, key: UUID) -> Station:
    for one in list_stations(request.viewer):
        if one.pk == key:
            return one
    raise Http404(str(key))
