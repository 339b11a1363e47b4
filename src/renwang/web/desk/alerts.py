"""Warnings: the list, bringing one in, one with its thread, and the decision to relay it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.alerts import cap
from renwang.alerts.finding import SORTS, alert_of, carried_of, count_states, list_alerts
from renwang.alerts.models import Alert
from renwang.alerts.plain_text import read_words
from renwang.alerts.rules import AlertRefused, Source
from renwang.alerts.services import choose_units, dismiss_alert, relay_alert
from renwang.alerts.terms import colour_terms
from renwang.base.tables import Kind
from renwang.outreach.rules import NoticeOvertaken
from renwang.outreach.services import NobodyThere
from renwang.response.finding import clock_of
from renwang.web.desk import lists, maps
from renwang.web.desk.alert_pages import AlertPage, RelayPlan
from renwang.web.desk.bringing_in import Outcome, look_once, take_in, take_in_list
from renwang.web.desk.entering import show_read
from renwang.web.desk.forms.alerts import (
    ChooseForm,
    DismissForm,
    FilterForm,
    ReceiveForm,
    RelayForm,
)
from renwang.web.desk.templatetags.desk import ALERT_STATES, SOURCES
from renwang.web.desk.watching import mark_drill
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import SeeOther, done, may, refused, sent_form
from renwang.web.frame.tags.signs import COLOUR_WORDS, known_colour

_COLUMNS = [
    tables.Column(gettext_lazy("Warning"), sort="event"),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Issuer"), sort="issuer"),
    tables.Column(gettext_lazy("Area")),
    tables.Column(gettext_lazy("Coverage")),
    tables.Column(gettext_lazy("Arrived"), sort="received"),
]


@require_GET
@may("alerts.see")
def show_alerts(request: HttpRequest) -> HttpResponse:
    """List the warnings at the viewer's places."""
    form = FilterForm(request.GET)
    wanted = form.wanted()
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-received")

    def fetch(cursor: str, size: int) -> Any:
        return list_alerts(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    counts = count_states(request.viewer, wanted)
    chips = tables.chips_of(request, "state", ALERT_STATES.items(), counts=counts)
    relays = carried_of([alert.pk for alert in page.items])
    context = {
        "form": form,
        "rows": [(alert, relays.get(alert.pk, [])) for alert in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in form.fields),
    }
    return render(request, "desk/alerts/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("headline", _("Warning"), Kind.TEXT),
        ("colour", _("Colour"), Kind.TEXT),
        ("state", _("State"), Kind.TEXT),
        ("sender_name", _("Issuer"), Kind.TEXT),
        ("area_words", _("Area"), Kind.TEXT),
        ("sent", _("Sent"), Kind.DATETIME),
        ("expires_at", _("Ends"), Kind.DATETIME),
        ("received_at", _("Arrived"), Kind.DATETIME),
        ("source", _("Came by"), Kind.TEXT),
        ("identifier", _("Identifier"), Kind.CODE),
    ]

    def row_of(alert: Alert) -> dict[str, Any]:
        row = {key: getattr(alert, key) for key, _title, _kind in columns}
        row["headline"] = str(alert)
        row["colour"] = str(COLOUR_WORDS[known_colour(alert.colour)])
        row["state"] = str(ALERT_STATES[alert.state])
        row["source"] = str(SOURCES.get(alert.source, alert.source))
        return row

    return lists.export(request, "warnings", columns, fetch, row_of)


@takes(cap.FEED_LIMIT)
@require_http_methods(["GET", "POST"])
@may("alerts.receive")
def receive(request: HttpRequest) -> HttpResponse:
    """Bring a warning in, by hand."""
    form = ReceiveForm(sent_form(request), request.FILES if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _show_receive(request, form)
    if (words := read_words(form.cleaned_data["text"])) is not None:
        return show_read(request, words)
    outcomes = _bring_in(request, form)
    if len(outcomes) == 1 and outcomes[0].reply is not None:
        return done(request, _("The answer of the other node was taken in."), "desk:replies")
    if len(outcomes) != 1 or outcomes[0].alert is None:
        return _show_receive(request, form, outcomes)
    only = outcomes[0]
    if not only.is_new:
        messages.info(request, _("This warning was here already. Nothing was doubled."))
        return SeeOther(reverse("desk:alert", args=[only.alert.pk]))
    return done(request, _("The warning was taken in."), "desk:alert", only.alert.pk)


def _bring_in(request: HttpRequest, form: ReceiveForm) -> list[Outcome]:
    said, who = form.cleaned_data, {"by": request.viewer, "now": request.now}
    if said["file"]:
        return take_in([said["file"].read()], Source.FILE, **who)
    if said["text"]:
        return take_in([said["text"].encode()], Source.PASTE, **who)
    found = look_once(said["url"], now=request.now)
    if isinstance(found, Outcome):
        return [found]
    if found and found[0].listed is not None:
        return take_in_list(found[0].listed, urlsplit(said["url"]).hostname or "", **who)
    return take_in([one.data for one in found], Source.FEED, **who)


def _show_receive(
    request: HttpRequest, form: ReceiveForm, outcomes: list[Outcome] | None = None
) -> HttpResponse:
    taken = any(one.alert or one.reply for one in outcomes or ())
    wrong = form.is_bound and not taken and (bool(form.errors) or outcomes is not None)
    context = {"form": form, "outcomes": outcomes or [], "nothing": outcomes == []}
    return render(request, "desk/alerts/receive.html", context, status=422 if wrong else 200)


def _alert(request: HttpRequest, alert_id: UUID) -> Alert:
    alert = alert_of(request.viewer, alert_id)
    if alert is None:
        raise Http404(alert_id)
    mark_drill(request, alert.drill)
    return alert


@require_GET
@may("alerts.see")
def show_alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Show a warning exactly as it was signed, where it applies, and what became of it."""
    return _show_alert(request, _alert(request, alert_id), ChooseForm(request.viewer))


def _show_alert(
    request: HttpRequest, alert: Alert, choosing: ChooseForm, status: int = 200
) -> HttpResponse:
    page = AlertPage(request.viewer, alert, request.now)
    units = reverse("desk:alert_units", args=[alert.pk])
    context = {
        "page": page,
        "alert": alert,
        "map": maps.island_of(units, maps.area_states(), top=page.top),
        "dismissing": DismissForm(),
        "choosing": choosing,
        "now": clock_of(alert.drill, request.now),
    }
    return render(request, "desk/alerts/alert.html", context, status=status)


@require_GET
@may("alerts.see")
def show_units(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Give the map the area of a warning, and the units that lie in it."""
    page = AlertPage(request.viewer, _alert(request, alert_id), request.now)
    areas = [(area.words, area.geometry) for area in page.areas]
    return maps.as_features(maps.area_units(page.top, page.places, areas))


@require_GET
@may("alerts.see")
def give_original(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Give the very bytes that were received, whose signature can be checked again."""
    alert = _alert(request, alert_id)
    return HttpResponse(
        bytes(alert.original),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{alert.ref}.xml"'},
    )


@require_POST
@may("alerts.relay")
def dismiss(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Put a warning aside as not for us, with the reason."""
    alert = _alert(request, alert_id)
    form = DismissForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the warning is not for this place."))
        return SeeOther(reverse("desk:alert", args=[alert_id]))
    reason = form.cleaned_data["reason"]
    try:
        dismiss_alert(alert.pk, by=request.viewer, now=request.now, reason=reason)
    except AlertRefused as refusal:
        return refused(request, refusal, "desk:alert", alert_id)
    return done(request, _("The warning was put aside."), "desk:alert", alert_id)


@require_POST
@may("alerts.relay")
def choose(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Say by hand in which unit a warning applies that this node cannot place."""
    alert = _alert(request, alert_id)
    form = ChooseForm(request.viewer, request.POST)
    if not form.is_valid():
        return _show_alert(request, alert, form, status=422)
    unit = form.cleaned_data["unit"]
    choose_units(alert.pk, [unit], by=request.viewer, now=request.now)
    return done(
        request, _("The warning applies in {unit} now.").format(unit=unit), "desk:alert", alert_id
    )


@require_http_methods(["GET", "POST"])
@may("alerts.relay")
def relay(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Decide about a warning: from which unit it is carried down, and whom that reaches."""
    plan = RelayPlan(AlertPage(request.viewer, _alert(request, alert_id), request.now))
    terms = colour_terms()
    standard = terms.get(plan.alert.colour, terms[""])
    data = sent_form(request)
    form = RelayForm(plan.units, plan.page.languages, standard, data, initial=_wished(request))
    if data is None or not form.is_valid():
        context = {"plan": plan, "page": plan.page, "alert": plan.alert, "form": form}
        return render(
            request, "desk/alerts/relay.html", context, status=422 if form.errors else 200
        )
    try:
        made = relay_alert(
            plan.alert.pk,
            form.chosen_unit(),
            by=request.viewer,
            now=clock_of(plan.alert.drill, request.now),
            note=form.cleaned_data["note"],
            language=form.cleaned_data.get("language") or "zh",
            terms=form.chosen_terms(standard),
        )
    except (AlertRefused, NobodyThere, NoticeOvertaken) as refusal:
        return refused(request, refusal, "desk:alert", alert_id)
    return done(request, _("The warning is on its way."), "desk:relay_board", made.pk)


def _wished(request: HttpRequest) -> dict[str, str]:
    return {"unit": request.GET["unit"]} if "unit" in request.GET else {}
