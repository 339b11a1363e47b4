"""Mediations: the list, asking for one, one of them as a story."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.tables import Kind as Cell
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation
from renwang.cases.mediation.names import BARS, ENDS, QUARRELS, REASONS, STATES
from renwang.cases.mediation.paper import can_draw
from renwang.cases.mediation.rules import MOVES, Act, End, Quarrel, State
from renwang.cases.mediation.selectors import (
    SORTS,
    MediationPage,
    Wanted,
    list_mediations,
    mediation_page,
    stations_for,
    waiting_for,
)
from renwang.cases.selectors import case_of
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.web.desk import lists
from renwang.web.desk.forms import mediation as forms
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Mediation")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Mediator")),
    tables.Column(gettext_lazy("Last step"), sort="since"),
    tables.Column(gettext_lazy("Asked for on"), sort="asked"),
]
_CHIPS = [
    ("waiting", gettext_lazy("To be begun")),
    ("going", gettext_lazy("In mediation")),
    ("agreed", gettext_lazy("Agreed, to be followed")),
    ("ended", gettext_lazy("Ended mediations")),
]
_FLAGS = [("mine", gettext_lazy("I mediate")), ("due", gettext_lazy("To be asked after"))]


def count_waiting(request: HttpRequest) -> Any:
    """Give the mediations that wait to be named or asked after, by the viewer."""
    return waiting_for(request.viewer, today=timezone.localdate(request.now))


def mediation_tabs(current: str) -> list[dict[str, Any]]:
    """Lead from the list to the calendar, the register and the figures."""
    views = [
        ("list", _("List"), reverse("desk:mediations"), "rows"),
        (
            "calendar",
            pgettext("of mediations", "Sessions"),
            reverse("desk:mediation_calendar"),
            "calendar",
        ),
        ("register", _("Mediators and stations"), reverse("desk:mediators"), "people"),
        ("figures", _("Figures"), reverse("desk:mediation_figures"), "chart"),
    ]
    return [
        {"label": label, "url": url, "current": key == current, "icon": icon}
        for key, label, url, icon in views
    ]


def _wanted(request: HttpRequest, form: forms.FilterForm) -> Wanted:
    flag = request.GET.get("which", "")
    return Wanted(
        text=lists.text_asked(request),
        states=forms.STATES.get(request.GET.get("state", ""), ()),
        under=lists.unit_asked(request),
        **form.wanted(),
        **({flag: True} if flag in dict(_FLAGS) else {}),
    )


@require_GET
@signed_in
def show_mediations(request: HttpRequest) -> HttpResponse:
    """List mediations, the latest first, without a name; or give them as a file."""
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-asked")
    form = forms.FilterForm(request.GET)
    wanted = _wanted(request, form)

    def fetch(cursor: str, size: int) -> Any:
        today = timezone.localdate(request.now)
        return list_mediations(
            request.viewer, wanted, today=today, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return lists.export(request, "mediations", _exported(), fetch, _row_of)
    page = lists.cut(request, fetch)
    chips = [*tables.chips_of(request, "state", _CHIPS), *tables.chips_of(request, "which", _FLAGS)]
    context = {
        "mediations": page.items,
        "form": form,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": bool(request.GET),
        "tabs": mediation_tabs("list"),
    }
    return render(request, "desk/mediations/list.html", context)


def _exported() -> list[tuple[str, str, Cell]]:
    return [
        ("ref", _("Number"), Cell.CODE),
        ("quarrel", _("Kind of quarrel"), Cell.TEXT),
        ("state", _("State"), Cell.TEXT),
        ("end", _("Outcome"), Cell.TEXT),
        ("unit", _("Place"), Cell.TEXT),
        ("asked_at", _("Asked for on"), Cell.DATETIME),
        ("agreed_on", _("Agreed on"), Cell.DATE),
        ("ended_at", _("Ended on"), Cell.DATETIME),
    ]


def _row_of(one: Mediation) -> dict[str, Any]:
    row = {key: getattr(one, key) for key in ("ref", "asked_at", "agreed_on", "ended_at")}
    return row | {
        "quarrel": str(QUARRELS[Quarrel(one.quarrel)]),
        "state": str(STATES[State(one.state)]),
        "end": str(ENDS[End(one.end)]) if one.end else "",
        "unit": one.unit.name,
    }


@require_http_methods(["GET", "POST"])
@may("mediations.keep")
def ask(request: HttpRequest) -> HttpResponse:
    """Take in that somebody wants to be helped with a quarrel; out of a case where `?case=` names one."""
    ref = request.GET.get("case", "")
    case = case_of(request.viewer, ref) if ref else None
    if ref and case is None:
        raise Http404(ref)
    unit = case.unit if case else next(iter(topmost_units(request.viewer, "mediations.keep")), None)
    form = forms.AskForm(
        request.viewer,
        sent_form(request),
        initial={"unit": unit},
        stations=stations_for(request.viewer),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _taken_in(request, form, case)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Taken in. Enter the parties, and ask each for consent.")
            return done(request, sentence, "desk:mediation", made.ref)
    title = _("Take in a mediation")
    crumbs = [(_("Mediation"), reverse("desk:mediations")), (title, "")]
    return lists.show_form(request, form, title, case.ref if case else "", crumbs, _("Take it in"))


def _taken_in(request: HttpRequest, form: forms.AskForm, case: Any) -> Mediation:
    said = form.cleaned_data
    who = {"by": request.viewer, "now": request.now}
    return services.ask_mediation(
        said["quarrel"], said["about"], said["unit"], case=case, station=said["station"], **who
    )


# --- one mediation --------------------------------------------------------------


def page_of(request: HttpRequest, ref: str) -> MediationPage:
    """Find the mediation of an address with its story; 404 where there is none for the viewer."""
    page = mediation_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@signed_in
def show_mediation(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell the story of a mediation, with what can be done next. Nothing told in confidence stands here."""
    page = page_of(request, ref)
    state = State(page.mediation.state)
    hand = page.keeps or page.is_mediator
    acts = {act.value for act in Act if (state, act) in MOVES} if hand else set()
    today = timezone.localdate(request.now)
    suggested = services.suggestions(page.mediation) if page.keeps and "name" in acts else []
    context = {
        "page": page,
        "one": page.mediation,
        "hand": hand,
        "acts": acts,
        "parties": [(side, side.consents_on(today)) for side in page.parties],
        "suggested": [
            (one, [BARS[bar] for bar in one.bars], [REASONS[why] for why in one.reasons])
            for one in suggested
        ],
        "forms": _forms(request, page, suggested) if hand else {},
        "may_read": page.is_mediator or page.own or _learner_reads(page),
        "may_ask": hand and page.mediation.follow_on,
        "names": _names(request, page),
        "draws": can_draw(),
        "today": today,
    }
    return render(request, "desk/mediations/mediation.html", context)


