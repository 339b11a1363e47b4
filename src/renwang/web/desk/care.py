"""The care list at the desk: who waits for what by door, one entry under seal, and all its keeper can do."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.pure.ids import uuid7
from renwang.registers.care import finding, services
from renwang.registers.care.models import CareEntry
from renwang.registers.care.rules import CareRefused, Standing
from renwang.registers.care.services import Look
from renwang.registers.care.services.pairing import pair_helper, unpair_helper
from renwang.registers.care.services.visiting import record_visit, settle_want
from renwang.registers.care.sight import standing_at
from renwang.registers.care.visit_rules import Outcome
from renwang.web.desk import lists
from renwang.web.desk.forms.care import CareFilterForm, ChangeForm, ConsentForm, PairForm
from renwang.web.frame import tables
from renwang.web.frame.banners import Banner, Kind
from renwang.web.frame.gates import done, may, refused, sentence_of, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Door"), sort="place"),
    tables.Column(gettext_lazy("What waits")),
    tables.Column(gettext_lazy("Who looks after it")),
    tables.Column(gettext_lazy("Next visit"), sort="visit"),
]
STATES = {
    finding.WANTS: gettext_lazy("Needs something"),
    finding.LATE: gettext_lazy("Visit late"),
    finding.UNPAIRED: gettext_lazy("Nobody paired"),
    finding.STALE: gettext_lazy("To be confirmed"),
    finding.ENDING: gettext_lazy("Consent ends"),
    finding.DOORLESS: gettext_lazy("Door off the books"),
    finding.NO_SLIP: gettext_lazy("Slip not handed out"),
}


@require_GET
@signed_in
def show_entries(request: HttpRequest) -> HttpResponse:
    """List doors in sight, never names; there is no file of it: paper is numbered."""
    form = CareFilterForm(request.GET)
    wanted, now = form.wanted(), request.now
    sort = lists.sort_asked(request, _COLUMNS, finding.SORTS, "visit")

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_entries(
            request.viewer, wanted, now, sort=sort, cursor=cursor, size=size
        )

    page = lists.cut(request, fetch)
    counts = finding.count_states(request.viewer, wanted, now)
    chips = tables.chips_of(request, "state", STATES.items(), counts=counts)
    context = {
        "form": form,
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips, exports=()),
        "is_narrowed": any(request.GET.get(key) for key in form.fields),
    }
    return render(request, "desk/care/list.html", context)


def entry_at(request: HttpRequest, entry_id: UUID) -> CareEntry:
    """Find the entry of an address; 404 hides what is out of sight."""
    entry = finding.entry_for(request.viewer, entry_id, request.now)
    if entry is None:
        raise Http404(entry_id)
    return entry


@require_GET
@signed_in
def show_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show an entry with its seal closed: door, days, who is paired, who looked."""
    return show(request, entry_at(request, entry_id))


