"""Signals: the inbox, one signal with all that belongs to it, and what a person does with it (W1)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.signals import services
from renwang.signals.models import SIGNAL_STATES, SOURCES, Signal
from renwang.signals.rules import MOVES, SignalAct, SignalRefused, SignalState, Source
from renwang.signals.selectors import SignalPage, list_signals, signal_page, visible_to
from renwang.signals.selectors.inbox import SORTS
from renwang.signals.services import Report
from renwang.web.desk import lists
from renwang.web.desk.forms.signals import (
    STATES,
    FilterForm,
    MeetForm,
    NoteForm,
    ReasonForm,
    SignalForm,
)
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Signal")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Brought by")),
    tables.Column(gettext_lazy("Noticed"), sort="noticed"),
    tables.Column(gettext_lazy("Arrived"), sort="received"),
]
CHIPS = [
    ("waiting", gettext_lazy("Waits for a look")),
    ("assessed", gettext_lazy("Assessed")),
    ("referred", gettext_lazy("Referred upward")),
    ("met", gettext_lazy("Met by an official warning")),
    ("aside", gettext_lazy("Put aside")),
]
KEPT = ("q", "state", "source", "hazard", "under")


def count_waiting(request: HttpRequest) -> Any:
    """Give the signals that nobody has judged."""
    if not request.viewer.may("signals.judge"):
        return None
    return visible_to(request.viewer).filter(state__in=STATES["waiting"])


@require_GET
@may("signals.see")
def show_signals(request: HttpRequest) -> HttpResponse:
    """List what came in, what waits first of all."""
    form = FilterForm(request.GET)
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-received")
    wanted = wanted_of(request)

    def fetch(cursor: str, size: int) -> Any:
        return list_signals(request.viewer, sort=sort, cursor=cursor, size=size, **wanted)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "state", CHIPS)
    context = {
        "signals": page.items,
        "form": form,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "tabs": signal_tabs(request, "list"),
        "is_narrowed": any(wanted.values()),
    }
    return render(request, "desk/signals/list.html", context)


def wanted_of(request: HttpRequest) -> dict[str, Any]:
    """Read what the inbox is narrowed to; its list and its map ask for the same."""
    return FilterForm(request.GET).wanted() | {
        "states": STATES.get(request.GET.get("state", ""), ()),
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
    }


def signal_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Lead from the list to the map and back, narrowed alike."""
    kept = {key: request.GET[key] for key in KEPT if request.GET.get(key)}
    asked = f"?{urlencode(kept)}" if kept else ""
    views = [
        ("list", _("List"), reverse("desk:signals"), "rows"),
        ("map", _("Map"), reverse("desk:signals_map"), "map"),
    ]
    return [
        {"label": label, "url": url + asked, "current": key == current, "icon": icon}
        for key, label, url, icon in views
    ]


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("words", _("Words"), Kind.TEXT),
        ("state", _("State"), Kind.TEXT),
        ("source", _("Brought by"), Kind.TEXT),
        ("hazard", _("Hazard"), Kind.TEXT),
        ("unit", _("Place"), Kind.TEXT),
        ("place", _("Where exactly"), Kind.TEXT),
        ("noticed_at", _("Noticed"), Kind.DATETIME),
        ("received_at", _("Arrived"), Kind.DATETIME),
    ]

    def row_of(one: Signal) -> dict[str, Any]:
        row = {key: getattr(one, key) for key, _title, _kind in columns}
        return row | {
            "unit": one.unit.name,
            "state": str(SIGNAL_STATES[SignalState(one.state)]),
            "source": str(SOURCES[Source(one.source)]),
        }

    return lists.export(request, "signals", columns, fetch, row_of)


