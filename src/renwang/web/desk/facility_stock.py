"""Stock at the desk: one list over all places, what ends first first; written down, counted and struck off at its facility."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.chain.rules import Refusal
from renwang.registers.facilities import services, stock_imports
from renwang.registers.facilities.models import Facility, Stock
from renwang.registers.facilities.selectors import stock
from renwang.registers.facilities.selectors.listing import facility_of
from renwang.web.desk import lists
from renwang.web.desk.facilities import facility_tabs
from renwang.web.desk.forms.facilities import StockForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of

_COLUMNS = [
    tables.Column(pgettext_lazy("of stock", "What it is"), sort="name"),
    tables.Column(pgettext_lazy("of stock", "Quantity"), number=True),
    tables.Column(gettext_lazy("Facility")),
    tables.Column(gettext_lazy("May be used until"), sort="until"),
    tables.Column(gettext_lazy("Last counted"), sort="counted"),
]
_FINDINGS = [
    (stock.OVER, pgettext_lazy("of stock", "Past its day")),
    (stock.ENDING, pgettext_lazy("of stock", "Near its day")),
    (stock.UNCOUNTED, gettext_lazy("Not counted for long")),
]


@require_GET
@may("facilities.see")
def show_stock(request: HttpRequest) -> HttpResponse:
    """List the stock of all places in sight; or give it as a file that can be brought in again."""
    finding = request.GET.get("finding", "")
    first = "until" if finding in (stock.OVER, stock.ENDING) else "name"
    sort = lists.sort_asked(request, _COLUMNS, stock.SORTS, first)
    today = timezone.localdate(request.now, timezone.get_default_timezone())
    under, text = lists.unit_asked(request), lists.text_asked(request)
    wanted: dict[str, Any] = {"under": under, "text": text, "today": today}

    def fetch(cursor: str, size: int) -> Any:
        more = {"finding": finding, "sort": sort, "cursor": cursor, "size": size}
        return stock.list_stock(request.viewer, **wanted, **more)

    if lists.is_export(request):
        columns = stock_imports.headings(get_language() or "en")
        return lists.export(request, "stock", columns, fetch, stock_imports.row_of)
    page = lists.cut(request, fetch)
    counts = stock.count_findings(request.viewer, **wanted)
    chips = tables.chips_of(request, "finding", _FINDINGS, counts=counts)
    context = {
        **wanted,
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "tabs": facility_tabs(request, "stock"),
        "is_narrowed": bool(request.GET),
    }
    return render(request, "desk/facilities/stock.html", context)


def _facility(request: HttpRequest, ref: str) -> Facility:
    found = facility_of(request.viewer, ref)
    if found is None:
        raise Http404(ref)
    return found


def _kept(facility: Facility, key: UUID) -> Stock:
    found = stock.stock_at(facility, key)
    if found is None:
        raise Http404(str(key))
    return found


@require_http_methods(["GET", "POST"])
@may("facilities.keep")
def keep(request: HttpRequest, ref: str, key: UUID | None = None) -> HttpResponse:
    """Write down stock: new, or what is there already."""
    facility = _facility(request, ref)
    kept = _kept(facility, key) if key else None
    form = StockForm(sent_form(request), initial=StockForm.initial_of(kept) if kept else {})
    if form.is_bound and form.is_valid():
        who: dict[str, Any] = {"by": request.viewer, "now": request.now}
        try:
            services.keep_stock(facility.pk, form.said(), stock_id=key, **who)
            return done(request, _("The stock was written down."), "desk:facility", ref)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = kept.name if kept else _("Write down stock")
    here = [(facility.name, reverse("desk:facility", args=[ref])), (title, "")]
    crumbs = [(_("Facilities"), reverse("desk:facilities")), *here]
    lead = _("One row for each thing and each day: what ends first is used first.")
    return lists.show_form(request, form, title, lead, crumbs, _("Write it down"))


@require_POST
@may("facilities.report")
def count(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Say how much is there today."""
    facility = _facility(request, ref)
    _kept(facility, key)
    try:
        quantity = float(request.POST.get("quantity", "").replace(",", ""))
    except ValueError:
        return not_done(request, _("Write how much is there as a number."), "desk:facility", ref)
    try:
        services.count_stock(facility.pk, key, quantity, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:facility", ref)
    return done(request, _("Counted today."), "desk:facility", ref)


@require_POST
@may("facilities.keep")
def strike(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Strike off what is used up or thrown away."""
    facility = _facility(request, ref)
    _kept(facility, key)
    services.strike_stock(facility.pk, key, by=request.viewer, now=request.now)
    return done(request, _("Struck off."), "desk:facility", ref)
