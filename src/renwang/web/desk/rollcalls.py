"""Roll-calls: hold one with one button, watch who answers, note who was rung, hold them in a rhythm (W5)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.chain.selectors.naming import topmost_units
from renwang.outreach import reaching
from renwang.outreach.channels.words import say_trouble
from renwang.outreach.models import Call
from renwang.outreach.reaching import Line, RollCallPage
from renwang.outreach.rollcall_rules import RollCallRefused
from renwang.outreach.rules import Receipt
from renwang.outreach.services import answer_call
from renwang.outreach.services.rollcalls import (
    end_rollcall,
    set_plan,
    start_rollcall,
    stop_plan,
)
from renwang.web.desk import lists
from renwang.web.desk.forms.rollcalls import PlanForm, RollCallForm
from renwang.web.desk.live import answer_live
from renwang.web.desk.templatetags.desk import channel
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Roll-call")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Contacts that answered")),
    tables.Column(gettext_lazy("Started")),
]


@require_GET
@may("people.see")
def show_rollcalls(request: HttpRequest) -> HttpResponse:
    """List the roll-calls, and the rhythms in which they are held."""
    under = lists.unit_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return reaching.list_rollcalls(request.viewer, under=under, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    context = {
        "rollcalls": page.items,
        "table": lists.frame_of(request, _COLUMNS, page),
        "plans": reaching.plans_visible_to(request.viewer),
        "unreachable": reaching.count_unreachable(request.viewer),
        "cut_off": reaching.cut_off(request.viewer),
    }
    return render(request, "desk/rollcalls/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("unit_name", _("Place"), Kind.TEXT),
        ("reason", _("Reason"), Kind.TEXT),
        ("started_at", _("Started"), Kind.DATETIME),
        ("ends_at", _("Until"), Kind.DATETIME),
        ("contacts", _("Contacts asked"), Kind.INTEGER),
        ("answered", _("Contacts that answered"), Kind.INTEGER),
    ]

    def row_of(one: Any) -> dict[str, Any]:
        row = {key: getattr(one, key) for key, _title, _kind in columns}
        return row | {"answered": one.answered or 0}

    return lists.export(request, "roll-calls", columns, fetch, row_of)


@require_http_methods(["GET", "POST"])
@may("rollcalls.run")
def start(request: HttpRequest) -> HttpResponse:
    """Hold a roll-call now."""
    form = RollCallForm(request.viewer, sent_form(request), initial=_first_place(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = start_rollcall(**form.cleaned_data, by=request.viewer, now=request.now)
        except RollCallRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = ngettext(
                "{n} contact is being asked.", "{n} contacts are being asked.", made.contacts
            ).format(n=made.contacts)
            return done(request, sentence, "desk:rollcall", made.pk)
    lead = _(
        "Everybody who answers for a place is asked by each of his contacts whether he can be"
        " reached. The first words say in both languages that it is a test."
    )
    return _show_form(request, form, _("Hold a roll-call"), lead, _("Hold it now"))


@require_http_methods(["GET", "POST"])
@may("rollcalls.run")
def plan(request: HttpRequest) -> HttpResponse:
    """Have roll-calls held in a rhythm."""
    form = PlanForm(request.viewer, sent_form(request), initial=_first_place(request))
    if request.method == "POST" and form.is_valid():
        try:
            set_plan(**form.cleaned_data, by=request.viewer, now=request.now)
        except RollCallRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The rhythm was set."), "desk:rollcalls")
    lead = _(
        "One that falls into a warning being carried down is put off by itself until that is over."
    )
    return _show_form(request, form, _("Hold roll-calls in a rhythm"), lead, _("Save"))


def _first_place(request: HttpRequest) -> dict[str, Any]:
    return {"unit": next(iter(topmost_units(request.viewer, "rollcalls.run")), None)}


def _show_form(request: HttpRequest, form: Any, title: str, lead: str, button: str) -> HttpResponse:
    crumbs = [(_("Roll-calls"), reverse("desk:rollcalls")), (title, "")]
    return lists.show_form(request, form, title, lead, crumbs, button)


@require_POST
@may("rollcalls.run")
def unplan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hold no more roll-calls by themselves in a place."""
    found = next((one for one in reaching.plans_visible_to(request.viewer) if one.pk == key), None)
    if found is None:
        raise Http404(key)
    stop_plan(found, by=request.viewer, now=request.now)
    return done(request, _("No more roll-calls are held there by themselves."), "desk:rollcalls")