@require_http_methods(["GET", "POST"])
@may("signals.report")
def bring_in(request: HttpRequest) -> HttpResponse:
    """Write down what somebody brought to the desk, in his own words."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "signals.report")), None)}
    form = SignalForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        report = Report(
            source=Source(said["source"]),
            words=said["words"],
            noticed_at=said["noticed_at"] or request.now,
            hazard=said["hazard"],
            place=said["place"],
            call_back=said["call_back"],
        )
        try:
            made = services.receive_signal(report, said["unit"], by=request.viewer, now=request.now)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Taken in as {ref}.").format(ref=made.ref)
            return done(request, sentence, "desk:signal", made.ref)
    title = _("Bring in a signal")
    crumbs = [(_("Signals"), reverse("desk:signals")), (title, "")]
    lead = _("What somebody saw, heard or measured. Whether it is serious is judged afterwards.")
    return lists.show_form(request, form, title, lead, crumbs, _("Take it in"))


# --- one signal -------------------------------------------------------------------


def _page(request: HttpRequest, ref: str) -> SignalPage:
    page = signal_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


def acts_of(signal: Signal) -> frozenset[str]:
    """Name what the state of a signal allows; the page has a button for each of these."""
    return frozenset(act.value for act in SignalAct if (SignalState(signal.state), act) in MOVES)


@require_GET
@may("signals.see")
def show_signal(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a signal in its own words, with everything beside it."""
    page = _page(request, ref)
    who = {one.by for one in page.annotations if one.by}
    context = {
        "page": page,
        "signal": page.signal,
        "acts": acts_of(page.signal),
        "may_judge": request.viewer.may("signals.judge", page.signal.path),
        "names": {key: one.name for key, one in names_of(request.viewer, who).items()},
        "note": NoteForm(),
        "aside": ReasonForm(prefix="aside"),
        "meet": MeetForm(),
    }
    return render(request, "desk/signals/signal.html", context)


def _do(request: HttpRequest, ref: str, deed: Callable[[UUID], Any], sentence: str) -> HttpResponse:
    """Do one thing to a signal, and go back to it with what came of it."""
    page = _page(request, ref)
    try:
        deed(page.signal.pk)
    except SignalRefused as refusal:
        return refused(request, refusal, "desk:signal", ref)
    return done(request, sentence, "desk:signal", ref)


@require_POST
@may("signals.judge")
def annotate(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a note beside a signal."""
    words = request.POST.get("words", "")
    return _do(
        request,
        ref,
        lambda key: services.annotate_signal(key, words, by=request.viewer, now=request.now),
        _("The note was written."),
    )


@require_POST
@may("signals.judge")
def put_aside(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a signal aside, with a reason."""
    reason = request.POST.get("aside-reason", "")[:300]
    return _do(
        request,
        ref,
        lambda key: services.put_aside(key, by=request.viewer, now=request.now, reason=reason),
        _("Put aside. It can be opened again at any time."),
    )


@require_POST
@may("signals.judge")
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a signal again."""
    return _do(
        request,
        ref,
        lambda key: services.reopen_signal(key, by=request.viewer, now=request.now),
        _("It is open again."),
    )


@require_POST
@may("signals.judge")
def link(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that another signal is about the same thing."""
    page = _page(request, ref)
    wish = request.POST.get("other", "")
    other = next((one for one, _why in page.suggestions if one.ref == wish), None)
    if other is None:
        raise Http404(wish)
    return _do(
        request,
        ref,
        lambda key: services.link_signals([key, other.pk], by=request.viewer, now=request.now),
        _("The two are one matter now."),
    )


@require_POST
@may("signals.judge")
def unlink(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a signal out of its matter."""
    return _do(
        request,
        ref,
        lambda key: services.unlink_signal(key, by=request.viewer, now=request.now),
        _("It stands alone again."),
    )


@require_POST
@may("signals.judge")
def meet(request: HttpRequest, ref: str) -> HttpResponse:
    """Say which official warning says what this signal said."""
    form = MeetForm(request.POST)
    if not form.is_valid():
        return not_done(request, _("Give the number of the warning."), "desk:signal", ref)
    warning = form.cleaned_data["warning"]
    return _do(
        request,
        ref,
        lambda key: services.meet_signal(key, warning, by=request.viewer, now=request.now),
        _("Noted."),
    )
