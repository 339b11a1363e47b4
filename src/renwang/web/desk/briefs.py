"""Briefs at the desk: the list, one with its figures and readers, what a figure counted, writing, approving, printing."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind as Cell
from renwang.cases.mediation.paper import can_draw
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.response.briefs import selectors, services
from renwang.response.briefs.models import STATES, Brief
from renwang.response.briefs.paper import Sheet, draw_sheet
from renwang.response.briefs.rules import FIGURES as PARTS
from renwang.response.briefs.rules import Section, State, acts_in
from renwang.response.briefs.words import FIGURES, SECTIONS
from renwang.web.desk import lists
from renwang.web.desk.forms.briefs import BeginForm, ReasonForm, WordingForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Brief")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Week from"), sort="week"),
    tables.Column(gettext_lazy("State")),
]
_ITEMS = [tables.Column(gettext_lazy("What it counted")), tables.Column(gettext_lazy("Place"))]
_TONES = {
    State.DRAFT: "neutral", State.WAITING: "attention", State.PUBLISHED: "good",
    State.WITHDRAWN: "bad", State.DISCARDED: "neutral",
}  # fmt: skip
_PAGES = {
    "case": "desk:case", "topic": "desk:topic", "risk": "desk:risk", "relay": "desk:relay_board",
}  # fmt: skip
STATE_WORDS: Mapping[str, Any] = {state.value: word for state, word in STATES}
WEEK = timedelta(days=7)


def count_waiting(request: HttpRequest) -> Any:
    """Give the briefs that wait for the viewer: to be approved, to be read."""
    return selectors.count_waiting(request.viewer)


def look_of(brief: Brief) -> tuple[str, str]:
    """Give the word and the tone of where a brief stands."""
    return str(STATE_WORDS[brief.state]), _TONES[State(brief.state)]


@require_GET
@may("briefs.see")
def show_briefs(request: HttpRequest) -> HttpResponse:
    """List briefs, the latest week first; or give them as a file."""
    wanted = {
        "text": lists.text_asked(request),
        "under": lists.unit_asked(request),
        "state": request.GET.get("state", ""),
        "sort": lists.sort_asked(request, _COLUMNS, selectors.SORTS, "-week"),
    }

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_briefs(request.viewer, **wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "state", list(STATE_WORDS.items()))
    context = {
        "rows": [(one, *look_of(one)) for one in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=wanted["sort"], chips=chips),
        "may_write": request.viewer.may("briefs.write"),
        "is_narrowed": bool(request.GET),
    }
    return render(request, "desk/briefs/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Cell.CODE),
        ("title", _("Title"), Cell.TEXT),
        ("unit", _("Place"), Cell.TEXT),
        ("from_on", _("Week from"), Cell.DATE),
        ("state", _("State"), Cell.TEXT),
        ("published_at", _("Published at"), Cell.DATETIME),
    ]

    def row_of(one: Brief) -> dict[str, Any]:
        plain = {key: getattr(one, key) for key in ("ref", "title", "from_on", "published_at")}
        return plain | {"unit": one.unit.name, "state": look_of(one)[0]}

    return lists.export(request, "briefs", columns, fetch, row_of)


@require_http_methods(["GET", "POST"])
@may("briefs.write")
def begin(request: HttpRequest) -> HttpResponse:
    """Draft a brief from the data of a place and week."""
    unit = next(iter(topmost_units(request.viewer, "briefs.write")), None)
    initial = {"unit": unit, "day": timezone.localdate(request.now) - WEEK}
    form = BeginForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            brief = services.draft_brief(
                said["unit"], said["day"], by=request.viewer, now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("It was drafted. Put it right."), "desk:brief_edit", brief.ref)
    title = _("Draft a brief")
    crumbs = [(_("Briefs"), reverse("desk:briefs")), (title, "")]
    lead = _("The node counts the week and puts it into words; you go on from there.")
    return lists.show_form(request, form, title, lead, crumbs, _("Draft it"))


def page_at(request: HttpRequest, ref: str) -> selectors.BriefPage:
    """Find the brief of an address; 404 where there is none in the viewer's reach."""
    page = selectors.brief_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_GET
