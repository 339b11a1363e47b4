"""Linked systems: other systems that speak Open311, what is exchanged with them, and how that goes."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind as Cell
from renwang.cases import config
from renwang.cases.linked import selectors, services
from renwang.cases.linked.models import System
from renwang.cases.linked.words import SENDINGS, detail_of, say_trouble
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.web.desk import lists
from renwang.web.desk.forms.linked import ChangeSystemForm, MapForm, SystemForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Linked system"), sort="label"),
    tables.Column(gettext_lazy("For")),
    tables.Column(gettext_lazy("Exchanged")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Worked")),
]


@require_GET
@may("node.operate")
def show_systems(request: HttpRequest) -> HttpResponse:
    """List the systems that the viewer operates."""
    sort = lists.sort_asked(request, _COLUMNS, selectors.SORTS, "label")
    wanted = {"text": lists.text_asked(request), "state": request.GET.get("state", "")}

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_systems(request.viewer, **wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    choices = [("trouble", _("In trouble")), ("paused", _("Paused"))]
    chips = tables.chips_of(request, "state", choices)
    context = {
        "systems": [(one, say_trouble(one.trouble)) for one in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(wanted.values()),
    }
    return render(request, "desk/linked/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("label", _("Linked system"), Cell.TEXT),
        ("url", _("Address"), Cell.TEXT),
        ("unit", _("For"), Cell.TEXT),
        ("pulls", _("Comes in here"), Cell.BOOLEAN),
        ("pushes", _("Is sent there"), Cell.BOOLEAN),
        ("is_active", _("In use"), Cell.BOOLEAN),
        ("worked_at", _("Worked"), Cell.DATETIME),
        ("failures", _("Failures in a row"), Cell.INTEGER),
        ("trouble", _("Trouble"), Cell.TEXT),
    ]

    def row_of(one: System) -> dict[str, Any]:
        row = {key: getattr(one, key) for key, _title, _kind in columns}
        return row | {"unit": one.unit.name, "trouble": say_trouble(one.trouble)}

    return lists.export(request, "linked", columns, fetch, row_of)


def _system(request: HttpRequest, key: UUID) -> System:
    system = selectors.system_of(request.viewer, key)
    if system is None:
        raise Http404(key)
    return system


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Linked systems"), reverse("desk:linked")), (title, "")]


_LEAD = gettext_lazy(
    "It is asked at once what it offers. Nothing is exchanged before you have said which of its services is which of our kinds."
)


@require_http_methods(["GET", "POST"])
@may("node.operate")
def add(request: HttpRequest) -> HttpResponse:
    """Link another system."""
    unit = next(iter(topmost_units(request.viewer, "node.operate")), None)
    form = SystemForm(request.viewer, sent_form(request), initial={"unit": unit, "form": "xml"})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_system(**form.cleaned_data, by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("It is being asked what it offers. Look again in a moment.")
            return done(request, sentence, "desk:linked_system", made.pk)
    title = _("Link a system")
    return lists.show_form(request, form, title, str(_LEAD), _crumbs(title), _("Link it"))


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change how a system is reached."""
    system = _system(request, key)
    initial = {
        name: getattr(system, name) for name in ("label", "url", "jurisdiction", "form", "every")
    }
    form = ChangeSystemForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_system(
                system.pk, **form.cleaned_data, by=request.viewer, now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Changed. It is being asked anew what it offers.")
            return done(request, sentence, "desk:linked_system", system.pk)
    return lists.show_form(
        request, form, system.label, str(_LEAD), _crumbs(system.label), _("Save")
    )


@require_GET
@may("node.operate")
def show_system(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a system offers, what is exchanged with it, and how that goes."""
    system = _system(request, key)
    return _show(request, system, MapForm(system, config.kinds()))


def _show(request: HttpRequest, system: System, form: MapForm) -> HttpResponse:
    sums = selectors.sums_of(system)
    visits = selectors.last_visits(system)
    kept = selectors.last_counterparts(request.viewer, system)
    context = {
        "system": system,
        "form": form,
        "trouble": say_trouble(system.trouble),
        "detail": detail_of(system.trouble),
        "sums": [(SENDINGS[one], number) for one, number in sums.items()],
        "untold": selectors.count_untold(system),
        "visits": [(one, say_trouble(one.trouble)) for one in visits],
        "counterparts": [(one, SENDINGS[one.sending], say_trouble(one.trouble)) for one in kept],
    }
    status = 422 if form.errors else 200
    return render(request, "desk/linked/system.html", context, status=status)


@require_POST
@may("node.operate")
def map_services(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say which of its services is which of our kinds, and what is exchanged."""
    system = _system(request, key)
    form = MapForm(system, config.kinds(), request.POST)
    if not form.is_valid():
        return _show(request, system, form)
    said = {name: form.cleaned_data[name] for name in ("pulls", "pushes", "answers")}
    try:
        services.map_services(system.pk, form.pairs(), **said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), "desk:linked_system", system.pk)
    return done(request, _("Kept. It holds from now on."), "desk:linked_system", system.pk)


@require_POST
@may("node.operate")
def visit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Visit a system within a moment; with `services`, ask anew what it offers."""
    system = _system(request, key)
    asks = request.POST.get("services") == "yes"
    services.visit_soon(system.pk, by=request.viewer, now=request.now, services=asks)
    sentence = _("It is being visited. Look again in a moment.")
    return done(request, sentence, "desk:linked_system", system.pk)


@require_POST
@may("node.operate")
def pause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop the exchange, or let it go on."""
    system = _system(request, key)
    if system.is_active:
        services.pause_system(system.pk, by=request.viewer, now=request.now)
        sentence = _("Nothing is exchanged with it until you let it go on.")
    else:
        services.resume_system(system.pk, by=request.viewer, now=request.now)
        sentence = _("It goes on where it stood.")
    return done(request, sentence, "desk:linked_system", system.pk)
