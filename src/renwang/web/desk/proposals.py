"""Proposals: what triggers proposed, with the numbers that met them; a person decides (W1)."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.base.tables import Kind
from renwang.signals import services
from renwang.signals.models import Proposal
from renwang.signals.rules import PROPOSAL_MOVES, ProposalAct, ProposalState, SignalRefused
from renwang.signals.saying import explain_number
from renwang.signals.selectors import (
    ProposalPage,
    list_proposals,
    proposal_page,
    proposals_visible_to,
)
from renwang.signals.selectors.triggering import PROPOSAL_SORTS
from renwang.signals.triggers import PROPOSAL_STATES
from renwang.web.desk import lists
from renwang.web.desk.forms.signals import ReasonForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused

_COLUMNS = [
    tables.Column(gettext_lazy("Proposal")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Proposed"), sort="proposed"),
]
_STATES = {
    "open": (ProposalState.OPEN, ProposalState.ASSESSED),
    "handed": (ProposalState.HANDED,),
    "dismissed": (ProposalState.DISMISSED,),
    "replaced": (ProposalState.REPLACED,),
}
_CHIPS = [
    ("open", gettext_lazy("Waits for a decision")),
    ("handed", gettext_lazy("Handed on")),
    ("dismissed", gettext_lazy("Dismissed")),
    ("replaced", gettext_lazy("Replaced")),
]


def count_waiting(request: HttpRequest) -> Any:
    """Give the proposals that nobody has decided about."""
    if not request.viewer.may("signals.judge"):
        return None
    return proposals_visible_to(request.viewer).filter(state=ProposalState.OPEN)


def sentence_in(proposal: Proposal, language: str) -> str:
    """Give the sentence that explains a proposal, in the language of the page."""
    return proposal.sentence_zh if language.startswith("zh") else proposal.sentence_en


@require_GET
@may("signals.see")
def show_proposals(request: HttpRequest) -> HttpResponse:
    """List what was proposed, the latest first."""
    state, under = request.GET.get("state", ""), lists.unit_asked(request)
    sort = lists.sort_asked(request, _COLUMNS, PROPOSAL_SORTS, "-proposed")
    language = get_language() or "zh-hans"

    def fetch(cursor: str, size: int) -> Any:
        return list_proposals(
            request.viewer,
            states=_STATES.get(state, ()),
            under=under,
            sort=sort,
            cursor=cursor,
            size=size,
        )

    if lists.is_export(request):
        return _export(request, fetch, language)
    page = lists.cut(request, fetch)
    context = {
        "rows": [(one, sentence_in(one, language)) for one in page.items],
        "table": lists.frame_of(
            request, _COLUMNS, page, sort=sort, chips=tables.chips_of(request, "state", _CHIPS)
        ),
        "is_narrowed": bool(state or under),
    }
    return render(request, "desk/signals/proposals.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch, language: str) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("level", _("Level"), Kind.TEXT),
        ("sentence", _("Why"), Kind.TEXT),
        ("unit", _("Place"), Kind.TEXT),
        ("state", _("State"), Kind.TEXT),
        ("reason", _("Reason"), Kind.TEXT),
        ("met_at", _("Met at"), Kind.DATETIME),
        ("proposed_at", _("Proposed"), Kind.DATETIME),
    ]

    def row_of(one: Proposal) -> dict[str, Any]:
        return {
            "ref": one.ref,
            "level": one.level,
            "sentence": sentence_in(one, language),
            "unit": one.unit.name,
            "state": str(PROPOSAL_STATES[ProposalState(one.state)]),
            "reason": one.reason,
            "met_at": one.met_at,
            "proposed_at": one.proposed_at,
        }

    return lists.export(request, "proposals", columns, fetch, row_of)


def _page(request: HttpRequest, ref: str) -> ProposalPage:
    page = proposal_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@may("signals.see")
def show_proposal(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a proposal with the numbers that met it and the readings behind them."""
    page = _page(request, ref)
    one = page.proposal
    evidence = _points_of(one)
    context = {
        "page": page,
        "proposal": one,
        "sentence": sentence_in(one, get_language() or "zh-hans"),
        "numbers": [explain_number(number) for number in one.numbers],
        "evidence": evidence,
        "chart": _chart_of(one, evidence),
        "acts": _acts_of(one),
        "may_judge": request.viewer.may("signals.judge", one.path),
        "compose": _compose(one),
        "may_compose": request.viewer.may("alerts.compose"),
        "dismiss": ReasonForm(prefix="dismiss"),
    }
    return render(request, "desk/signals/proposal.html", context)


def _compose(proposal: Proposal) -> str:
    """Lead to writing the message, with hazard, colour and place chosen as proposed."""
    wish = {
        "proposal": str(proposal.pk),
        "kind": "advice",
        "hazard": proposal.hazard,
        "colour": proposal.level,
        "unit": str(proposal.unit_id),
        "place": proposal.unit.name,
    }
    return f"{reverse('desk:compose')}?{urlencode(wish)}"


def _acts_of(proposal: Proposal) -> set[str]:
    state = ProposalState(proposal.state)
    return {act.value for act in ProposalAct if (state, act) in PROPOSAL_MOVES}


def _chart_of(
    proposal: Proposal, evidence: dict[str, list[tuple[datetime, float]]]
) -> dict[str, Any]:
    lines = [
        {"name": alias, "points": [(at.timestamp() * 1000, value) for at, value in points]}
        for alias, points in evidence.items()
    ]
    return {
        "lines": lines,
        "unit": next((number["unit_of_measure"] for number in proposal.numbers), ""),
    }


def _points_of(proposal: Proposal) -> dict[str, list[tuple[datetime, float]]]:
    return {
        alias: [(datetime.fromisoformat(at), float(value)) for at, value in points]
        for alias, points in proposal.evidence.items()
    }


@require_POST
@may("signals.judge")
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide against a proposal."""
    one = _page(request, ref).proposal
    reason = request.POST.get("dismiss-reason", "")[:300]
    try:
        services.dismiss_proposal(one.pk, by=request.viewer, now=request.now, reason=reason)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:proposal", ref)
    return done(
        request, _("Dismissed. It is proposed again only when it is met anew."), "desk:proposals"
    )


@require_POST
@may("signals.judge")
def hand_on(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a proposal to whoever writes the warning, and go there oneself if one may."""
    one = _page(request, ref).proposal
    reason = request.POST.get("reason", "").strip()[:300] or _("Handed on at the desk")
    try:
        services.hand_on_proposal(one.pk, by=request.viewer, now=request.now, reason=reason)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:proposal", ref)
    sentence = _("Handed on for a warning.")
    if request.viewer.may("alerts.compose"):
        return done(request, sentence, _compose(one))
    return done(request, sentence, "desk:proposal", ref)