# --- one roll-call ----------------------------------------------------------------


def _page(request: HttpRequest, key: UUID) -> RollCallPage:
    page = reaching.rollcall_page(request.viewer, key)
    if page is None:
        raise Http404(key)
    return page


_LINES = [
    (Line.SILENT.value, gettext_lazy("No answer")),
    (Line.HAND.value, gettext_lazy("To ring or knock")),
    (Line.ANSWERED.value, gettext_lazy("Answered")),
]


def _columns() -> list[tables.Column]:
    return [
        tables.Column(_("Person")),
        tables.Column(_("Unit")),
        tables.Column(_("Contact")),
        tables.Column(_("State")),
        tables.Column(_("What to do"), hidden_label=True),
    ]


@require_GET
@may("people.see")
def show_rollcall(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how many answered by which channel, and every contact by name."""
    page = _page(request, key)
    which = request.GET.get("which", "")
    kind = Line(which) if which in set(Line) else Line.ALL
    text = lists.text_asked(request)

    def fetch(cursor: str, size: int) -> Any:
        return reaching.list_lines(page, kind, text=text, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export_lines(request, page, fetch)
    cut = lists.cut(request, fetch)
    chips = tables.chips_of(request, "which", _LINES)
    context = {
        "page": page,
        "lines": cut.items,
        "table": lists.frame_of(request, _columns(), cut, chips=chips),
        "is_narrowed": bool(text or which),
        "may_note": request.viewer.may("alerts.answer", page.top),
        "may_end": page.is_live and request.viewer.may("rollcalls.run", page.rollcall.path),
        "seq": _seq(page),
    }
    return render(request, "desk/rollcalls/rollcall.html", context)


def _seq(page: RollCallPage) -> int:
    return page.rollcall.notice.receipts


@require_GET
@may("people.see")
def show_live(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer whether anybody has answered since; the counts alone, the list stays as it is read."""
    page = _page(request, key)
    return answer_live(
        request,
        lambda: render(request, "desk/rollcalls/_counts.html", {"page": page}),
        seq=_seq(page),
        tag=page.rollcall.notice.state,
    )


def _export_lines(request: HttpRequest, page: RollCallPage, fetch: lists.Fetch) -> HttpResponse:
    """Leave numbers and addresses out: a file travels further than a screen."""
    columns = [
        ("person_name", _("Person"), Kind.TEXT),
        ("unit_name", _("Unit"), Kind.TEXT),
        ("channel", _("By"), Kind.TEXT),
        ("carried_at", _("Answered"), Kind.DATETIME),
        ("trouble", _("Trouble"), Kind.TEXT),
    ]

    def row_of(line: Call) -> dict[str, Any]:
        row = {key: getattr(line, key) for key, _title, _kind in columns}
        trouble = say_trouble(line.trouble) if line.trouble else ""
        return row | {"channel": channel(line.channel), "trouble": trouble}

    return lists.export(request, f"roll-call-{page.rollcall.ref}", columns, fetch, row_of)


@require_POST
@may("alerts.answer")
def note(request: HttpRequest, key: UUID, call_id: int) -> HttpResponse:
    """Note that somebody answered when he was rung or visited."""
    page = _page(request, key)
    try:
        line = reaching.line_of(page, call_id)
    except Call.DoesNotExist:
        raise Http404(call_id) from None
    answer_call(call_id, Receipt.UNDERSTOOD, by=request.viewer, now=request.now, via=line.channel)
    sentence = _("Noted: {name} can be reached.").format(name=line.person_name)
    return done(request, sentence, reverse("desk:rollcall", args=[key]) + "?which=hand")


@require_POST
@may("rollcalls.run")
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a roll-call before its time."""
    page = _page(request, key)
    end_rollcall(page.rollcall, by=request.viewer, now=request.now)
    return done(request, _("The roll-call has ended."), "desk:rollcall", key)