@require_POST
@signed_in
def open_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Open the seal; the look is recorded, and the person can read it."""
    entry = entry_at(request, entry_id)
    try:
        look = services.look_into(entry_id, by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care_entry", entry_id)
    return show(request, entry, look)


def show(
    request: HttpRequest,
    entry: CareEntry,
    look: Look | None = None,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """Draw an entry, its seal open where it was looked into; nothing of it is kept by the browser."""
    viewer, now = request.viewer, request.now
    keeps = viewer.may("care.keep", entry.path)
    standing = standing_at(entry, now)
    change = None
    if look and keeps and standing not in (Standing.OVER, Standing.LAPSED):
        initial = ChangeForm.initial_of(look.content) | {"version": entry.version}
        change = ChangeForm(viewer, initial=initial)
    context = {
        "entry": entry,
        "look": look,
        "keeps": keeps,
        "standing": standing,
        "visits": finding.visits_of(entry),
        "looks": finding.looks_at(entry) if keeps else [],
        "helpers": finding.suggest_helpers(entry) if keeps else [],
        "visit_id": uuid7(now),
        "change": change,
        "consent": ConsentForm(now=now),
        "pair": PairForm(viewer),
        **forms,
    }
    response = render(request, "desk/care/entry.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@may("care.keep")
def act(request: HttpRequest, entry_id: UUID, deed: str) -> HttpResponse:
    """Confirm, settle what was needed, unpair, withdraw consent: one press each."""
    entry_at(request, entry_id)
    known, who = _DEEDS.get(deed), {"by": request.viewer, "now": request.now}
    if known is None:
        raise Http404(deed)
    try:
        known[0](entry_id, **who)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care")
    if deed == "withdraw":
        return done(request, known[1], "desk:care")
    return done(request, known[1], "desk:care_entry", entry_id)


_DEEDS: dict[str, tuple[Any, Any]] = {
    "confirm": (services.confirm_entry, gettext_lazy("Noted: it still holds.")),
    "settle": (settle_want, gettext_lazy("Noted: what was needed is there.")),
    "withdraw": (
        services.withdraw_consent,
        gettext_lazy("Forgotten, here and in every backup that is brought back."),
    ),
    "unpair-helper": (
        lambda key, **who: unpair_helper(key, rank=0, **who),
        gettext_lazy("The pairing has ended."),
    ),
    "unpair-backup": (
        lambda key, **who: unpair_helper(key, rank=1, **who),
        gettext_lazy("The pairing has ended."),
    ),
}


@require_POST
@may("care.keep")
def pair(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Pair somebody with the door."""
    entry = entry_at(request, entry_id)
    form = PairForm(request.viewer, request.POST)
    if not form.is_valid():
        return show(request, entry, status=422, pair=form)
    said = form.cleaned_data
    try:
        pair_helper(entry_id, said["person"], rank=said["rank"], by=request.viewer, now=request.now)
    except CareRefused as refusal:
        form.add_error(None, sentence_of(refusal))
        return show(request, entry, status=422, pair=form)
    sentence = _("{name} looks after this door now.").format(name=said["person"].name)
    return done(request, sentence, "desk:care_entry", entry_id)


@require_POST
@may("care.keep")
def renew(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Note that the person agreed again."""
    entry = entry_at(request, entry_id)
    form = ConsentForm(request.POST, now=request.now)
    if form.is_valid():
        try:
            services.renew_consent(entry_id, form.consent(), by=request.viewer, now=request.now)
            return done(request, _("Consent noted."), "desk:care_entry", entry_id)
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    return show(request, entry, status=422, consent=form)


@require_POST
@signed_in
def visit(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Record a visit that somebody reports."""
    entry_at(request, entry_id)
    try:
        visit_id, outcome = UUID(request.POST["id"]), Outcome(request.POST["outcome"])
    except (KeyError, ValueError):
        raise Http404("visit") from None
    want = request.POST.get("want", "")
    try:
        record_visit(visit_id, entry_id, outcome, by=request.viewer, now=request.now, want=want)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care_entry", entry_id)
    return done(request, _("The visit is noted."), "desk:care_entry", entry_id)


# --- what waits -------------------------------------------------------------


def count_waiting(request: HttpRequest) -> Any:
    """Give what waits for the keeper, for the navigation."""
    if not request.viewer.may("care.keep"):
        return None
    return finding.waits_for_keeper(request.viewer, request.now)


def banners(request: HttpRequest) -> list[Banner]:
    """Say at the top of the desk how many visits have climbed past their keeper; a number, and nobody's name."""
    viewer = getattr(request, "viewer", None)
    if not request.path.startswith("/desk/") or not viewer or not viewer.may("care.keep"):
        return []
    number = finding.climbed_to(viewer)
    if not number:
        return []
    text = _("{number} visits are a week late.").format(number=number)
    href = f"{reverse('desk:care')}?state={finding.LATE}"
    return [Banner(Kind.ORDINARY, _("Care list: "), text, href, _("Look at them"))]