def _learner_reads(page: MediationPage) -> bool:
    return page.is_apprentice and all(side.apprentice_reads for side in page.parties)


def _names(request: HttpRequest, page: MediationPage) -> dict[Any, str]:
    who = {step.by for step in page.steps if step.by}
    return {key: one.name for key, one in names_of(request.viewer, who).items()}


def _forms(request: HttpRequest, page: MediationPage, suggested: list[Any]) -> dict[str, Any]:
    stations = stations_for(request.viewer)
    sides = page.parties
    initial = {"station": page.mediation.station_id}
    return {
        "party": forms.PartyForm(request.viewer, prefix="party"),
        "consent": forms.ConsentForm(sides, prefix="consent"),
        "withdraw": forms.OfPartyForm(sides, prefix="withdraw"),
        "name": forms.NameForm(*choices_of(suggested), prefix="name"),
        "kin": forms.MediatorForm(every_of(suggested), prefix="kin"),
        "session": forms.SessionForm(stations, initial=initial, prefix="session"),
        "tell": forms.ConfidenceForm(sides, prefix="tell"),
        "write": forms.PointsForm(prefix="write"),
        "sign": forms.SignForm([one for one in sides if one.pk not in page.signed], prefix="sign"),
        "suspend": forms.SuspendForm(prefix="suspend"),
        "allow": forms.AllowForm(sides, prefix="allow"),
        "refer": forms.BodyForm(prefix="refer"),
        "follow": forms.FollowForm(prefix="follow"),
    }


def choices_of(suggested: list[Any]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give those who may be named, in order, and those who still learn."""
    able = [(str(one.candidate.key), one.candidate.name) for one in suggested if one.may]
    learners = [
        (str(one.candidate.key), one.candidate.name) for one in suggested if one.candidate.learns
    ]
    return able, learners


def every_of(suggested: list[Any]) -> list[tuple[str, str]]:
    """Give everybody who was looked at."""
    return [(str(one.candidate.key), one.candidate.name) for one in suggested]
