"""The procedures list at the desk: the list, one procedure with its editions, what can be decided about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import answering_at
from renwang.registers.procedures import services
from renwang.registers.procedures.advice_rules import advise
from renwang.registers.procedures.models import KINDS, STANDINGS, Edition, Procedure
from renwang.registers.procedures.rules import Act, EditionState, Kind, ReviewEnd, Standing, acts_in
from renwang.registers.procedures.selectors import finding, following, running
from renwang.registers.procedures.table import COLUMNS, row_of
from renwang.registers.procedures.words import say_hint
from renwang.web.desk import lists
from renwang.web.desk.forms.duties import ReasonForm, hazard_choices
from renwang.web.desk.forms.procedures import ReviewForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused, signed_in

_COLUMNS = [
    tables.Column(pgettext_lazy("the thing itself", "Procedure"), sort="title"),
    tables.Column(pgettext_lazy("of a procedure", "Kind")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(pgettext_lazy("of a procedure", "For")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Next review"), sort="review"),
    tables.Column(gettext_lazy("Changed"), sort="changed"),
]
_CHIPS = (Standing.IN_FORCE, Standing.PROPOSED, Standing.DRAFT, Standing.WITHDRAWN)
REVIEWS = [
    ("overdue", gettext_lazy("Review overdue")),
    ("soon", gettext_lazy("Review due soon")),
]


@require_GET
@signed_in
def show_procedures(request: HttpRequest) -> HttpResponse:
    """List the procedures of the viewer's places, those that hold there from above, and those his posts follow."""
    under = lists.unit_asked(request)
    wanted = _wanted(request, under.path if under else "")
    sort = lists.sort_asked(request, _COLUMNS, finding.SORTS, "title")

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_procedures(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, wanted, sort)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "standing", [(one, STANDINGS[one]) for one in _CHIPS])
    chips += tables.chips_of(request, "review", REVIEWS)
    context = {
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in _FILTERS),
        "under": under,
        "wanted": wanted,
        "kinds": list(KINDS.items()),
        "hazards": hazard_choices(wanted.hazard),
        "today": timezone.localdate(request.now),
    }
    return render(request, "desk/procedures/list.html", context)


_FILTERS = ("q", "kind", "standing", "hazard", "review")


def _wanted(request: HttpRequest, under: str) -> finding.Wanted:
    """Read what is looked for; nonsense in the address narrows nothing."""
    kind, stands = request.GET.get("kind", ""), request.GET.get("standing", "")
    review = request.GET.get("review", "")
    return finding.Wanted(
        lists.text_asked(request),
        kind if kind in set(Kind) else "",
        stands if stands in set(Standing) else "",
        request.GET.get("hazard", "")[:40],
        review if review in dict(REVIEWS) else "",
        under,
    )


