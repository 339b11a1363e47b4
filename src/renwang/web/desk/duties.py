"""The duties list at the desk: the list itself, one duty as a sheet with its history, what can be decided about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.registers.duties import services
from renwang.registers.duties.models import PHASES, STANDINGS, Duty, Helper
from renwang.registers.duties.rules import Act, DutyState, Phase, Standing, acts_in
from renwang.registers.duties.selectors import finding
from renwang.registers.duties.services.remarking import post_named
from renwang.registers.duties.table import COLUMNS, row_of
from renwang.registers.hazards import EVERY, kinds, name_of
from renwang.registers.procedures.selectors.finding import procedures_for
from renwang.web.desk import lists
from renwang.web.desk.forms.duties import ReasonForm, RemarkForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused

_COLUMNS = [
    tables.Column(gettext_lazy("Hazard and phase"), sort="hazard"),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(pgettext_lazy("of a duty", "Leader")),
    tables.Column(pgettext_lazy("of a duty", "Helpers")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Changed"), sort="changed"),
]
_CHIPS = (Standing.IN_FORCE, Standing.PROPOSED, Standing.OBJECTED, Standing.DRAFT, Standing.COMING)


@require_GET
@may("duties.see")
def show_duties(request: HttpRequest) -> HttpResponse:
    """List the duties of the viewer's places and of those above, which hold there too."""
    under = lists.unit_asked(request)
    wanted = wanted_of(request, under.path if under else "")
    sort = lists.sort_asked(request, _COLUMNS, finding.SORTS, "place")

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_duties(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "standing", [(one, STANDINGS[one]) for one in _CHIPS])
    context = {
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in ("q", "hazard", "phase", "standing")),
        "under": under,
        "wanted": wanted,
        **choices_at(request),
    }
    return render(request, "desk/duties/list.html", context)


def wanted_of(request: HttpRequest, under: str) -> finding.Wanted:
    """Read what is looked for; nonsense in the address narrows nothing."""
    phase, stands = request.GET.get("phase", ""), request.GET.get("standing", "")
    return finding.Wanted(
        lists.text_asked(request),
        request.GET.get("hazard", "")[:40],
        phase if phase in set(Phase) else "",
        stands if stands in set(Standing) else "",
        under,
        at=request.now,
    )


def choices_at(request: HttpRequest) -> dict[str, Any]:
    """Give the hazards and phases that a list can be narrowed to."""
    language = get_language() or "zh"
    return {
        "hazards": [(key, name_of(key, language)) for key in (EVERY, *kinds())],
        "phases": PHASES,
    }


def export(request: HttpRequest, fetch: Any) -> HttpResponse:
    """Give the whole list as a table that reads back as the same list."""
    found = (row_of(duty, duty.named_helpers) for duty in lists.every(fetch))
    return lists.as_file(request, "duties", COLUMNS, found)


