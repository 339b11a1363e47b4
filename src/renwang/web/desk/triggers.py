"""Triggers: rules over readings that propose a level; written, tried over the past, switched on and off (W1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.chain.selectors.naming import topmost_units
from renwang.signals import services
from renwang.signals.expression_rules import FUNCTIONS, ExpressionRefused
from renwang.signals.rules import SignalRefused
from renwang.signals.saying import say_span
from renwang.signals.selectors import TriggerPage, list_triggers, trigger_page, try_past
from renwang.signals.selectors.sensing import series_visible_to
from renwang.signals.shipping import add_shipped, shipped
from renwang.signals.trial_rules import DividedByZero, Trial
from renwang.web.desk import lists
from renwang.web.desk.forms.sensors import ChangeTriggerForm, SpanForm, TriggerForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Trigger")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Watches"), number=True),
]
_HOURS = 31 * 24


@require_GET
@may("signals.see")
def show_triggers(request: HttpRequest) -> HttpResponse:
    """List the triggers."""
    under = lists.unit_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_triggers(request.viewer, under=under, cursor=cursor, size=size)

    page = lists.cut(request, fetch)
    context = {
        "triggers": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, exports=[]),
        "may_edit": request.viewer.may("sensors.edit"),
        "shipped": [(key, _name_of(one)) for key, one in shipped().items()],
        "places": topmost_units(request.viewer, "sensors.edit"),
    }
    return render(request, "desk/triggers/list.html", context)


def _name_of(one: dict[str, Any]) -> str:
    return one["name"].get(get_language() or "zh-hans", one["name"]["en"])


@require_POST
@may("sensors.edit")
def copy(request: HttpRequest) -> HttpResponse:
    """Write a copy of a trigger that comes along, switched off, for a place of one's own."""
    places = topmost_units(request.viewer, "sensors.edit")
    unit = next((one for one in places if one.ref == request.POST.get("unit")), None)
    if unit is None:
        raise Http404(request.POST.get("unit", ""))
    try:
        made = add_shipped(request.POST.get("key", ""), unit, by=request.viewer, now=request.now)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:triggers")
    sentence = _("Try it over past readings before you switch it on.")
    return done(request, sentence, "desk:trigger", made.ref)


def _page(request: HttpRequest, ref: str, *, edit: bool = False) -> TriggerPage:
    page = trigger_page(request.viewer, ref)
    if page is None or (edit and not request.viewer.may("sensors.edit", page.trigger.path)):
        raise Http404(ref)
    return page


@require_GET
@may("signals.see")
def show_trigger(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what a trigger says, what it watches, what it proposed, and what it would have proposed."""
    page = _page(request, ref)
    begin, end = SpanForm(request.GET).span(request.now, _HOURS)
    tried = request.GET.get("watch", "")
    watch = next((one for one in page.watches if str(one.pk) == tried), None)
    trials, trouble = _try(request, watch, begin, end)
    context = {
        "page": page,
        "trigger": page.trigger,
        "levels": [
            (
                rule,
                say_span(rule.hold_for.total_seconds()),
                say_span(rule.clear_for.total_seconds()),
            )
            for rule in page.definition.levels
        ],
        "watch": watch,
        "trials": trials,
        "trouble": trouble,
        "span": SpanForm(initial={"begin": begin, "end": end}),
        "may_edit": request.viewer.may("sensors.edit", page.trigger.path),
    }
    return render(request, "desk/triggers/trigger.html", context)


def _try(
    request: HttpRequest, watch: Any, begin: datetime, end: datetime
) -> tuple[list[Trial], str]:
    """Say what a trigger would have proposed over a watch, or why that cannot be said."""
    if watch is None:
        return [], ""
    try:
        return try_past(request.viewer, watch, begin, end), ""
    except (ExpressionRefused, DividedByZero) as refusal:
        return [], sentence_of(refusal)


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def add(request: HttpRequest) -> HttpResponse:
    """Write a trigger; it stands switched off until somebody has tried it."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "sensors.edit")), None)}
    form = TriggerForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.add_trigger(
                said["name"],
                said["hazard"],
                form.levels(),
                said["unit"],
                by=request.viewer,
                now=request.now,
                each=said["each"],
                source=said["source"],
                note=said["note"],
            )
        except (SignalRefused, ExpressionRefused) as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Try it over past readings before you switch it on.")
            return done(request, sentence, "desk:trigger", made.ref)
    return _show_form(request, form, _("Write a trigger"), None)


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Let a trigger say something else from now on."""
    trigger = _page(request, ref, edit=True).trigger
    initial = TriggerForm.initial_of(trigger.version.definition)
    initial["source"] = trigger.version.source
    form = ChangeTriggerForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.change_trigger(
                trigger.pk,
                form.levels(),
                by=request.viewer,
                now=request.now,
                source=said["source"],
                note=said["note"],
            )
        except (SignalRefused, ExpressionRefused) as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The new version holds from now on."), "desk:trigger", ref)
    return _show_form(request, form, trigger.name, trigger)


def _show_form(request: HttpRequest, form: TriggerForm, title: str, trigger: Any) -> HttpResponse:
    context = {"form": form, "title": title, "trigger": trigger, "functions": list(FUNCTIONS)}
    status = 422 if form.errors else 200
    return render(request, "desk/triggers/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@may("sensors.edit")
def watch(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose the series that a trigger watches, each under the name its conditions use."""
    page = _page(request, ref, edit=True)
    names = sorted(page.definition.aliases)
    choices = list(series_visible_to(request.viewer).filter(sensor__is_active=True)[:500])
    if request.method == "POST":
        known = {one.key: one.pk for one in choices}
        chosen = {
            name: known[key]
            for name in names
            if (key := request.POST.get(f"series-{name}")) in known
        }
        try:
            services.watch_series(
                page.trigger.pk,
                chosen,
                by=request.viewer,
                now=request.now,
                label=request.POST.get("label", "").strip()[:120],
            )
        except SignalRefused as refusal:
            return refused(request, refusal, "desk:trigger_watch", ref)
        return done(request, _("It is watched from now on."), "desk:trigger", ref)
    context = {"page": page, "trigger": page.trigger, "names": names, "choices": choices}
    return render(request, "desk/triggers/watch.html", context)


@require_POST
@may("sensors.edit")
def stop_watching(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Let a trigger no longer watch one set of series."""
    page = _page(request, ref, edit=True)
    if key not in {one.pk for one in page.watches}:
        raise Http404(key)
    services.stop_watching(key, by=request.viewer, now=request.now)
    return done(request, _("It is no longer watched."), "desk:trigger", ref)


@require_POST
@may("sensors.edit")
def switch(request: HttpRequest, ref: str) -> HttpResponse:
    """Switch a trigger on or off."""
    trigger = _page(request, ref, edit=True).trigger
    try:
        services.switch_trigger(trigger.pk, not trigger.is_on, by=request.viewer, now=request.now)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:trigger", ref)
    sentence = _("It is switched off.") if trigger.is_on else _("It watches from now on.")
    return done(request, sentence, "desk:trigger", ref)
