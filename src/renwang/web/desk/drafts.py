"""Drafts: the list, one as every channel will show it, and what two people decide about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.alerts import cap
from renwang.alerts.cap.words import SIGNING, explain
from renwang.alerts.desk_work import SORTS, count_draft_states, list_drafts, waiting_for
from renwang.alerts.drafts import Draft
from renwang.alerts.rules import AlertRefused
from renwang.alerts.services import (
    approve_draft,
    drop_draft,
    issue_draft,
    return_draft,
    submit_draft,
)
from renwang.base.tables import Kind
from renwang.outreach.rules import NoticeOvertaken
from renwang.outreach.services import NobodyThere
from renwang.web.desk import lists
from renwang.web.desk.composing import draft_asked
from renwang.web.desk.draft_page import DraftPage
from renwang.web.desk.forms.composing import (
    KINDS,
    STATES,
    DraftFilterForm,
    ReturnForm,
)
from renwang.web.frame import tables
from renwang.web.frame.addresses import address_here
from renwang.web.frame.gates import SeeOther, done, may, refused, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Draft"), sort="title"),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Who speaks")),
    tables.Column(gettext_lazy("Author")),
    tables.Column(gettext_lazy("Changed"), sort="changed"),
]


@require_GET
@may("alerts.see")
def show_drafts(request: HttpRequest) -> HttpResponse:
    """List what is being written, what waits for a second person, and what went out."""
    form = DraftFilterForm(request.GET)
    wanted = form.wanted()
    sort = lists.sort_asked(request, _COLUMNS, SORTS, "-changed")

    def fetch(cursor: str, size: int) -> Any:
        return list_drafts(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    counts = count_draft_states(request.viewer, wanted)
    chips = tables.chips_of(request, "state", STATES.items(), counts=counts)
    context = {
        "form": form,
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in form.fields),
    }
    return render(request, "desk/drafts/list.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Kind.CODE),
        ("title", _("Draft"), Kind.TEXT),
        ("kind", _("Kind"), Kind.TEXT),
        ("state", _("State"), Kind.TEXT),
        ("unit_name", _("Who speaks"), Kind.TEXT),
        ("author_name", _("Author"), Kind.TEXT),
        ("begins_at", _("Begins"), Kind.DATETIME),
        ("ends_at", _("Ends"), Kind.DATETIME),
        ("changed_at", _("Changed"), Kind.DATETIME),
        ("issued_at", _("Issued"), Kind.DATETIME),
    ]

    def row_of(draft: Draft) -> dict[str, Any]:
        row = {key: getattr(draft, key) for key, _title, _kind in columns}
        return {**row, "kind": str(KINDS[draft.kind]), "state": str(STATES[draft.state])}

    return lists.export(request, "drafts", columns, fetch, row_of)


@require_GET
@signed_in
def show_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft exactly as each channel will show it, whom it reaches, and who decides."""
    draft = draft_asked(request, draft_id)
    context = {
        "page": DraftPage(request.viewer, draft, request.now),
        "draft": draft,
        "returning": ReturnForm(),
        "address": address_here(request, reverse("desk:draft", args=[draft.pk])),
    }
    return render(request, "desk/drafts/draft.html", context)


Deed = Callable[[HttpRequest, UUID], Any]


def _decide(request: HttpRequest, draft_id: UUID, deed: Deed, sentence: str) -> HttpResponse:
    """Do one thing with a draft and go back to its page, with what came of it."""
    draft_asked(request, draft_id)
    try:
        deed(request, draft_id)
    except cap.SigningRefused as refusal:
        messages.error(request, str(SIGNING[refusal.reason]))
        return SeeOther(reverse("desk:draft", args=[draft_id]))
    except cap.CapRefused as refusal:
        messages.error(request, str(explain(refusal)))
        return SeeOther(reverse("desk:draft", args=[draft_id]))
    except (AlertRefused, NobodyThere, NoticeOvertaken) as refusal:
        answer = refused(request, refusal, "desk:draft", draft_id)
        answer["Location"] += "#hands"
        return answer
    return done(request, sentence, "desk:draft", draft_id)


def _acting(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer, "now": request.now}


def _seen(request: HttpRequest) -> int | None:
    return lists.whole_number(request.POST.get("revision", ""))


@require_POST
@signed_in
def submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Hand a draft to a second person."""

    def deed(request: HttpRequest, key: UUID) -> None:
        submit_draft(key, seen=_seen(request), **_acting(request))

    sentence = _("It waits for a second person now. Ring one of those named below.")
    return _decide(request, draft_id, deed, sentence)


@require_POST
@signed_in
def approve(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Approve what somebody else wrote; with the other button, issue it at once."""
    at_once = request.POST.get("deed") == "issue"

    def deed(request: HttpRequest, key: UUID) -> None:
        approve_draft(key, seen=_seen(request), **_acting(request))
        if at_once:
            issue_draft(key, **_acting(request))

    sentence = _("It is on its way.") if at_once else _("It is approved and can be issued.")
    return _decide(request, draft_id, deed, sentence)


@require_POST
@signed_in
def issue(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Send out what was approved."""

    def deed(request: HttpRequest, key: UUID) -> None:
        issue_draft(key, **_acting(request))

    return _decide(request, draft_id, deed, _("It is on its way."))


@require_POST
@signed_in
def give_back(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give a draft back to its author with a remark."""

    def deed(request: HttpRequest, key: UUID) -> None:
        remark = request.POST.get("remark", "")[:500]
        return_draft(key, remark=remark, **_acting(request))

    return _decide(request, draft_id, deed, _("Its author can change it now."))


@require_POST
@signed_in
def drop(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Put a draft away."""

    def deed(request: HttpRequest, key: UUID) -> None:
        drop_draft(key, **_acting(request))

    return _decide(request, draft_id, deed, _("The draft was put away."))


def count_drafts(request: HttpRequest) -> Any:
    """Give the drafts that wait for the viewer's approval, for the navigation."""
    if not request.viewer.may("alerts.approve"):
        return None
    return waiting_for(request.viewer)