@require_GET
@may("duties.see")
def show_duty(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a duty as a sheet: who leads and helps, how they work together, what was said, what it followed."""
    duty = duty_at(request, ref)
    helpers, remarks = finding.helpers_of(duty), finding.remarks_of(duty)
    beside = finding.beside(duty, request.now)
    people = {one.by_person for one in remarks} | {one.settled_by for one in remarks}
    people |= {duty.approved_by, *map(UUID, duty.writers)}
    context = {
        "duty": duty,
        "standing": duty.standing_at(request.now),
        "helpers": helpers,
        "remarks": remarks,
        "procedures": procedures_for(duty.path, duty.hazard, duty.phase),
        "line": beside.line,
        "rivals": beside.rivals,
        "names": names_of(request.viewer, people - {None}),
        "writers": [UUID(one) for one in duty.writers],
        "reason_form": ReasonForm(),
        "remark_form": RemarkForm(),
        "may": may_of(request.viewer, duty, helpers),
    }
    return render(request, "desk/duties/duty.html", context)


def may_of(viewer: Viewer, duty: Duty, helpers: list[Helper]) -> dict[str, bool]:
    """Say which buttons the viewer gets; the services decide again when one is pressed."""
    acts = acts_in(DutyState(duty.state))
    writes = viewer.may("duties.write", duty.path)
    decides = viewer.may("duties.approve", duty.path)
    is_other = str(viewer.id) not in duty.writers
    is_named = writes or decides or post_named(duty, helpers, viewer) is not None
    speaks = Act.COMMENT in acts and is_named
    return {
        "edit": writes and Act.EDIT in acts,
        "propose": writes and Act.PROPOSE in acts,
        "discard": writes and Act.DISCARD in acts,
        "succeed": writes and Act.SUPERSEDE in acts,
        "approve": decides and is_other and Act.APPROVE in acts,
        "own": decides and not is_other and Act.APPROVE in acts,
        "return": decides and Act.RETURN in acts,
        "withdraw": decides and Act.WITHDRAW in acts,
        "say": speaks,
        "object": speaks and Act.OBJECT in acts,
        "settle": decides,
    }


def duty_at(request: HttpRequest, ref: str) -> Duty:
    """Find the duty of an address; 404 hides what is out of reach."""
    duty = finding.duty_of(request.viewer, ref, request.now)
    if duty is None:
        raise Http404(ref)
    return duty


# --- deeds ------------------------------------------------------------------

# act -> (service, what is said afterwards)
_PLAIN: dict[str, tuple[Callable[..., Duty], Any]] = {
    "propose": (
        services.propose_duty,
        gettext_lazy(
            "Proposed. Those it names can say what they think; somebody else approves it."
        ),
    ),
    "discard": (services.discard_duty, gettext_lazy("The draft was discarded.")),
    "approve": (services.approve_duty, gettext_lazy("Approved.")),
}
_WITH_REASON: dict[str, tuple[Callable[..., Duty], Any]] = {
    "return": (services.return_duty, gettext_lazy("Handed back with your reason.")),
    "withdraw": (services.withdraw_duty, gettext_lazy("Ended. The reason stands with it.")),
}


@require_POST
@may("duties.see")
def act(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """Do what needs no more words: propose, discard, approve."""
    duty = duty_at(request, ref)
    if deed not in _PLAIN:
        raise Http404(deed)
    service, sentence = _PLAIN[deed]
    try:
        service(duty.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:duty", ref)
    if deed == "discard":
        return done(request, sentence, "desk:duties")
    return done(request, sentence, "desk:duty", ref)


@require_POST
@may("duties.approve")
def act_with_reason(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """Hand back or end, saying why."""
    duty = duty_at(request, ref)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if deed not in _WITH_REASON:
        raise Http404(deed)
    service, sentence = _WITH_REASON[deed]
    try:
        service(duty.pk, by=request.viewer, now=request.now, reason=reason)
    except Refusal as refusal:
        return refused(request, refusal, "desk:duty", ref)
    return done(request, sentence, "desk:duty", ref)


@require_POST
@may("duties.see")
def remark(request: HttpRequest, ref: str) -> HttpResponse:
    """Say something about a duty, or object to it."""
    duty = duty_at(request, ref)
    form = RemarkForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    objects = request.POST.get("do") == "object"
    try:
        services.remark_on_duty(
            duty.pk, words, by=request.viewer, now=request.now, is_objection=objects
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:duty", ref)
    sentence = (
        gettext_lazy("Your objection stands there until it is answered.")
        if objects
        else gettext_lazy("It stands there under your name.")
    )
    return done(request, sentence, "desk:duty", ref)


@require_POST
@may("duties.see")
def settle(request: HttpRequest, ref: str, remark_id: UUID) -> HttpResponse:
    """Answer an objection, or take back one's own."""
    duty = duty_at(request, ref)
    if all(one.pk != remark_id for one in finding.remarks_of(duty)):
        raise Http404(str(remark_id))
    form = RemarkForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        services.settle_objection(remark_id, words, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:duty", ref)
    return done(request, gettext_lazy("The objection is settled."), "desk:duty", ref)


def count_waiting(request: HttpRequest) -> Any:
    """Give the proposals that wait for this viewer's hand, for the navigation."""
    if not request.viewer.may("duties.approve"):
        return None
    return finding.to_decide(request.viewer)
