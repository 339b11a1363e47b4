"""Early erasure at the desk: asked for on the case, decided here by somebody else, with the proof among what was forgotten."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.cases import config, erasing, services
from renwang.cases.erasure_rules import Scope, Wish
from renwang.cases.models import Erasure
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.web.desk import lists
from renwang.web.desk.cases import page_of
from renwang.web.desk.forms.erasures import AskForm, RefuseForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused

_COLUMNS = [
    tables.Column(gettext_lazy("Case")),
    tables.Column(gettext_lazy("What is to be erased")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Asked for")),
]
_CHIPS = [
    (Wish.ASKED.value, gettext_lazy("Waiting for a decision")),
    (Wish.ERASED.value, gettext_lazy("Erased early")),
    (Wish.REFUSED.value, gettext_lazy("Refused early erasures")),
]


def count_waiting(request: HttpRequest) -> Any:
    """Give what waits for the viewer's decision."""
    return erasing.count_waiting(request.viewer)


@require_GET
@may("cases.erase")
def show_wishes(request: HttpRequest) -> HttpResponse:
    """List who wants what erased early, the latest first."""
    state = request.GET.get("state", "")
    known = {key for key, _word in _CHIPS}
    page = lists.cut(
        request,
        lambda cursor, size: erasing.list_wishes(
            request.viewer, state=state if state in known else "", cursor=cursor, size=size
        ),
    )
    chips = tables.chips_of(request, "state", _CHIPS)
    context = {
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, chips=chips, exports=[]),
        "is_narrowed": state in known,
    }
    return render(request, "desk/erasures/list.html", context)


def _wish(request: HttpRequest, key: UUID) -> Erasure:
    wish = erasing.wish_of(request.viewer, key)
    if wish is None:
        raise Http404(str(key))
    return wish


@require_GET
@may("cases.erase")
def show_wish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one wish with what it would erase, and decide it."""
    wish = _wish(request, key)
    who = {one for one in (wish.asked_by, wish.decided_by) if one}
    context = {
        "wish": wish,
        "case": wish.case,
        "kind": config.name_of(config.kinds(), wish.case.kind),
        "names": {key: one.name for key, one in names_of(request.viewer, who).items()},
        "is_own": str(request.viewer.id) in wish.hands.split(","),
        "sees_case": request.viewer.may("cases.see", wish.case.path),
        "form": RefuseForm(),
        "crumbs": [(_("Early erasure"), reverse("desk:erasures")), (wish.case.ref, "")],
    }
    return render(request, "desk/erasures/wish.html", context)


@require_POST
@may("cases.erase")
def grant(request: HttpRequest, key: UUID) -> HttpResponse:
    """Erase it."""
    _wish(request, key)
    try:
        services.grant_erasure(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:erasure", key)
    return done(
        request, _("It is erased. The proof stands among what was forgotten."), "desk:erasure", key
    )


@require_POST
@may("cases.erase")
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say no, with a ground that the reporter reads."""
    _wish(request, key)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return not_done(request, _("Say on which ground it is refused."), "desk:erasure", key)
    try:
        services.refuse_erasure(
            key, form.cleaned_data["ground"], by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:erasure", key)
    return done(
        request, _("The reporter reads on which ground it is refused."), "desk:erasure", key
    )


@require_POST
@may("cases.handle")
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for early erasure, for a person who came, rang or wrote."""
    case = page_of(request, ref).case
    form = AskForm(request.POST, prefix="erase")
    if not form.is_valid():
        return not_done(request, _("Say what is to be erased and why."), "desk:case", ref)
    said = form.cleaned_data
    try:
        services.ask_erasure(
            case.pk, Scope(said["scope"]), said["reason"], by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    return done(request, _("It is asked for. Somebody else decides it."), "desk:case", ref)
