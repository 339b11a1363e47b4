"""The alert board: how far a relay got, who is missing and what is being done about him."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.alerts.services import withdraw_relay
from renwang.base.tables import Kind
from renwang.outreach import services
from renwang.outreach.board import (
    Missing,
    call_in,
    facts_about,
    list_branches,
    list_missing,
    rungs_of,
)
from renwang.outreach.models import Call
from renwang.outreach.rules import NoticeWithdrawn, NotNow, Receipt
from renwang.outreach.selectors import call_story
from renwang.outreach.services import answer_call, record_round
from renwang.web.desk import lists, maps
from renwang.web.desk.facts import tell
from renwang.web.desk.forms.relays import AnswerForm, RoundForm, SheetForm, WithdrawForm
from renwang.web.desk.live import answer_live
from renwang.web.desk.templatetags.desk import channel
from renwang.web.desk.watching import Watch, watch
from renwang.web.frame import tables
from renwang.web.frame.gates import SeeOther, done, may, refused

SHEET_LINES = 100  # of a sheet that are typed in at once


def _tabs(watched: Watch, current: str) -> list[dict[str, Any]]:
    key = watched.relay.pk
    return [
        {"label": _("Board"), "url": reverse("desk:relay_board", args=[key]), "icon": "chart", "current": current == "board"},
        {"label": _("Missing"), "url": reverse("desk:relay_missing", args=[key]), "icon": "people", "current": current == "missing", "count": watched.lacking["all"]},
        {"label": _("What happened"), "url": reverse("desk:relay_story", args=[key]), "icon": "journal", "current": current == "story"},
        {"label": _("Call sheet"), "url": reverse("desk:relay_sheet", args=[key]), "icon": "print", "current": current == "sheet"},
    ]  # fmt: skip


def _page(watched: Watch, current: str, **more: Any) -> dict[str, Any]:
    return {"watch": watched, "tabs": _tabs(watched, current), "now": watched.clock, **more}


@require_GET
@may("alerts.see")
def show_board(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Show the main screen of a warning under way."""
    watched = watch(request, relay_id)
    island = maps.island_of(
        reverse("desk:relay_units", args=[relay_id]),
        maps.coverage_states(),
        top=watched.top,
        every=5,
    )
    return render(request, "desk/relays/board.html", _page(watched, "board", map=island))