@may("briefs.see")
def show_brief(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a brief: its parts with the figures they rest on, who reads it, what can be done next."""
    page = page_at(request, ref)
    brief, viewer = page.brief, request.viewer
    if request.GET.get("form") == "pdf" and can_draw():
        return _as_pdf(brief)
    acts = {act.value for act in acts_in(State(brief.state))}
    hands = {one.by for one in page.versions} | {brief.submitted_by}
    who = {one for one in (*hands, brief.approved_by, *(a.read_by for a in page.addressees)) if one}
    context = {
        "page": page,
        "brief": brief,
        "look": look_of(brief),
        "parts": _parts(brief),
        "names": {key: one.name for key, one in names_of(viewer, who).items()},
        "acts": acts,
        "may_write": viewer.may("briefs.write", brief.path),
        "may_approve": viewer.may("briefs.approve", brief.path),
        "is_own": viewer.id in hands,
        "unread": _unread(viewer, page),
        "draws": can_draw(),
        "reason": ReasonForm(),
        "last_day": timezone.localdate(brief.until_at) - timedelta(days=1),
    }
    return render(request, "desk/briefs/brief.html", context)


def _unread(viewer: Any, page: selectors.BriefPage) -> bool:
    """Whether one of the viewer's units has not read a published brief."""
    return page.brief.state == State.PUBLISHED and any(
        one.read_at is None and viewer.may("briefs.see", one.path) for one in page.addressees
    )


def _parts(brief: Brief) -> list[dict[str, Any]]:
    figures = selectors.figures_of(brief)
    sections = brief.current.sections if brief.current else {}
    return [
        {
            "name": SECTIONS[part],
            "words": sections.get(part.value, ""),
            "figures": [
                (key, FIGURES[key], figures[key]["number"])
                for key, where in PARTS.items()
                if where is part and key in figures
            ],
        }
        for part in Section
    ]


def _as_pdf(brief: Brief) -> HttpResponse:
    figures = [(str(FIGURES[one["key"]]), str(one["number"])) for one in brief.figures]
    last = timezone.localdate(brief.until_at) - timedelta(days=1)
    days = f"{date_format(brief.from_on, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
    word = "" if brief.state == State.PUBLISHED else f" · {look_of(brief)[0]}"
    sheet = Sheet(
        brief.title,
        f"{brief.ref} · {brief.unit.name} · {days}{word}",
        date_format(timezone.localtime(brief.published_at or brief.since), "DATETIME_FORMAT"),
        get_language() or "en",
        figures + [("", "")] * (len(figures) % 2),
        [(str(one["name"]), one["words"]) for one in _parts(brief) if one["words"]],
    )
    answer = HttpResponse(draw_sheet(sheet), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{brief.ref}.pdf"'
    return answer


@require_GET
@may("briefs.see")
def show_figure(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """List what a figure counted, as far as it is in reach."""
    brief = page_at(request, ref).brief
    figure = selectors.figures_of(brief).get(key)
    if figure is None or key not in FIGURES:
        raise Http404(key)
    found = selectors.items_of(request.viewer, figure)
    page = _PAGES[figure["kind"]]
    context = {
        "title": FIGURES[key],
        "figure": figure,
        "rows": [(one, reverse(page, args=[one.key])) for one in found],
        "outside": figure["number"] - len(found),
        "brief": brief,
        "crumbs": [
            (_("Briefs"), reverse("desk:briefs")),
            (brief.title, reverse("desk:brief", args=[brief.ref])),
            (FIGURES[key], ""),
        ],
    }
    return render(request, "desk/briefs/figure.html", context)


@require_http_methods(["GET", "POST"])
@may("briefs.write")
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a brief into other words."""
    brief = page_at(request, ref).brief
    initial = WordingForm.initial_of(brief.current, is_public=brief.is_public)
    form = WordingForm(selectors.readers_for(brief), sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_brief(brief.pk, form.said(), by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The brief says so now."), "desk:brief", brief.ref)
    title = _("Put the brief right")
    crumbs = [
        (_("Briefs"), reverse("desk:briefs")),
        (brief.title, reverse("desk:brief", args=[brief.ref])),
        (title, ""),
    ]
    lead = _(
        "Earlier words stay on record. Other words than those handed in must be approved anew."
    )
    return lists.show_form(request, form, title, lead, crumbs, _("Keep it"))


DEEDS: Mapping[str, tuple[Callable[..., Any], Any, bool]] = {
    "submit": (services.submit_brief, gettext_lazy("It waits for somebody else."), False),
    "return": (services.return_brief, gettext_lazy("It goes back to whoever wrote it."), True),
    "approve": (services.approve_brief, gettext_lazy("It is published."), False),
    "withdraw": (services.withdraw_brief, gettext_lazy("It was taken back."), True),
    "discard": (services.discard_brief, gettext_lazy("It was discarded."), False),
    "read": (services.read_brief, gettext_lazy("You have read it for your units."), False),
}


@require_POST
@may("briefs.see")
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Hand a brief in, return, approve, take back, discard it; or note that it was read."""
    brief = page_at(request, ref).brief
    if act not in DEEDS:
        raise Http404(act)
    deed, sentence, needs_reason = DEEDS[act]
    said = {"reason": request.POST.get("reason", "")[:301]} if needs_reason else {}
    try:
        deed(brief.pk, **said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), "desk:brief", brief.ref)
    if act == "discard":
        return done(request, str(sentence), "desk:briefs")
    return done(request, str(sentence), "desk:brief", brief.ref)