def _export(request: HttpRequest, wanted: finding.Wanted, sort: str) -> HttpResponse:
    """Give the whole list as a table that reads back as the same list."""

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_whole(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    found = (row_of(one, one.all_editions[-1]) for one in lists.every(fetch))
    return lists.as_file(request, "procedures", COLUMNS, found)


# --- one procedure ----------------------------------------------------------------


@require_GET
@signed_in
def show_procedure(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a procedure as one sheet: its steps, who follows it, what it rests on, its editions and reviews."""
    procedure = procedure_at(request, ref)
    editions = finding.editions_of(procedure)
    shown = finding.shown_of(editions, request.GET.get("edition", ""))
    reviews = finding.reviews_of(procedure)
    people = {shown.approved_by, *(one.by for one in reviews), *map(UUID, shown.writers)}
    being_written = finding.open_of(editions)
    context = {
        "procedure": procedure,
        "editions": editions,
        "edition": shown,
        "open": being_written,
        "duties": _duties(request, procedure, shown),
        "hints": [
            say_hint(one) for one in advise(Kind(shown.kind), shown.purpose, shown.step_list)
        ],
        "reviews": reviews,
        "lessons": running.lessons_of(shown),
        "names": names_of(request.viewer, people - {None}),
        "writers": [UUID(one) for one in shown.writers],
        "may": may_of(request.viewer, procedure, shown, being_written),
        **_read_by(request, procedure, shown),
        **_forms(request),
    }
    return render(request, "desk/procedures/procedure.html", context)


def _read_by(request: HttpRequest, procedure: Procedure, shown: Edition) -> dict[str, Any]:
    """Say who must follow it and who has read it; whether the viewer must, and has."""
    readers = _readers(request, procedure, shown)
    return {
        "readers": readers,
        "sees_all": request.viewer.may("procedures.see", procedure.path),
        "unread": sum(one.read_at is None for one in readers),
        "mine": [one for one in readers if one.holding.person_id == request.viewer.id],
    }


def _forms(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate(request.now)
    review = ReviewForm(initial={"on": today})
    return {"today": today, "reason_form": ReasonForm(), "review_form": review}


def _readers(request: HttpRequest, procedure: Procedure, shown: Edition) -> list[following.Reader]:
    """Give who must follow it: to who keeps the list all of them, to others only themselves."""
    if shown.state != EditionState.IN_FORCE:
        return []
    found = following.readers_of(shown, now=request.now)
    if request.viewer.may("procedures.see", procedure.path):
        return found
    return [one for one in found if one.holding.person_id == request.viewer.id]


def _duties(request: HttpRequest, procedure: Procedure, shown: Edition) -> list[tuple[Any, Any]]:
    """Give what it is for, each with who answers for that there; None is a hole."""
    answers = answering_at(procedure.unit, at=request.now)
    return [
        (cell, answers.get((cell.hazard, Phase(cell.phase))) if cell.phase else None)
        for cell in shown.cells.all()
    ]


def may_of(
    viewer: Viewer, procedure: Procedure, shown: Edition, being_written: Edition | None
) -> dict[str, bool]:
    """Say which buttons the viewer gets; the services decide again when one is pressed."""
    acts = acts_in(EditionState(shown.state))
    writes = viewer.may("procedures.write", procedure.path)
    decides = viewer.may("procedures.approve", procedure.path)
    is_other = str(viewer.id) not in shown.writers
    runs = any(
        place.startswith(procedure.path) or procedure.path.startswith(place)
        for place in viewer.places.get("procedures.run", ())
    )
    return {
        "edit": writes and Act.EDIT in acts,
        "propose": writes and Act.PROPOSE in acts,
        "discard": writes and Act.DISCARD in acts,
        "next": writes and Act.SUPERSEDE in acts and being_written is None,
        "approve": decides and is_other and Act.APPROVE in acts,
        "own": decides and not is_other and Act.APPROVE in acts,
        "return": decides and Act.RETURN in acts,
        "withdraw": decides and Act.WITHDRAW in acts,
        "review": writes and Act.REVIEW in acts,
        "run": runs and Act.RUN in acts,
    }


def procedure_at(request: HttpRequest, ref: str) -> Procedure:
    """Find the procedure of an address; 404 hides what is out of reach."""
    procedure = finding.procedure_of(request.viewer, ref)
    if procedure is None:
        raise Http404(ref)
    return procedure


def edition_at(request: HttpRequest, ref: str, number: int) -> Edition:
    """Find one edition of the procedure of an address."""
    procedure = procedure_at(request, ref)
    found = [one for one in finding.editions_of(procedure) if one.number == number]
    if not found:
        raise Http404(str(number))
    found[0].procedure = procedure
    return found[0]


# --- deeds ------------------------------------------------------------------

# act -> (service, what is said afterwards)
_PLAIN: dict[str, tuple[Callable[..., Any], Any]] = {
    "propose": (
        services.propose_edition,
        gettext_lazy("Proposed. Somebody else reads and approves it."),
    ),
    "discard": (services.discard_edition, gettext_lazy("The draft was discarded.")),
    "approve": (
        services.approve_edition,
        gettext_lazy("Approved. Those who must follow it read it anew."),
    ),
    "acknowledge": (
        services.acknowledge_edition,
        gettext_lazy("Noted: you have read this edition."),
    ),
}


@require_POST
@signed_in
def act(request: HttpRequest, ref: str, number: int, deed: str) -> HttpResponse:
    """Do with an edition what needs no more words: propose, discard, approve, acknowledge."""
    edition = edition_at(request, ref, number)
    if deed not in _PLAIN:
        raise Http404(deed)
    service, sentence = _PLAIN[deed]
    try:
        service(edition.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure", ref)
    if deed == "discard" and number == 1:
        return done(request, sentence, "desk:procedures")
    return done(request, sentence, "desk:procedure", ref)


@require_POST
@may("procedures.approve")
def hand_back(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Hand a proposal back, saying why."""
    edition = edition_at(request, ref, number)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.return_edition(edition.pk, by=request.viewer, now=request.now, reason=reason)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure", ref)
    return done(request, gettext_lazy("Handed back with your reason."), "desk:procedure", ref)


@require_POST
@may("procedures.approve")
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """End a procedure for good, saying why."""
    procedure = procedure_at(request, ref)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.withdraw_procedure(procedure.pk, by=request.viewer, now=request.now, reason=reason)
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure", ref)
    return done(
        request, gettext_lazy("Withdrawn. The reason stands with it."), "desk:procedure", ref
    )


@require_POST
@may("procedures.write")
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """Record that a procedure was looked at again."""
    procedure = procedure_at(request, ref)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return not_done(
            request,
            gettext_lazy("Give the day of the review, what came of it, and on what ground."),
            "desk:procedure",
            ref,
        )
    said = form.cleaned_data
    try:
        services.review_procedure(
            procedure.pk, ReviewEnd(said["end"]), said["words"], said["on"], by=request.viewer,
            now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return refused(request, refusal, "desk:procedure", ref)
    return done(request, gettext_lazy("The review is recorded."), "desk:procedure", ref)


def count_waiting(request: HttpRequest) -> Any:
    """Give the proposals that wait for this viewer's hand, for the navigation."""
    if not request.viewer.may("procedures.approve"):
        return None
    return finding.to_decide(request.viewer)
