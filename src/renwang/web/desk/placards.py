"""Placards: which hang where, printed for a place, a building or a facility, taken out of use."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.addresses import absolute
from renwang.base.jobs import find_job
from renwang.base.tables import Kind
from renwang.bulletins.selectors import guide_of
from renwang.cases.models import Placard
from renwang.cases.placard_jobs import JOB, ask_for_placards, printed
from renwang.cases.placard_paper import Printing, draw_placards, name_of
from renwang.cases.placard_rules import AddressMissing, PlacardRefused
from renwang.cases.placards import SORTS, list_placards, placard_of
from renwang.cases.services import make_placards, retire_placard
from renwang.cases.services.placarding import Spot, spots_at, spots_of_building
from renwang.chain import selectors
from renwang.chain.models import Building
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.selectors.listing import facility_of
from renwang.web.desk import lists
from renwang.web.desk.cases import case_tabs
from renwang.web.desk.forms.placards import BuildingForm, PaperForm, PlaceForm, RetireForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of, signed_in

AT_ONCE = 40
"""Placards that are drawn while one waits; more of them are a job."""


def _exported(one: Placard) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": name_of(one),
        "place": one.place,
        "printed_at": one.printed_at,
        "retired_at": one.retired_at,
        "reason": one.retired_reason,
    }


PLACARDS = lists.Listing(
    name="placards",
    find=list_placards,
    sorts=SORTS,
    default="place",
    columns=[
        tables.Column(gettext_lazy("Hangs at"), sort="place"),
        tables.Column(gettext_lazy("Code on it")),
        tables.Column(gettext_lazy("Printed"), sort="printed"),
        tables.Column(gettext_lazy("Deeds"), hidden_label=True),
    ],
    exported=[
        ("code", gettext_lazy("Code on it"), Kind.CODE),
        ("name", gettext_lazy("Hangs at"), Kind.TEXT),
        ("place", gettext_lazy("Place"), Kind.TEXT),
        ("printed_at", gettext_lazy("Printed"), Kind.DATETIME),
        ("retired_at", gettext_lazy("Out of use since"), Kind.DATETIME),
        ("reason", gettext_lazy("Reason"), Kind.TEXT),
    ],
    row_of=_exported,
)


@require_GET
@may("cases.see")
def show_placards(request: HttpRequest) -> HttpResponse:
    """List the placards of the places in reach."""
    wanted = lists.wanted_of(request, PLACARDS)
    top = wanted["under"] or next(iter(topmost_units(request.viewer, "cases.handle")), None)
    tabs = case_tabs(request, "placards")
    may_print = request.viewer.may("cases.handle")
    return lists.show_list(request, PLACARDS, wanted, tabs=tabs, top=top, may_print=may_print)


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def print_placards(request: HttpRequest) -> HttpResponse:
    """Print the placards of a place: at once where they are few, else as a job."""
    unit = lists.unit_at(request, request.GET.get("unit", ""))
    form = PlaceForm(sent_form(request), initial={"scopes": ["place", "below", "buildings"]})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            printing = _printing(request, said, unit.path)
            spots = spots_at(unit, said["scopes"])
            if len(spots) <= AT_ONCE:
                return _drawn(request, spots, printing)
            ask = {"by": request.viewer, "now": request.now}
            job = ask_for_placards(unit, said["scopes"], printing, **ask)
            return done(request, _("The placards are being printed."), "desk:job", job.pk)
        except (PlacardRefused, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    return _show(request, form, unit.name, reverse("desk:unit", args=[unit.ref]))


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def print_of_building(request: HttpRequest, key: UUID) -> HttpResponse:
    """Print the placards of a building and its entrances."""
    building = _building(request, key)
    form = BuildingForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        try:
            printing = _printing(request, form.cleaned_data, building.path)
            spots = spots_of_building(building, entrances=form.cleaned_data["entrances"])
            return _drawn(request, spots, printing)
        except (PlacardRefused, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    return _show(request, form, building.name, reverse("desk:building", args=[key]))


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def print_of_facility(request: HttpRequest, ref: str) -> HttpResponse:
    """Print the placard of a facility."""
    facility = _facility(request, ref)
    form = PaperForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        try:
            printing = _printing(request, form.cleaned_data, facility.path)
            return _drawn(request, [Spot(facility.unit, facility=facility)], printing)
        except (PlacardRefused, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    return _show(request, form, facility.name, reverse("desk:facility", args=[ref]))


def _building(request: HttpRequest, key: UUID) -> Building:
    found = selectors.buildings_visible_to(request.viewer).select_related("unit")
    building = found.filter(pk=key).first()
    if building is None:
        raise Http404(key)
    return building


def _facility(request: HttpRequest, ref: str) -> Facility:
    facility = facility_of(request.viewer, ref)
    if facility is None:
        raise Http404(ref)
    return facility


def _printing(request: HttpRequest, said: Any, path: str) -> Printing:
    """Say what stands on every placard. Refuses with `AddressMissing`: a code must lead somewhere for years."""
    where = reverse("public:report_here", args=["X"]).removesuffix("X/")
    root = absolute(where) or (request.build_absolute_uri(where) if settings.DEMO else "")
    if not root:
        raise AddressMissing
    guide = guide_of(path)
    return Printing(said["size"], said["languages"], root, guide.telephone, guide.office)


def _drawn(request: HttpRequest, spots: Sequence[Spot], printing: Printing) -> HttpResponse:
    made = make_placards(spots, by=request.viewer, now=request.now)
    name = made[0].code if len(made) == 1 else f"placards-{len(made)}"
    return _as_pdf(draw_placards(made, printing), name)


def _as_pdf(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _show(request: HttpRequest, form: Any, name: str, back: str) -> HttpResponse:
    title = _("Print placards")
    lead = _(
        "Whoever scans one reports something, and the place is filled in. Printed again it has the same code."
    )
    crumbs = [(_("Placards"), reverse("desk:placards")), (name, back), (title, "")]
    return lists.show_form(request, form, title, lead, crumbs, _("Make the PDF"))


@require_GET
@signed_in
def give_printed(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give what a job has printed to whoever asked for it."""
    job = find_job(key)
    mine = job is not None and job.kind == JOB and job.asked_by == request.viewer.id
    data = printed(key) if mine else None
    if data is None:
        raise Http404(key)
    return _as_pdf(data, "placards")


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take a placard out of use, and say why."""
    placard = placard_of(request.viewer, code)
    if placard is None:
        raise Http404(code)
    form = RetireForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            retire_placard(placard.pk, reason, by=request.viewer, now=request.now)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Whoever still scans it is led to the place."), "desk:placards")
    title = _("Take it out of use")
    crumbs = [(_("Placards"), reverse("desk:placards")), (placard.code, ""), (title, "")]
    lead = _(
        "For one that was lost, torn down, or hangs where it should not. A new one gets a new code."
    )
    return lists.show_form(request, form, title, lead, crumbs, title)
