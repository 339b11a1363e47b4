"""The list of facilities: all of them, one with its story, and the sheet that is hung up or taken along (L5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from renwang.base.pure.loading import on_first_use
from renwang.chain.selectors.naming import names_of
from renwang.registers.facilities.imports import headings, row_of
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import STATES as STATE_WORDS
from renwang.registers.facilities.naming import figures_of
from renwang.registers.facilities.photos import bytes_of
from renwang.registers.facilities.rules import MOVES, Act, State
from renwang.registers.facilities.selectors.listing import (
    BROKEN,
    DUE,
    FINDINGS,
    NO_POST,
    OPENED,
    SORTS,
    FacilityPage,
    Wanted,
    count_states,
    facility_page,
    list_facilities,
    overdue_for,
    photo_of,
    posts_for,
)
from renwang.web.desk import lists
from renwang.web.desk.forms.facilities import (
    STATES,
    AssignForm,
    DefectForm,
    FilterForm,
    StateForm,
)
from renwang.web.desk.forms.risks import PhotoForm
from renwang.web.frame import tables
from renwang.web.frame.addresses import address_here
from renwang.web.frame.gates import may, signed_in

if TYPE_CHECKING:
    import segno
else:
    segno = on_first_use("segno")


_COLUMNS = [
    tables.Column(gettext_lazy("Facility"), sort="name"),
    tables.Column(gettext_lazy("Kind of facility"), sort="kind"),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("People that fit"), number=True),
    tables.Column(gettext_lazy("Responsible post")),
    tables.Column(gettext_lazy("Next inspection"), sort="due"),
]
_FINDINGS = [
    (DUE, gettext_lazy("Inspection overdue")),
    (BROKEN, gettext_lazy("With defects")),
    (OPENED, gettext_lazy("Open for people")),
    (NO_POST, gettext_lazy("Without a responsible post")),
]


def count_waiting(request: HttpRequest) -> Any:
    """Give the facilities that the viewer inspects and that are overdue for it."""
    if not request.viewer.may("facilities.report"):
        return None
    return overdue_for(request.viewer, _today(request))


def _today(request: HttpRequest) -> Any:
    return timezone.localdate(request.now, timezone.get_default_timezone())


def facility_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Lead from one way of looking at facilities to the others, at the same place."""
    under = request.GET.get("under", "")
    asked = f"?{urlencode({'under': under})}" if under else ""
    views = [
        ("list", _("List"), "desk:facilities", "rows"),
        ("map", _("Map"), "desk:facility_map", "map"),
        ("coverage", _("Within walking distance"), "desk:facility_coverage", "people"),
        ("centres", _("Service centres"), "desk:facility_centres", "building"),
        ("stock", _("Stock"), "desk:facility_stock", "list"),
        ("findings", _("What is wrong"), "desk:facility_findings", "warning"),
        ("figures", _("Figures"), "desk:facility_figures", "chart"),
    ]
    return [
        {"label": label, "url": reverse(name) + asked, "current": key == current, "icon": icon}
        for key, label, name, icon in views
    ]


def wanted_of(request: HttpRequest) -> Wanted:
    """Read what the list is asked for; without a state, what is still there."""
    finding = request.GET.get("finding", "")
    return Wanted(
        text=lists.text_asked(request),
        states=STATES.get(request.GET.get("state", ""), ()),
        finding=finding if finding in FINDINGS else "",
        under=lists.unit_asked(request),
        **FilterForm(request.GET).wanted(),
    )


@require_GET
@may("facilities.see")
def show_facilities(request: HttpRequest) -> HttpResponse:
    """List the facilities; or give them as a file that can be brought in again."""
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "place")
    wanted, today = wanted_of(request), _today(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_facilities(
            request.viewer, wanted, today=today, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return lists.export(request, "facilities", headings(get_language() or "en"), fetch, row_of)
    page = lists.cut(request, fetch)
    context = {
        "facilities": page.items,
        "form": FilterForm(request.GET),
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=_chips(request, wanted)),
        "tabs": facility_tabs(request, "list"),
        "is_narrowed": bool(request.GET),
        "under": wanted.under,
        "today": today,
    }
    return render(request, "desk/facilities/list.html", context)


def _chips(request: HttpRequest, wanted: Wanted) -> list[tables.Chip]:
    counts = {key.value: n for key, n in count_states(request.viewer, under=wanted.under).items()}
    states = [(key.value, word) for key, word in STATE_WORDS.items()]
    return [
        *tables.chips_of(request, "state", states, counts),
        *tables.chips_of(request, "finding", _FINDINGS),
    ]


# --- one facility ---------------------------------------------------------------------


def page_of(request: HttpRequest, ref: str) -> FacilityPage:
    """Find the facility of an address with its story; 404 where there is none in the viewer's reach."""
    page = facility_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


def acts_of(state: str) -> list[Act]:
    """Name what the state of a facility allows."""
    return [act for act in Act if (State(state), act) in MOVES]


@require_GET
@may("facilities.see")
def show_facility(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell all there is about a facility, with what can be done next."""
    page, viewer = page_of(request, ref), request.viewer
    one = page.facility
    rights = {name: viewer.may(f"facilities.{name}", one.path) for name in ("report", "keep")}
    rights["raise"] = rights["report"] and viewer.may("risks.report", one.path)
    posts = posts_for(viewer, one.unit) if rights["report"] else []
    kind = known_terms().kinds.get(one.kind)
    context = {
        "page": page,
        "one": one,
        "kind": kind,
        "limits": figures_of(page.capacity) if page.capacity else [],
        "today": _today(request),
        "rights": rights,
        "names": _names(request, page),
        "state_form": StateForm(acts_of(one.state), prefix="state"),
        "defect_form": DefectForm(posts, prefix="defect"),
        "assign_form": AssignForm(posts, prefix="assign"),
        "photo_form": PhotoForm(),
        "takes_people": kind is not None and kind.shelters,
    }
    return render(request, "desk/facilities/facility.html", context)


def _names(request: HttpRequest, page: FacilityPage) -> dict[UUID, str]:
    who = {one.by for one in (*page.steps, *page.inspections) if one.by}
    return {key: one.name for key, one in names_of(request.viewer, who).items()}


@require_GET
@may("facilities.see")
def show_sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a facility on one page of paper: what it has, what is looked at, and the way to the page as it is now."""
    page = page_of(request, ref)
    address = address_here(request, reverse("desk:facility", args=[ref]))
    context = {
        "page": page,
        "one": page.facility,
        "kind": known_terms().kinds.get(page.facility.kind),
        "limits": figures_of(page.capacity) if page.capacity else [],
        "address": address,
        "code": segno.make(address, error="m").svg_inline(scale=3, border=2, omitsize=True),
    }
    return render(request, "desk/facilities/sheet.html", context)


@require_GET
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its facility."""
    photo = photo_of(request.viewer, key)
    data = bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
