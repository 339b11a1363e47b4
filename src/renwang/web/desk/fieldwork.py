"""What was done without a network and differs from what stands: both side by side, and which of them holds."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.chain.rules import Refusal
from renwang.response.fieldwork import selectors, services
from renwang.response.fieldwork.models import STATES, Deed
from renwang.response.fieldwork.rules import Holds, State, is_late
from renwang.response.fieldwork.words import FORMS
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import done, refused, signed_in
from renwang.web.frame.playing import Player

_COLUMNS = [
    tables.Column(gettext_lazy("What it is about")),
    tables.Column(gettext_lazy("Done without a network by")),
    tables.Column(gettext_lazy("When it was done")),
    tables.Column(gettext_lazy("Arrived"), sort="arrived"),
    tables.Column(gettext_lazy("State")),
]
_CHIPS = [
    ("owed", pgettext_lazy("of two that differ", "To be decided")),
    ("decided", pgettext_lazy("of two that differ", "Decided")),
]
_STATES = {"owed": selectors.OWED, "decided": selectors.DECIDED}
TONES = {State.DIFFERS: "attention", State.TAKEN: "good", State.LEFT: "neutral"}
PAGES = {"cases": "desk:case", "risks": "desk:risk", "facilities": "desk:facility"}


def count_waiting(request: HttpRequest) -> Any:
    """Give what waits for a decision of the viewer."""
    return selectors.waiting_for(request.viewer)


@require_GET
@signed_in
def show_differences(request: HttpRequest) -> HttpResponse:
    """List what differs where the viewer decides, what came last first."""
    sort = lists.sort_asked(request, _COLUMNS, selectors.SORTS, "-arrived")
    states = _STATES.get(request.GET.get("state", ""), selectors.OWED)
    text = lists.text_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_differences(
            request.viewer, states=states, text=text, sort=sort, cursor=cursor, size=size
        )

    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "state", _CHIPS)
    context = {
        "rows": [_row(one) for one in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips, exports=()),
        "is_narrowed": bool(request.GET),
        "text": text,
    }
    return render(request, "desk/fieldwork/list.html", context)


def _row(one: Deed) -> dict[str, Any]:
    state = State(one.state)
    return {
        "one": one,
        "form": FORMS.get(one.form, one.form),
        "who": one.phone.person,
        "state": STATES[state],
        "tone": TONES[state],
    }


@require_GET
@signed_in
def show_difference(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show both values side by side, field by field, and how far apart in time they were said."""
    page = selectors.difference_page(request.viewer, key)
    if page is None:
        raise Http404(str(key))
    deed = page.deed
    title = f"{deed.ref} · {FORMS.get(deed.form, deed.form)}"
    context = {
        "page": page,
        **_row(deed),
        "title": title,
        "is_late": is_late(deed.happened_at, deed.arrived_at),
        "about": reverse(PAGES[deed.capability.partition(".")[0]], args=[deed.ref]),
        "crumbs": [(_("From the field"), reverse("desk:differences")), (title, "")],
    }
    response = render(request, "desk/fieldwork/difference.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decide which of the two holds."""
    if not selectors.visible_to(request.viewer).filter(pk=key).exists():
        raise Http404(str(key))
    said = request.POST.get("holds", "")
    if said not in set(Holds):
        raise Http404(said)
    holds, reason = Holds(said), request.POST.get("reason", "")
    try:
        services.decide_difference(
            key, holds, reason, by=request.viewer, now=request.now, door=Player()
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:difference", key)
    if holds is Holds.SENT:
        return done(request, _("What was sent holds now."), "desk:differences")
    return done(request, _("What stands holds. The phone is told so."), "desk:differences")


@require_POST
@signed_in
def call_lost(request: HttpRequest, key: UUID) -> HttpResponse:
    """Call the phone of somebody lost whose people one keeps."""
    try:
        phone = services.call_phone_lost(key, by=request.viewer, now=request.now)
    except Refusal:
        raise Http404(str(key)) from None
    sentence = _("Called lost. It is signed out, and wipes itself as soon as it comes back.")
    return done(request, sentence, "desk:person", phone.person_id)
