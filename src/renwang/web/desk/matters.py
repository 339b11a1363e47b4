"""Matters: the story of one thing on one page; assessing it, referring it upward, answering from above (W2)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.chain.exposure import exposed_in_units
from renwang.chain.models import Organisation
from renwang.chain.selectors.naming import names_of
from renwang.signals import services
from renwang.signals.rules import ReferralState, SignalRefused
from renwang.signals.selectors import (
    MatterPage,
    list_matters,
    list_referrals,
    matter_page,
    referral_of,
    signal_page,
)
from renwang.web.desk import lists
from renwang.web.desk.forms.signals import AnswerForm, AssessForm, ReasonForm, ReferForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of
from renwang.web.frame.tags.signs import as_written

_COLUMNS = [
    tables.Column(gettext_lazy("Matter")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Signals"), number=True),
    tables.Column(gettext_lazy("Assessment")),
    tables.Column(gettext_lazy("Opened")),
]
_OWED_COLUMNS = [
    tables.Column(gettext_lazy("Question")),
    tables.Column(gettext_lazy("From")),
    tables.Column(gettext_lazy("Asked")),
    tables.Column(gettext_lazy("State")),
]


@require_GET
@may("signals.see")
def show_matters(request: HttpRequest) -> HttpResponse:
    """List the matters, the latest first."""
    under = lists.unit_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_matters(request.viewer, under=under, cursor=cursor, size=size)

    page = lists.cut(request, fetch)
    table = lists.frame_of(request, _COLUMNS, page, exports=[])
    return render(request, "desk/signals/matters.html", {"matters": page.items, "table": table})


def _page(request: HttpRequest, ref: str) -> MatterPage:
    page = matter_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@may("signals.see")
def show_matter(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell the story of a matter: its signals, what was concluded, who was asked."""
    page = _page(request, ref)
    viewer, matter = request.viewer, page.matter
    who = {one.by for one in [*page.assessments, *page.referrals] if one.by}
    may_judge = viewer.may("signals.judge", matter.path)
    context = {
        "page": page,
        "matter": matter,
        "assessment": page.assessments[0] if page.assessments else None,
        "earlier": page.assessments[1:],
        "owed": next((one for one in page.referrals if one.state == ReferralState.OWED), None),
        "may_judge": may_judge and not matter.merged_into_id,
        "may_unmerge": may_judge and matter.merged_into_id,
        "may_compose": viewer.may("alerts.compose"),
        "kinds": dict(Organisation.Kind.choices),
        "names": {key: one.name for key, one in names_of(viewer, who).items()},
        "refer": ReferForm(prefix="refer"),
        "ask": ReasonForm(prefix="ask"),
    }
    return render(request, "desk/signals/matter.html", context)


# --- assessing ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("signals.judge")
def assess_signal(request: HttpRequest, ref: str) -> HttpResponse:
    """Assess a signal, and with it the matter it belongs to."""
    page = signal_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    signal = page.signal
    initial = {"hazard": signal.hazard, "unit": signal.unit}
    proposal = page.proposal
    if proposal is not None:
        initial |= {"category": "natural", "warning_level": proposal.level}
    return _assess(request, services.assess_signal, signal.pk, initial, as_written(signal.words))


@require_http_methods(["GET", "POST"])
@may("signals.judge")
def assess_matter(request: HttpRequest, ref: str) -> HttpResponse:
    """Assess a matter anew; what was said before stays beside it."""
    page = _page(request, ref)
    initial: dict[str, Any] = {"hazard": page.matter.hazard, "unit": page.matter.unit}
    if page.assessments:
        last = page.assessments[0]
        names = (
            "category", "hazard", "nature", "likely_harm", "event_level", "warning_level",
            "response_level", "confidence",
        )  # fmt: skip
        initial |= {name: getattr(last, name) for name in names}
    return _assess(request, services.assess_matter, page.matter.pk, initial, page.matter.title)