@require_GET
@may("alerts.see")
def show_live(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Answer the board's question whether anything is new."""
    watched = watch(request, relay_id)
    seq, tag = watched.version
    return answer_live(
        request,
        lambda: render(
            request, "desk/relays/_board.html", {"watch": watched, "now": watched.clock}
        ),
        seq=seq,
        tag=tag,
    )


@require_GET
@may("alerts.see")
def show_units(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Give the map its units, coloured by how far the words got in each."""
    watched = watch(request, relay_id)
    seq, tag = watched.version
    return answer_live(
        request,
        lambda: maps.as_features(maps.relay_units(watched.notice, watched.top)),
        seq=seq,
        tag=tag,
    )


@require_GET
@may("alerts.see")
def show_missing(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """List all the missing by name, with what is being done about each."""
    watched = watch(request, relay_id)
    which = request.GET.get("which", "")
    kind = Missing(which) if which in set(Missing) else Missing.ALL

    def fetch(cursor: str, size: int) -> Any:
        return list_missing(watched.notice, watched.top, kind, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export_missing(request, watched, fetch)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "which", _KINDS)
    table = lists.frame_of(request, _columns(), page, chips=chips)
    context = _page(watched, "missing", table=table, calls=page.items)
    return render(request, "desk/relays/missing.html", context)


_KINDS = [
    (Missing.SILENT.value, gettext_lazy("Every contact tried")),
    (Missing.HAND.value, gettext_lazy("To ring or knock")),
    (Missing.SLOW.value, gettext_lazy("Understood, not carried on")),
]


def _columns() -> list[tables.Column]:
    return [
        tables.Column(gettext_lazy("Unit")),
        tables.Column(_("Post")),
        tables.Column(_("How far")),
        tables.Column(_("What is being done")),
        tables.Column(_("Households"), number=True),
        tables.Column(_("Reach them"), hidden_label=True),
    ]


def _export_missing(request: HttpRequest, watched: Watch, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("unit_name", _("Unit"), Kind.TEXT),
        ("post_title", _("Post"), Kind.TEXT),
        ("person_name", _("Who is asked"), Kind.TEXT),
        ("channel", _("By"), Kind.TEXT),
        ("telephone", _("Telephone"), Kind.CODE),
        ("due_at", _("Until"), Kind.DATETIME),
        ("next_name", _("Who comes next"), Kind.TEXT),
        ("households", _("Households"), Kind.INTEGER),
        ("covered", _("Households reached"), Kind.INTEGER),
    ]

    def row_of(call: Call) -> dict[str, Any]:
        row = {key: getattr(call, key) for key, _title, _kind in columns}
        row["channel"] = channel(call.channel) if call.channel else ""
        row["telephone"] = (call.telephone or "") if watched.may_ring else ""
        return row

    return lists.export(request, f"missing-{watched.relay.ref}", columns, fetch, row_of)


@require_GET
@may("alerts.see")
def export_coverage(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Give the coverage of every unit as a file."""
    watched = watch(request, relay_id)
    columns = [
        ("unit_name", _("Unit"), Kind.TEXT),
        ("path", _("Path"), Kind.CODE),
        ("posts", _("Posts"), Kind.INTEGER),
        ("sent", _("Sent"), Kind.INTEGER),
        ("delivered", _("Delivered"), Kind.INTEGER),
        ("read", _("Read"), Kind.INTEGER),
        ("understood", _("Understood"), Kind.INTEGER),
        ("carried", _("Carried on"), Kind.INTEGER),
        ("silent", _("No answer"), Kind.INTEGER),
        ("households", _("Households"), Kind.INTEGER),
        ("covered", _("Households reached"), Kind.INTEGER),
    ]

    def fetch(cursor: str, size: int) -> Any:
        return list_branches(watched.notice, watched.top, cursor=cursor, size=size)

    def row_of(branch: Any) -> dict[str, Any]:
        sums = {key: getattr(branch.sums, key) for key, _title, _kind in columns[2:]}
        return {"unit_name": branch.call.unit_name, "path": branch.call.path, **sums}

    return lists.export(request, f"coverage-{watched.relay.ref}", columns, fetch, row_of)


@require_GET
@may("alerts.see")
def show_story(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Tell what happened, from the journal, newest first."""
    watched = watch(request, relay_id)
    subjects = [watched.notice.pk, watched.relay.pk, watched.alert.pk]
    before = request.GET.get("before", "")
    entries, older = facts_about(subjects, watched.top, before=lists.whole_number(before))
    context = _page(watched, "story", facts=tell(entries, request.viewer), older=older)
    return render(request, "desk/relays/story.html", context)


@require_GET
@may("people.see")
def show_sheet(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Show the missing as a sheet of paper: whom to ring, with room for what he said."""
    watched = watch(request, relay_id)
    page = list_missing(watched.notice, watched.top, size=500)
    return render(
        request, "desk/relays/sheet.html", _page(watched, "sheet", calls=page.items, page=page)
    )


@require_http_methods(["GET", "POST"])
@may("alerts.answer")
def enter_sheet(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Type a call sheet back in, as it was filled in by hand."""
    watched = watch(request, relay_id)
    page = list_missing(
        watched.notice, watched.top, cursor=request.GET.get("after", ""), size=SHEET_LINES
    )
    form = SheetForm(page.items, lists.sent(request), now=watched.clock)
    if request.method == "POST" and form.is_valid():
        lines = form.lines()
        services.enter_sheet(watched.notice.pk, lines, by=request.viewer, now=watched.clock)
        sentence = ngettext("{n} answer was entered.", "{n} answers were entered.", len(lines))
        return done(request, sentence.format(n=len(lines)), "desk:relay_sheet", relay_id)
    status = 422 if form.errors else 200
    context = _page(watched, "sheet", form=form, page=page)
    return render(request, "desk/relays/enter.html", context, status=status)


# --- one call ----------------------------------------------------------------


def _call(watched: Watch, call_id: int) -> Call:
    try:
        return call_in(watched.notice, call_id, watched.top)
    except Call.DoesNotExist:
        raise Http404(call_id) from None


@require_GET
@may("alerts.see")
def show_call(request: HttpRequest, relay_id: UUID, call_id: int) -> HttpResponse:
    """Show one post of a relay: whom to ring, what was tried, and where to note an answer."""
    watched = watch(request, relay_id)
    call = _call(watched, call_id)
    return _show_call(request, watched, call, {})


def _show_call(
    request: HttpRequest, watched: Watch, call: Call, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    forms = {"answer": AnswerForm(call), "round": RoundForm(call, now=watched.clock), **forms}
    context = _page(
        watched, "", call=call, rungs=rungs_of(call), story=call_story(call)[::-1], **forms
    )
    return render(request, "desk/relays/call.html", context, status=status)


@require_POST
@may("alerts.answer")
def note_answer(request: HttpRequest, relay_id: UUID, call_id: int) -> HttpResponse:
    """Note what somebody said over the telephone or at the door."""
    watched = watch(request, relay_id)
    call = _call(watched, call_id)
    form = AnswerForm(call, request.POST)
    if not form.is_valid():
        return _show_call(request, watched, call, {"answer": form}, 422)
    where = ("desk:relay_board", relay_id)
    try:
        answer_call(
            call_id,
            Receipt(form.cleaned_data["receipt"]),
            by=request.viewer,
            now=watched.clock,
            via=form.cleaned_data["via"],
            households_told=form.cleaned_data["households"],
        )
    except (NoticeWithdrawn, NotNow) as refusal:
        return refused(request, refusal, *where)
    return done(request, _("Noted for {unit}.").format(unit=call.unit_name), *where)


@require_POST
@may("alerts.answer")
def note_round(request: HttpRequest, relay_id: UUID, call_id: int) -> HttpResponse:
    """Record a knock, a gong or a loudspeaker round that somebody made."""
    watched = watch(request, relay_id)
    call = _call(watched, call_id)
    form = RoundForm(call, request.POST, now=watched.clock)
    if not form.is_valid():
        return _show_call(request, watched, call, {"round": form}, 422)
    where = ("desk:relay_board", relay_id)
    said = dict(form.cleaned_data)
    try:
        record_round(
            said.pop("round_id"),
            call_id,
            said.pop("kind"),
            by=request.viewer,
            now=watched.clock,
            **said,
        )
    except (NoticeWithdrawn, NotNow) as refusal:
        return refused(request, refusal, *where)
    return done(request, _("The round in {unit} was recorded.").format(unit=call.unit_name), *where)


@require_POST
@may("alerts.relay")
def withdraw(request: HttpRequest, relay_id: UUID) -> HttpResponse:
    """Take the words of a relay back: nobody is asked any more."""
    watched = watch(request, relay_id)
    form = WithdrawForm(request.POST)
    where = ("desk:relay_board", relay_id)
    if not form.is_valid():
        messages.error(request, _("Say why the words are taken back."))
        return SeeOther(reverse(*where[:1], args=where[1:]))
    withdraw_relay(
        relay_id, by=request.viewer, now=watched.clock, reason=form.cleaned_data["reason"]
    )
    return done(request, _("The relay was withdrawn. Nobody is asked any more."), *where)
