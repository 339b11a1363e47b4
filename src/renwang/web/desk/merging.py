"""Two matters that are one: choose the other, see what merging would do, do it with a reason, and undo it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.chain.selectors.naming import names_of
from renwang.signals import services
from renwang.signals.models import Matter
from renwang.signals.rules import ReferralState, SignalRefused
from renwang.signals.selectors import (
    MatterPage,
    came_with,
    matter_page,
    matter_to_judge,
    merge_candidates,
)
from renwang.web.desk import lists
from renwang.web.desk.forms.signals import ReasonForm
from renwang.web.frame.gates import done, may, sent_form, sentence_of


def _to_judge(request: HttpRequest, ref: str) -> Matter:
    matter = matter_to_judge(request.viewer, ref)
    if matter is None:
        raise Http404(ref)
    return matter


def _page(request: HttpRequest, matter: Matter) -> MatterPage:
    page = matter_page(request.viewer, matter.ref, drill=matter.drill)
    if page is None:
        raise Http404(matter.ref)
    return page


def _crumbs(matter: Matter, title: str) -> list[tuple[str, str]]:
    return [
        (_("Matters"), reverse("desk:matters")),
        (matter.ref, reverse("desk:matter", args=[matter.ref])),
        (title, ""),
    ]


@require_GET
@may("signals.judge")
def choose(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose what a matter is the same as; what is near in time and place and of the same hazard comes first."""
    matter = _to_judge(request, ref)
    text = lists.text_asked(request)
    title = _("Merge with another matter")
    context = {
        "matter": matter,
        "candidates": merge_candidates(request.viewer, matter, text=text),
        "text": text,
        "title": title,
        "crumbs": _crumbs(matter, title),
    }
    return render(request, "desk/signals/merge_choose.html", context)


@require_http_methods(["GET", "POST"])
@may("signals.judge")
def merge(request: HttpRequest, ref: str, into: str) -> HttpResponse:
    """Show two matters beside each other and what merging them would do; do it for a reason."""
    one, other = _to_judge(request, ref), _to_judge(request, into)
    form = ReasonForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.merge_matters(
                one.pk, other.pk, by=request.viewer, now=request.now, **form.cleaned_data
            )
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("{ref} is a part of this matter now. It can be taken out again.")
            return done(request, sentence.format(ref=one.ref), "desk:matter", other.ref)
    context = {**_merging(request, one, other), "form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/signals/merge.html", context, status=status)


def _merging(request: HttpRequest, one: Matter, other: Matter) -> dict[str, Any]:
    """Say of two matters what merging them would do."""
    pages = [_page(request, matter) for matter in (one, other)]
    moves, stays = (_owed(page) for page in pages)
    title = _("Merge two matters")
    return {
        "pages": pages,
        "one": one,
        "other": other,
        "owed_moves": moves and not stays,
        "owed_ends": moves and stays,
        "loses_assessment": one.assessment and not other.assessment,
        "names": _judges(request, pages),
        "title": title,
        "crumbs": _crumbs(one, title),
    }


def _owed(page: MatterPage) -> bool:
    return any(one.state == ReferralState.OWED for one in page.referrals)


def _judges(request: HttpRequest, pages: list[MatterPage]) -> dict[Any, str]:
    who = {page.matter.assessment.by for page in pages if page.matter.assessment}
    return {key: one.name for key, one in names_of(request.viewer, who - {None}).items()}


@require_http_methods(["GET", "POST"])
@may("signals.judge")
def unmerge(request: HttpRequest, ref: str) -> HttpResponse:
    """Show which signals a merged matter takes along when it is taken out again; do it for a reason."""
    matter = _to_judge(request, ref)
    if matter.merged_into is None:
        raise Http404(ref)
    signals = came_with(matter)
    form = ReasonForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        acting = {**form.cleaned_data, "by": request.viewer, "now": request.now}
        try:
            services.unmerge_matter(matter.pk, [one.pk for one in signals], **acting)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("It stands for itself again."), "desk:matter", ref)
    title = _("Take a matter out again")
    context = {
        "matter": matter,
        "into": matter.merged_into,
        "signals": signals,
        "form": form,
        "title": title,
        "crumbs": _crumbs(matter, title),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/signals/unmerge.html", context, status=status)
