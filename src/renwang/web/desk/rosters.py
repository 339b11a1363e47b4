"""The duty roster: who serves where on a day; enter and strike shifts. A whole roster comes by the imports."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.chain.models import Shift
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.selectors.rosters import shift_of, shifts_on
from renwang.chain.services import rosters as services
from renwang.web.desk import lists
from renwang.web.desk.forms.rosters import ShiftForm
from renwang.web.frame.gates import done, may, sent_form, sentence_of


@require_GET
@may("people.see")
def show_roster(request: HttpRequest) -> HttpResponse:
    """Show who is on duty on a day, in a unit and below it."""
    day = _day(request)
    under = lists.unit_asked(request) or next(
        iter(topmost_units(request.viewer, "people.see")), None
    )
    shifts = shifts_on(request.viewer, under.path, day) if under else []
    context = {
        "under": under,
        "day": day,
        "day_key": day.isoformat(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "is_today": day == timezone.localdate(request.now),
        "shifts": [(one, one.from_at <= request.now < one.until_at) for one in shifts],
        "may_edit": request.viewer.may("chain.edit"),
        "may_import": request.viewer.may("chain.edit") and request.viewer.may("imports.run"),
    }
    return render(request, "desk/rosters/day.html", context)


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate(request.now)


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def enter(request: HttpRequest) -> HttpResponse:
    """Put somebody on duty."""
    begin = timezone.make_aware(datetime.combine(_day(request), time(8)))
    first = {**_first_place(request), "from_at": begin, "until_at": begin + timedelta(hours=12)}
    form = ShiftForm(request.viewer, sent_form(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            shift = services.enter_shift(**form.cleaned_data, by=request.viewer, now=request.now)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return _back(request, _("The shift was entered."), shift)
    lead = _("Whoever is on duty is called first by every relay that begins in that time.")
    return _show_form(request, form, _("Enter a shift"), lead)


@require_POST
@may("chain.edit")
def strike(request: HttpRequest, key: UUID) -> HttpResponse:
    """Strike a shift."""
    shift = shift_of(request.viewer, key)
    if shift is None:
        raise Http404(key)
    services.strike_shift(shift=shift, by=request.viewer, now=request.now)
    return _back(request, _("The shift was struck."), shift)


def _back(request: HttpRequest, words: str, shift: Shift) -> HttpResponse:
    day = timezone.localdate(shift.from_at)
    return done(request, words, f"{reverse('desk:roster')}?on={day}&under={shift.unit.ref}")


def _first_place(request: HttpRequest) -> dict[str, Any]:
    return {"unit": next(iter(topmost_units(request.viewer, "chain.edit")), None)}


def _show_form(request: HttpRequest, form: Any, title: str, lead: str) -> HttpResponse:
    crumbs = [(_("Duty roster"), reverse("desk:roster")), (title, "")]
    return lists.show_form(request, form, title, lead, crumbs, _("Save"))
