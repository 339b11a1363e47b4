"""Report what is the matter, without an account, in under a minute; and see with a code what became of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.bulletins import selectors as bulletins
from renwang.cases import config, photos, services
from renwang.cases.kind_rules import OTHER
from renwang.cases.models import Case
from renwang.cases.rules import ReportedTooOften
from renwang.cases.services import Report, read_code, show_code
from renwang.cases.suggesting import suggest_for
from renwang.cases.tracking import Tracked, photo_by_code, track
from renwang.chain.models import Building, Unit
from renwang.chain.rules import Refusal
from renwang.chain.selectors import public as places
from renwang.chain.words import say_refusal
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import SeeOther, address_of, done, not_done, sent_form
from renwang.web.public.case_forms import AddForm, RejectForm, ReportForm
from renwang.web.public.places import place_at, place_of
from renwang.web.public.questions import private


def anybody(_request: HttpRequest) -> bool:
    """Whoever wants to may send photographs with what he reports; they are bounded and drawn anew."""
    return True


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Choose where it is: by name, or down the list of places."""
    words = request.GET.get("q", "").strip()[:80]
    found = places.find_public_places(words) if words else places.public_tops()
    if len(found) == 1 and (words or not places.public_children(found[0])):
        return redirect("public:report", found[0].ref)
    rows = [(one, places.public_children(one) if not words else []) for one in found]
    return render(request, "public/report_where.html", {"words": words, "rows": rows})


@takes(photos.LARGEST, known=anybody)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Report something at a place."""
    return _report(request, place_of(ref), None, "")


@takes(photos.LARGEST, known=anybody)
@require_http_methods(["GET", "POST"])
def report_here(request: HttpRequest, code: str) -> HttpResponse:
    """Report something where a code hangs on the wall: the place is filled in already, down to the entrance."""
    found = places.place_of_code(code)
    if found is None:
        raise Http404(code)
    unit, building = found
    return _report(request, unit, building, request.GET.get("door", "").strip()[:20])


def _report(request: HttpRequest, unit: Unit, building: Building | None, door: str) -> HttpResponse:
    kinds = config.kinds()
    files = request.FILES if request.method == "POST" else None
    here = " ".join(part for part in (building.name if building else "", door) if part)
    form = ReportForm(kinds, sent_form(request), files, initial={"key": uuid4().hex, "place": here})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        names = ("words", "key", "kind", "contact", "place", "lon", "lat")
        told = Report(
            **{name: said[name] for name in names}, building=building, door=door,
            files=said["photos"], language=get_language() or "",
        )  # fmt: skip
        try:
            taken = services.report_publicly(
                told, unit, address=address_of(request), now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, say_refusal(refusal))
            status = 429 if isinstance(refusal, ReportedTooOften) else 422
        else:
            return private(SeeOther(reverse("public:case", args=[taken.code]) + "?new=1"))
    context = {
        "place": place_at(unit.path) or unit,
        "building": building,
        "here": here,
        "form": form,
        "guide": bulletins.guide_of(unit.path),
    }
    return private(render(request, "public/report.html", context, status=status))


@require_safe
def find_case(request: HttpRequest) -> HttpResponse:
    """Lead from a code to its page."""
    code = read_code(request.GET.get("code", ""))
    if code and track(code) is not None:
        return private(redirect("public:case", code))
    return private(render(request, "public/find_case.html", {"code": code}))


def _tracked(code: str) -> Tracked:
    tracked = track(code)
    if tracked is None:
        raise Http404
    return tracked


@require_safe
def show_case(request: HttpRequest, code: str) -> HttpResponse:
    """What became of it, for whoever has the code."""
    tracked = _tracked(code)
    by_number = {one.number: one for one in tracked.answers}
    steps = [
        (one, by_number.get(one.facts.get("number", 0)) if one.act == "answer" else None)
        for one in tracked.steps
    ]
    context = {
        "tracked": tracked,
        "case": tracked.head,
        "own": tracked.own,
        "answer": tracked.answers[0] if tracked.answers else None,
        "steps": steps,
        "code": code,
        "shown_code": show_code(read_code(code)),
        "place": place_at(tracked.own.path),
        "kind": config.name_of(config.kinds(), tracked.own.kind),
        "is_new": "new" in request.GET,
        "suggested": _suggested(tracked.own),
        "add": AddForm(),
        "reject": RejectForm(),
        "guide": bulletins.guide_of(tracked.own.path),
    }
    return private(render(request, "public/case.html", context))


def _suggested(case: Case) -> str:
    """Name what a case is probably about while its reporter has said no kind and nobody has looked; else nothing."""
    if case.kind != OTHER:
        return ""
    kinds = config.kinds()
    found = suggest_for(case, kinds)
    return config.name_of(kinds, found.kind) if found and found.kind != OTHER else ""


def _do(request: HttpRequest, code: str, sentence: str, deed: Callable[[], Any]) -> HttpResponse:
    try:
        deed()
    except Refusal as refusal:
        return private(not_done(request, say_refusal(refusal), "public:case", code))
    return private(done(request, sentence, "public:case", code))


@takes(photos.LARGEST, known=anybody)
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Say more."""
    _tracked(code)
    form = AddForm(request.POST, request.FILES)
    if not form.is_valid():
        return private(
            not_done(request, _("Say in words what else there is."), "public:case", code)
        )
    said = form.cleaned_data
    return _do(
        request, code, _("Thank you. It stands beside what you brought."),
        lambda: services.add_by_code(code, said["words"], now=request.now, files=said["photos"]),
    )  # fmt: skip


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it is settled."""
    _tracked(code)
    return _do(
        request, code, _("Thank you. Good that it is settled."),
        lambda: services.confirm_by_code(code, now=request.now),
    )  # fmt: skip


@require_POST
def reject(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it is not, and why."""
    _tracked(code)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return private(
            not_done(request, _("Say in words what is still wrong."), "public:case", code)
        )
    return _do(
        request, code, _("It is open again, with those who can act."),
        lambda: services.reject_by_code(code, form.cleaned_data["words"], now=request.now),
    )  # fmt: skip


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back."""
    _tracked(code)
    return _do(
        request, code, _("You have taken it back. Nothing more is done about it."),
        lambda: services.withdraw_by_code(code, now=request.now),
    )  # fmt: skip


@require_safe
def give_photo(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Give a photograph to whoever has the code of its case."""
    photo = photo_by_code(code, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404
    return private(HttpResponse(data, content_type="image/jpeg"))
