"""Bulletins at the desk: the list, one with its history, and what can be decided about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.tables import Kind
from renwang.bulletins import finding, reading, services
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import OPEN, SHOWN, Act, BulletinRefused, BulletinState, acts_in
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import names_of
from renwang.outreach.rules import NoticeOvertaken
from renwang.outreach.services import NobodyThere
from renwang.web.desk import lists
from renwang.web.desk.bulletin_words import advise_on
from renwang.web.desk.forms.bulletins import FilterForm, ReasonForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused

REFUSALS = (BulletinRefused, NobodyThere, NoticeOvertaken)
STATES = dict(Bulletin._meta.get_field("state").choices)

_COLUMNS = [
    tables.Column(pgettext_lazy("of a text", "Title"), sort="title"),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Told to")),
    tables.Column(gettext_lazy("Changed"), sort="changed"),
]
_EXPORTED = [
    ("ref", gettext_lazy("Number"), Kind.CODE),
    ("title", pgettext_lazy("of a text", "Title"), Kind.TEXT),
    ("state", gettext_lazy("State"), Kind.TEXT),
    ("unit_name", gettext_lazy("Place"), Kind.TEXT),
    ("text", gettext_lazy("Text"), Kind.TEXT),
    ("sources", gettext_lazy("Who says so"), Kind.TEXT),
    ("corrects", gettext_lazy("Corrects"), Kind.CODE),
    ("written_at", gettext_lazy("Written"), Kind.DATETIME),
    ("approved_at", gettext_lazy("Approved"), Kind.DATETIME),
    ("published_at", gettext_lazy("Published"), Kind.DATETIME),
    ("ends_at", gettext_lazy("Holds until"), Kind.DATETIME),
]


@require_GET
@may("bulletins.see")
def show_bulletins(request: HttpRequest) -> HttpResponse:
    """List the bulletins at the viewer's places."""
    form = FilterForm(request.GET)
    under = lists.unit_asked(request)
    wanted = form.wanted(under=under.path if under else "")
    sort = lists.sort_asked(request, _COLUMNS, finding.BULLETIN_SORTS, "-changed")

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_bulletins(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return lists.export(request, "bulletins", _EXPORTED, fetch, _row_of)
    page = lists.cut(request, fetch)
    counts = finding.count_bulletins(request.viewer, wanted)
    chips = tables.chips_of(request, "state", STATES.items(), counts=counts)
    context = {
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in form.fields),
    }
    return render(request, "desk/bulletins/list.html", context)


def _row_of(bulletin: Bulletin) -> dict[str, Any]:
    said = reading.said_by(bulletin, get_language() or "")
    row = {key: getattr(bulletin, key, "") for key, _title, _kind in _EXPORTED}
    row["state"] = str(STATES[bulletin.state])
    row["text"] = said.text
    row["sources"] = "; ".join(" ".join((one.who, one.where)).strip() for one in said.sources)
    row["corrects"] = bulletin.corrects.ref if bulletin.corrects else ""
    return row


