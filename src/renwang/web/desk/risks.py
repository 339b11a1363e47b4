"""The risk list: all risks, one of them with its story, and putting one on the list (L2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.chain.reach import Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.registers.duties.models import PHASES
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import answering_against
from renwang.registers.facilities.selectors.listing import defects_of_risk
from renwang.registers.hazards import EVERY
from renwang.registers.risks import services
from renwang.registers.risks.counting import count_states, late_for
from renwang.registers.risks.imports import headings, row_of
from renwang.registers.risks.models import Risk
from renwang.registers.risks.photos import bytes_of
from renwang.registers.risks.rules import MOVES, Act, Source, State
from renwang.registers.risks.selectors import (
    SORTS,
    RiskPage,
    list_risks,
    photo_of,
    posts_near,
    risk_page,
    survey_of,
)
from renwang.registers.risks.services import Found
from renwang.signals.selectors import matter_page, signal_page
from renwang.web.desk import lists
from renwang.web.desk.forms.risks import (
    STATES,
    AcceptForm,
    FilterForm,
    MeasureForm,
    PhotoForm,
    RecheckForm,
    ReferForm,
    RiskForm,
    WordsForm,
)
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Risk")),
    tables.Column(gettext_lazy("Risk level"), sort="level"),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Next step owed"), sort="due"),
    tables.Column(gettext_lazy("Found"), sort="found"),
]
_CHIPS = [
    ("found", gettext_lazy("Not judged")),
    ("open", gettext_lazy("To be mended")),
    ("referred", gettext_lazy("Referred upward")),
    ("rectified", gettext_lazy("To be checked")),
    ("accepted", gettext_lazy("Accepted")),
    ("over", pgettext_lazy("risks", "Over")),
]
_FINDINGS = [
    ("late", gettext_lazy("Late")),
    ("climbed", gettext_lazy("Climbed to me")),
    ("unmeasured", gettext_lazy("Without measures")),
    ("running_out", gettext_lazy("Acceptance runs out")),
]


def count_waiting(request: HttpRequest) -> Any:
    """Give the risks whose next step is late where the viewer judges."""
    if not request.viewer.may("risks.judge"):
        return None
    return late_for(request.viewer, now=request.now)


def wanted_of(request: HttpRequest) -> dict[str, Any]:
    """Read what the list is asked for; without a state, what is not over."""
    survey = request.GET.get("survey", "")
    pair = tuple(lists.whole_number(request.GET.get(key, "")) for key in ("likelihood", "harm"))
    found = survey_of(request.viewer, survey) if survey else None
    if survey and found is None:
        raise Http404(survey)
    finding = request.GET.get("finding", "")
    return FilterForm(request.GET).wanted() | {
        "states": STATES.get(request.GET.get("state", ""), STATES["live"]),
        "finding": finding if finding.isascii() else "",
        "pair": pair if None not in pair and max(pair) < 100 else None,
        "survey": found,
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
    }


@require_GET
@may("risks.see")
def show_risks(request: HttpRequest) -> HttpResponse:
    """List the risks, the worst first; or give them as a file that can be brought in again."""
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-level")
    wanted = wanted_of(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_risks(
            request.viewer, now=request.now, sort=sort, cursor=cursor, size=size, **wanted
        )

    if lists.is_export(request):
        return lists.export(request, "risks", headings(get_language() or "en"), fetch, row_of)
    page = lists.cut(request, fetch)
    chips = [
        *tables.chips_of(request, "state", _CHIPS, _counts(request, wanted)),
        *tables.chips_of(request, "finding", _FINDINGS),
    ]
    context = {
        "risks": page.items,
        "form": FilterForm(request.GET),
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": bool(request.GET),
        **wanted,
    }
    return render(request, "desk/risks/list.html", context)


def _counts(request: HttpRequest, wanted: Mapping[str, Any]) -> dict[str, int]:
    by_state = count_states(request.viewer, under=wanted["under"])
    return {key: sum(by_state[one] for one in states) for key, states in STATES.items()}


# --- putting one on the list ---------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("risks.report")
def add(request: HttpRequest) -> HttpResponse:
    """Put a risk on the list; a signal, a matter or a survey that it comes from is kept with it."""
    initial, origin = _begun(request)
    form = RiskForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        found = Found(**form.found(request.now), **origin)
        try:
            made = services.report_risk(
                found, form.cleaned_data["unit"], by=request.viewer, now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("On the list as {ref}.").format(ref=made.ref)
            return done(request, sentence, "desk:risk", made.ref)
    title = _("Put a risk on the list")
    crumbs = [(_("Risk list"), reverse("desk:risks")), (title, "")]
    lead = _("What may do harm, and where. How bad it is is judged afterwards.")
    return lists.show_form(request, form, title, lead, crumbs, _("Put it on the list"))


def _begun(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Begin with what is known already: the signal, matter or survey of the address."""
    viewer, asked = request.viewer, request.GET
    unit = next(iter(topmost_units(viewer, "risks.report")), None)
    if ref := asked.get("signal", ""):
        page = signal_page(viewer, ref)
        return _from(ref, page and page.signal)
    if ref := asked.get("matter", ""):
        page = matter_page(viewer, ref)
        return _from(ref, page and page.matter)
    if ref := asked.get("survey", ""):
        survey = survey_of(viewer, ref)
        if survey is None:
            raise Http404(ref)
        sources = {"assessment": Source.EXPERT, "workshop": Source.WORKSHOP, "round": Source.PATROL}
        source = sources.get(survey.kind, Source.SURVEY)
        return {"unit": survey.unit, "source": source}, {"survey": survey}
    return {"unit": unit}, {}


