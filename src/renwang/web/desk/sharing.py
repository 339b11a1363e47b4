"""Sharing by agreement: the agreements of one's side, what they say, who looked, how they begin and end."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind as Cell
from renwang.cases import config
from renwang.cases.sharing import selectors, services
from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import Mode, Standing
from renwang.cases.sharing.services import Terms
from renwang.cases.sharing.words import MODES, PARTS, STANDINGS, TONES
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.chain.selectors.sides import body_for_agreement, unit_for_agreement
from renwang.chain.tree import today
from renwang.web.desk import lists
from renwang.web.desk.forms.sharing import ReasonForm, TermsForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of, signed_in

_COLUMNS = [
    tables.Column(gettext_lazy("Sharing agreement")),
    tables.Column(gettext_lazy("Who shows"), sort="giver"),
    tables.Column(gettext_lazy("Who sees")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Until")),
    tables.Column(gettext_lazy("Looks"), number=True),
    tables.Column(gettext_lazy("Proposed"), sort="proposed"),
]
_CHIPS = [
    ("in_force", gettext_lazy("In force now")),
    ("proposed", gettext_lazy("Waiting for a side")),
    ("over", gettext_lazy("Over")),
]


@require_GET
@signed_in
def show_sharings(request: HttpRequest) -> HttpResponse:
    """List the agreements of which the viewer is a side, the latest first; or give them as a file."""
    sort = lists.sort_asked(request, _COLUMNS, selectors.SORTS, "-proposed")
    day = today(request.now)
    wanted = {"text": lists.text_asked(request), "state": request.GET.get("state", "")}

    def fetch(cursor: str, size: int) -> Any:
        return selectors.list_sharings(
            request.viewer, today=day, **wanted, sort=sort, cursor=cursor, size=size
        )

    if lists.is_export(request):
        return _export(request, fetch, day)
    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "state", _CHIPS)
    context = {
        "rows": [(one, *_stand(one, day)) for one in page.items],
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(wanted.values()),
        "may_share": request.viewer.may("cases.share"),
    }
    return render(request, "desk/sharing/list.html", context)


def _stand(one: Sharing, day: date) -> tuple[Any, str]:
    stands = one.stands(day)
    return STANDINGS[stands], TONES[stands]


def _export(request: HttpRequest, fetch: lists.Fetch, day: date) -> HttpResponse:
    kinds = config.kinds()
    columns = [
        ("ref", _("Number"), Cell.CODE),
        ("giver", _("Who shows"), Cell.TEXT),
        ("taker", _("Who sees"), Cell.TEXT),
        ("place", _("For which place"), Cell.TEXT),
        ("kinds", _("Kinds of case"), Cell.TEXT),
        ("parts", _("Shown beside words, kind, grid and state"), Cell.TEXT),
        ("mode", _("What they may do"), Cell.TEXT),
        ("purpose", _("What it is for"), Cell.TEXT),
        ("from_on", _("From"), Cell.DATE),
        ("until_on", _("Until"), Cell.DATE),
        ("state", _("State"), Cell.TEXT),
        ("looks", _("Looks"), Cell.INTEGER),
    ]

    def row_of(one: Sharing) -> dict[str, Any]:
        return {
            "ref": one.ref,
            "giver": _side(one.giver, one.giver_body),
            "taker": _side(one.taker, one.taker_body),
            "place": one.place.name,
            "kinds": ", ".join(config.name_of(kinds, key) for key in one.keys),
            "parts": ", ".join(str(PARTS[part]) for part in one.parts),
            "mode": str(MODES[one.mode]),
            "purpose": one.purpose,
            "from_on": one.from_on,
            "until_on": one.until_on,
            "state": str(_stand(one, day)[0]),
            "looks": one.seen or 0,
        }

    return lists.export(request, "sharing", columns, fetch, row_of)


def _side(unit: Any, body: Any) -> str:
    return f"{body.name} ({unit.name})" if body else str(unit.name)


@require_http_methods(["GET", "POST"])
@may("cases.share")
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an agreement; the other side is called to say yes or no."""
    unit = next(iter(topmost_units(request.viewer, "cases.share")), None)
    initial = {"giver": unit, "mode": Mode.READ, "from_on": today(request.now)}
    form = TermsForm(config.kinds(), request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid() and (terms := _terms(form)) is not None:
        try:
            made = services.propose_sharing(terms, by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Proposed. Somebody of the other side is called to approve it.")
            return done(request, sentence, "desk:sharing", made.ref)
    title = _("Propose a sharing agreement")
    crumbs = [(_("Sharing agreements"), reverse("desk:sharings")), (title, "")]
    lead = _(
        "One side shows, the other sees. It holds when both have said yes, and until either ends it."
    )
    return lists.show_form(request, form, title, lead, crumbs, _("Propose it"))


def _terms(form: TermsForm) -> Terms | None:
    """Put the terms together; None where the other side is not there, which the form then says."""
    said = form.cleaned_data
    taker = unit_for_agreement(said["taker"])
    body = body_for_agreement(said["taker_body"]) if said["taker_body"] else None
    if taker is None:
        form.add_error("taker", _("No unit of this node has this code or reference."))
    if said["taker_body"] and body is None:
        form.add_error("taker_body", _("No organisation of this node has this reference."))
    if taker is None or form.errors:
        return None
    names = (
        "giver", "purpose", "from_on", "until_on", "place", "kinds", "parts", "giver_body",
    )  # fmt: skip
    plain = {name: said[name] for name in names}
    return Terms(**plain, taker=taker, taker_body=body, mode=Mode(said["mode"]))


# --- one agreement ----------------------------------------------------------------


def _sharing(request: HttpRequest, ref: str) -> Sharing:
    found = selectors.sharing_of(request.viewer, ref)
    if found is None:
        raise Http404(ref)
    return found


@require_GET
@signed_in
def show_sharing(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what two sides agree on, who looked, and for the side that sees the cases themselves."""
    one = _sharing(request, ref)
    viewer, day = request.viewer, today(request.now)
    stands = one.stands(day)
    sees = stands is Standing.IN_FORCE and selectors.is_taker(viewer, one)
    looks = selectors.looks_of(one)
    people = {key for key in (one.proposed_by, one.approved_by, one.ended_by) if key}
    names = names_of(viewer, people | {look.person for look in looks})
    open_ = stands not in (Standing.ENDED, Standing.DECLINED)
    concludes = viewer.may("cases.share", one.giver_path) or viewer.may(
        "cases.share", one.taker_path
    )
    context = {
        "one": one, "state": STANDINGS[stands], "tone": TONES[stands], "kinds": config.kinds(),
        "parts": [PARTS[part] for part in one.parts], "mode": MODES[one.mode],
        "cases": selectors.list_shared(one).items if sees else [], "sees": sees, "looks": looks,
        "sums": selectors.sum_of_looks(one), "names": {key: who.name for key, who in names.items()},
        "may_answer": stands is Standing.PROPOSED and viewer.may("cases.share", one.other_path)
        and viewer.id != one.proposed_by,
        "may_end": open_ and concludes, "reason": ReasonForm(),
    }  # fmt: skip
    return render(request, "desk/sharing/sharing.html", context)


_DEEDS: Mapping[str, tuple[Callable[..., Any], bool, Any]] = {
    "approve": (services.approve_sharing, False, gettext_lazy("It holds from its day on.")),
    "decline": (services.decline_sharing, True, gettext_lazy("Declined. The other side sees why.")),
    "end": (services.end_sharing, True, gettext_lazy("It is over. Nothing is seen through it.")),
}


@require_POST
@signed_in
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Approve, decline or end an agreement."""
    one = _sharing(request, ref)
    if act not in _DEEDS:
        raise Http404(act)
    deed, wants_reason, sentence = _DEEDS[act]
    form = ReasonForm(request.POST)
    if wants_reason and not form.is_valid():
        return not_done(request, _("Say why."), "desk:sharing", one.ref)
    said = [form.cleaned_data["words"]] if wants_reason else []
    try:
        deed(one.pk, *said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:sharing", one.ref)
    return done(request, sentence, "desk:sharing", one.ref)