@require_GET
@may("bulletins.see")
def show_bulletin(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Show a bulletin as everybody will read it, who wrote and approved it, and how far it got."""
    bulletin = bulletin_at(request, bulletin_id)
    versions = finding.versions_of(bulletin)
    language = request.GET.get("language", "")[:20] or get_language() or ""
    said = reading.said_by(bulletin, language)
    people = {one.by_person for one in versions} | {bulletin.approved_by} - {None}
    names = names_of(request.viewer, {one for one in people if one})
    context = {
        "bulletin": bulletin,
        "said": said,
        "changed": _changed(bulletin, said.language),
        "advice": advise_on([said]) if bulletin.state in OPEN else [],
        "versions": [(one, names.get(one.by_person)) for one in versions],
        "approver": names.get(bulletin.approved_by),
        "thread": finding.thread_of(bulletin),
        "told": finding.coverage_of(bulletin),
        "is_shown": bulletin.state in SHOWN and bulletin.is_public,
        "reason_form": ReasonForm(),
        "may": _may(request.viewer, bulletin, {one.by_person for one in versions}),
    }
    return render(request, "desk/bulletins/bulletin.html", context)


def _changed(bulletin: Bulletin, language: str) -> reading.Changed | None:
    if bulletin.corrects is None:
        return None
    return reading.changed(bulletin.corrects.current.texts, bulletin.current.texts, language)


def _may(viewer: Viewer, bulletin: Bulletin, writers: set[Any]) -> dict[str, bool]:
    """Say which buttons the viewer gets; the services decide again when one is pressed."""
    acts = acts_in(BulletinState(bulletin.state))
    writes = viewer.may("bulletins.write", bulletin.path)
    decides = viewer.may("bulletins.approve", bulletin.path)
    is_other = viewer.id not in writers
    return {
        "edit": writes and Act.EDIT in acts,
        "submit": writes and Act.SUBMIT in acts,
        "discard": writes and Act.DISCARD in acts,
        "correct": writes and Act.CORRECT in acts,
        "approve": decides and is_other and Act.APPROVE in acts,
        "own": decides and not is_other and Act.APPROVE in acts,
        "publish": decides and Act.PUBLISH in acts,
        "return": decides and Act.RETURN in acts,
        "withdraw": decides and Act.WITHDRAW in acts,
    }


def bulletin_at(request: HttpRequest, bulletin_id: UUID) -> Bulletin:
    """Find the bulletin of an address; 404 hides what is out of reach."""
    bulletin = finding.bulletin_of(request.viewer, bulletin_id)
    if bulletin is None:
        raise Http404(bulletin_id)
    return bulletin


# --- deeds ------------------------------------------------------------------

# act -> (service, what is said afterwards)
_PLAIN: dict[str, tuple[Callable[..., Bulletin], Any]] = {
    "submit": (services.submit_bulletin, gettext_lazy("It waits for somebody else to approve it.")),
    "discard": (services.discard_bulletin, gettext_lazy("The draft was discarded.")),
    "approve": (services.approve_bulletin, gettext_lazy("Approved. It is not published yet.")),
    "publish": (services.publish_bulletin, gettext_lazy("Published.")),
}
_WITH_REASON: dict[str, tuple[Callable[..., Bulletin], Any]] = {
    "return": (services.return_bulletin, gettext_lazy("Handed back with your reason.")),
    "withdraw": (
        services.withdraw_bulletin,
        gettext_lazy("Taken back. The reason stands with it."),
    ),
}


@require_POST
@may("bulletins.see")
def act(request: HttpRequest, bulletin_id: UUID, deed: str) -> HttpResponse:
    """Do what needs no more words: hand in, discard, approve, publish; approve and publish at once."""
    bulletin_at(request, bulletin_id)
    deeds = ["approve", "publish"] if deed == "issue" else [deed]
    try:
        for one in deeds:
            service, sentence = _PLAIN[one]
            service(bulletin_id, by=request.viewer, now=request.now)
    except KeyError:
        raise Http404(deed) from None
    except REFUSALS as refusal:
        return refused(request, refusal, "desk:bulletin", bulletin_id)
    where = reverse("desk:bulletins") if deed == "discard" else None
    return done(request, sentence, where or reverse("desk:bulletin", args=[bulletin_id]))


@require_POST
@may("bulletins.approve")
def act_with_reason(request: HttpRequest, bulletin_id: UUID, deed: str) -> HttpResponse:
    """Hand back or take back, saying why."""
    bulletin_at(request, bulletin_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if deed not in _WITH_REASON:
        raise Http404(deed)
    service, sentence = _WITH_REASON[deed]
    try:
        service(bulletin_id, by=request.viewer, now=request.now, reason=reason)
    except REFUSALS as refusal:
        return refused(request, refusal, "desk:bulletin", bulletin_id)
    return done(request, sentence, "desk:bulletin", bulletin_id)


def count_waiting(request: HttpRequest) -> Any:
    """Give the bulletins that wait for this viewer's hand, for the navigation."""
    if not request.viewer.may("bulletins.approve"):
        return None
    return finding.to_approve(request.viewer)