def _assess(
    request: HttpRequest, deed: Any, key: UUID, initial: dict[str, Any], lead: str
) -> HttpResponse:
    form = AssessForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        exposed = exposed_in_units(request.viewer, [unit]) if unit else None
        try:
            made = deed(key, form.judgement(), by=request.viewer, now=request.now, exposed=exposed)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The assessment was kept."), "desk:matter", made.matter.ref)
    title = _("Assess")
    crumbs = [(_("Signals"), reverse("desk:signals")), (title, "")]
    return lists.show_form(request, form, title, lead, crumbs, _("Keep the assessment"))


@require_POST
@may("signals.judge")
def ask_for_warning(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask whoever writes warnings for one."""
    matter = _page(request, ref).matter
    reason = request.POST.get("ask-reason", "")[:300]
    try:
        services.ask_for_warning(matter.pk, by=request.viewer, now=request.now, reason=reason)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:matter", ref)
    return done(request, _("A warning was asked for."), "desk:matter", ref)


# --- referring upward ---------------------------------------------------------------


@require_POST
@may("signals.judge")
def refer(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a question to the unit above."""
    matter = _page(request, ref).matter
    form = ReferForm(request.POST, prefix="refer")
    if not form.is_valid():
        return not_done(request, _("Say what the unit above should answer."), "desk:matter", ref)
    said = form.cleaned_data
    try:
        made = services.refer_matter(
            matter.pk, said["question"], term=said["term"], by=request.viewer, now=request.now
        )
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:matter", ref)
    sentence = _("{unit} owes an answer now.").format(unit=made.asked.name)
    return done(request, sentence, "desk:matter", ref)


@require_GET
@may("signals.see")
def show_referrals(request: HttpRequest) -> HttpResponse:
    """List what one owes an answer to, or waits for, the soonest due first."""
    side = request.GET.get("side", "")
    is_over = request.GET.get("state") == "answered"

    def fetch(cursor: str, size: int) -> Any:
        return list_referrals(
            request.viewer,
            side=side if side in ("owed", "waiting") else "",
            state=ReferralState.ANSWERED if is_over else ReferralState.OWED,
            cursor=cursor,
            size=size,
        )

    page = lists.cut(request, fetch)
    chips = [
        *tables.chips_of(
            request, "side", [("owed", _("I owe the answer")), ("waiting", _("I wait"))]
        ),
        *tables.chips_of(request, "state", [("answered", _("Answered"))]),
    ]
    table = lists.frame_of(request, _OWED_COLUMNS, page, chips=chips, exports=[])
    context = {"referrals": page.items, "table": table}
    return render(request, "desk/signals/referrals.html", context)


@require_http_methods(["GET", "POST"])
@may("signals.see")
def show_referral(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a question from below with the way it climbed, and take the answer."""
    found = referral_of(request.viewer, ref)
    if found is None:
        raise Http404(ref)
    form = AnswerForm(sent_form(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_referral(
                found.pk, form.cleaned_data["answer"], by=request.viewer, now=request.now
            )
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The answer was given."), "desk:referral", ref)
    context = {
        "referral": found,
        "matter": found.matter,
        "form": form,
        "names": {},
        "may_answer": found.state == ReferralState.OWED
        and request.viewer.may("signals.judge", found.asked_path),
        "may_take_back": found.state == ReferralState.OWED
        and request.viewer.may("signals.judge", found.path),
    }
    status = 422 if form.errors else 200
    return render(request, "desk/signals/referral.html", context, status=status)


@require_POST
@may("signals.judge")
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a question back that is no longer one."""
    found = referral_of(request.viewer, ref)
    if found is None:
        raise Http404(ref)
    reason = request.POST.get("reason", "")[:300]
    try:
        services.withdraw_referral(found.pk, by=request.viewer, now=request.now, reason=reason)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:referral", ref)
    return done(request, _("The question was taken back."), "desk:matter", found.matter.ref)