def _from(ref: str, one: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    if one is None:
        raise Http404(ref)
    initial = {"unit": one.unit, "hazard": one.hazard, "source": Source.SIGNAL, "datum": "wgs84"}
    for name in ("words", "place", "lon", "lat", "title"):
        if getattr(one, name, None):
            initial[name] = getattr(one, name)
    initial.setdefault("words", initial.get("title", ""))
    return initial, {"origin": ref}


# --- one risk -------------------------------------------------------------------------


def page_of(request: HttpRequest, ref: str) -> RiskPage:
    """Find the risk of an address with its story; 404 where there is none in the viewer's reach."""
    page = risk_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


def acts_of(state: str) -> frozenset[str]:
    """Name what the state of a risk allows; the page has a button for each of these."""
    return frozenset(act.value for act in Act if (State(state), act) in MOVES)


_RIGHTS = ("report", "judge", "accept")


@require_GET
@signed_in
def show_risk(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell the story of a risk, with what can be done next."""
    page = page_of(request, ref)
    viewer, risk = request.viewer, page.risk
    rights = {deed: viewer.may(f"risks.{deed}", risk.path) for deed in _RIGHTS}
    acts = acts_of(risk.state)
    posts = posts_near(viewer, risk.unit) if rights["judge"] and "measure" in acts else []
    context = {
        "page": page,
        "risk": risk,
        "today": timezone.localdate(request.now),
        "acts": acts,
        "rights": rights,
        "may_answer": _may_answer(viewer, page),
        "is_own": viewer.id in services.hands_of(risk),
        "names": _names(viewer, page),
        **_leads(viewer, risk, request.now),
        "measure": MeasureForm(posts, prefix="measure"),
        "refer": ReferForm(prefix="refer"),
        "accept": AcceptForm(prefix="accept"),
        "recheck": RecheckForm(prefix="recheck"),
        "words": WordsForm(),
        "photo": PhotoForm(),
        "defects": defects_of_risk(viewer, risk.ref),
    }
    return render(request, "desk/risks/risk.html", context)


def _leads(viewer: Viewer, risk: Risk, now: datetime) -> dict[str, Any]:
    """Say phase by phase who leads against a hazard where it is; where nobody does, lead to where one is written."""
    answers = answering_against(risk.unit, risk.hazard, at=now)
    write = ""
    if viewer.may("duties.write", risk.path):
        asked = {"under": risk.unit.ref, "hazard": risk.hazard or EVERY}
        write = f"{reverse('desk:duty_write')}?{urlencode(asked)}&phase="
    leads = [
        (word, answers.get(Phase(key)), f"{write}{key}" if write else "") for key, word in PHASES
    ]
    return {"leads": leads, "sees_duties": viewer.may("duties.see", risk.path)}


def _may_answer(viewer: Viewer, page: RiskPage) -> bool:
    return page.referral is not None and viewer.may("risks.judge", page.referral.asked.path)


def _names(viewer: Viewer, page: RiskPage) -> dict[UUID, str]:
    who = {one.by for one in page.steps if one.by}
    return {key: one.name for key, one in names_of(viewer, who).items()}


@require_GET
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its risk."""
    photo = photo_of(request.viewer, key)
    data = bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
