"""Other nodes: whom we answer, who confirms what we send out, and everything they have answered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.alerts import peers
from renwang.alerts.cap import SigningRefused
from renwang.alerts.cap.words import SIGNING
from renwang.alerts.feeds import SetUpRefused
from renwang.alerts.models import Peer, Reply
from renwang.alerts.reply_rules import ACK, ERROR
from renwang.alerts.rules import AlertRefused
from renwang.alerts.services import send_reply_again
from renwang.base.tables import Kind
from renwang.chain.selectors.naming import places_at, topmost_units
from renwang.web.desk import lists
from renwang.web.desk.forms.feeds import ChangePeerForm, PeerForm
from renwang.web.frame import tables
from renwang.web.frame.gates import SeeOther, done, may, refused, sent_form

_PEER_COLUMNS = [
    tables.Column(gettext_lazy("Node")),
    tables.Column(gettext_lazy("For")),
    tables.Column(gettext_lazy("What is exchanged")),
    tables.Column(gettext_lazy("State")),
]
_REPLY_COLUMNS = [
    tables.Column(gettext_lazy("Node")),
    tables.Column(gettext_lazy("What the node says")),
    tables.Column(gettext_lazy("About")),
    tables.Column(gettext_lazy("Signature")),
    tables.Column(gettext_lazy("Arrived")),
]


@require_GET
@may("node.operate")
def show_peers(request: HttpRequest) -> HttpResponse:
    """List the other nodes that the viewer looks after."""
    rows = list(peers.peers_visible_to(request.viewer))
    places = places_at(request.viewer, {peer.path for peer in rows})
    context = {
        "rows": [(peer, places.get(peer.path)) for peer in rows],
        "table": tables.table_of(request, _PEER_COLUMNS, sort=""),
    }
    return render(request, "desk/peers/list.html", context)


@require_http_methods(["GET", "POST"])
@may("node.operate")
def add(request: HttpRequest) -> HttpResponse:
    """Enter another node."""
    initial = {"unit": next(iter(topmost_units(request.viewer, "node.operate")), None)}
    form = PeerForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            peers.add_peer(**form.cleaned_data, by=request.viewer, now=request.now)
        except SetUpRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return done(request, _("The other node is entered."), "desk:peers")
    return _show_form(request, form, None)


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """Change what is known of another node."""
    peer = _peer(request, peer_id)
    kept = ("label", "sender", "signer", "answer_url", "confirms")
    initial = {name: getattr(peer, name) for name in kept}
    form = ChangePeerForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            peers.change_peer(peer.pk, **form.cleaned_data, by=request.viewer, now=request.now)
        except SetUpRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return done(request, _("The other node was changed."), "desk:peers")
    return _show_form(request, form, peer)


def _show_form(request: HttpRequest, form: PeerForm, peer: Peer | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "desk/peers/form.html", {"form": form, "peer": peer}, status=status)


def _peer(request: HttpRequest, peer_id: UUID) -> Peer:
    peer = peers.peer_of(request.viewer, peer_id)
    if peer is None:
        raise Http404(peer_id)
    return peer


@require_POST
@may("node.operate")
def stop(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """Deal with another node no longer."""
    peers.stop_peer(_peer(request, peer_id).pk, by=request.viewer, now=request.now)
    return done(request, _("Nothing is exchanged with this node any more."), "desk:peers")


# --- what they answered -------------------------------------------------------


@require_GET
@may("alerts.see")
def show_replies(request: HttpRequest) -> HttpResponse:
    """List what other nodes have answered, also about warnings that nobody here knows."""
    text, state = lists.text_asked(request), request.GET.get("state", "")

    def fetch(cursor: str, size: int) -> Any:
        return peers.list_replies(request.viewer, text=text, state=state, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch)
    page = lists.cut(request, fetch)
    choices = [
        (ACK, _("Confirmed")),
        (ERROR, _("Refused")),
        ("unproven", _("Not proven")),
        ("unknown", _("About an unknown message")),
    ]
    about = peers.alerts_about(page.items)
    context = {
        "rows": [(reply, about.get(reply.pk, [])) for reply in page.items],
        "table": lists.frame_of(
            request, _REPLY_COLUMNS, page, chips=tables.chips_of(request, "state", choices)
        ),
        "is_narrowed": bool(text or state),
    }
    return render(request, "desk/peers/replies.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch) -> HttpResponse:
    columns = [
        ("sender", _("Sender"), Kind.TEXT),
        ("msg_type", _("What the node says"), Kind.CODE),
        ("note", _("Its words"), Kind.TEXT),
        ("references", _("About"), Kind.TEXT),
        ("signature", _("Signature"), Kind.CODE),
        ("signer", _("Signed by"), Kind.TEXT),
        ("sent", _("Sent"), Kind.DATETIME),
        ("received_at", _("Arrived"), Kind.DATETIME),
    ]
    keys = [key for key, _title, _kind in columns]

    def row_of(reply: Reply) -> dict[str, Any]:
        return {key: getattr(reply, key) for key in keys}

    return lists.export(request, "replies", columns, fetch, row_of)


@require_GET
@may("alerts.see")
def give_reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Give the very bytes of a reply, whose signature can be checked again."""
    reply = peers.reply_of(request.viewer, reply_id)
    if reply is None:
        raise Http404(reply_id)
    return HttpResponse(
        bytes(reply.original),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{reply.ref}.xml"'},
    )


@require_POST
@may("node.operate")
def send_again(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Have an answer of ours tried once more."""
    reply = peers.own_reply_of(request.viewer, reply_id)
    if reply is None:
        raise Http404(reply_id)
    back = ("desk:alert", reply.alert_id)
    try:
        send_reply_again(reply.pk, by=request.viewer, now=request.now)
    except AlertRefused as refusal:
        return refused(request, refusal, *back)
    except SigningRefused as refusal:
        messages.error(request, str(SIGNING[refusal.reason]))
        return SeeOther(reverse("desk:alert", args=[reply.alert_id]))
    return done(request, _("The answer is being sent again."), *back)
