"""Suggested kinds: how often they were right, which were taken for which, what was learned; switched off and on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from renwang.base.tables import Kind as Cell
from renwang.cases import config, suggesting
from renwang.cases.kind_rules import OTHER, Kind
from renwang.cases.models import Case, Chosen
from renwang.cases.services.suggesting import ask_to_learn, count_told, switch_suggesting
from renwang.cases.suggest_rules import CHOSEN_OWED, PRESET_FROM, Suggested
from renwang.chain.rules import Refusal
from renwang.web.desk import lists
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, not_done, sentence_of

_COLUMNS = [
    tables.Column(gettext_lazy("Case")),
    tables.Column(gettext_lazy("Suggested")),
    tables.Column(gettext_lazy("Chosen by the desk")),
    tables.Column(gettext_lazy("How sure"), number=True),
    tables.Column(gettext_lazy("When")),
]
_CHIPS = [
    ("right", gettext_lazy("Suggested rightly")),
    ("wrong", gettext_lazy("Changed by the desk")),
]
SOURCES = {"words": gettext_lazy("known words"), "learned": gettext_lazy("learned")}


class SwitchForm(forms.Form):
    """Why it is switched."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def per_cent(part: int, whole: int) -> int | None:
    """Give a share in per cent; None of nothing."""
    return round(100 * part / whole) if whole else None


def shown(case: Case, kinds: Mapping[str, Kind]) -> dict[str, Any] | None:
    """Give what is suggested for a case at which nobody has looked, as the desk reads it."""
    found = suggesting.suggest_for(case, kinds)
    return _said(found, case.kind, kinds) if found else None


def _said(found: Suggested, kind: str, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Say it; the form is filled in with it only where it tells more exactly what the case is kept as."""
    is_nearer = kind == OTHER or kinds[found.kind].parent == kind
    return {
        "kind": found.kind,
        "name": config.name_of(kinds, found.kind),
        "sure": round(found.sure * 100),
        "words": " · ".join(found.words),
        "chosen": found.chosen,
        "is_preset": is_nearer and found.sure >= PRESET_FROM,
    }


@require_GET
@may("cases.handle")
def show_record(request: HttpRequest) -> HttpResponse:
    """Show how often suggested kinds were right, and let the operator switch them off or on."""
    lessons = suggesting.lessons()
    weeks = suggesting.weeks_of_record(request.now)
    round_it = suggesting.round_the_last_lesson(lessons[0] if lessons else None, request.now)
    for row in (*weeks, *round_it):
        row["share"] = per_cent(row["right"], row["number"])
    number, right = (sum(row[key] for row in weeks) for key in ("number", "right"))
    learned = suggesting.learned_now()
    context = {
        "is_on": suggesting.is_on(),
        "switch": suggesting.switch(),
        "is_installed": suggesting.is_installed(),
        "learned": learned,
        "told": count_told(),
        "owed": CHOSEN_OWED,
        "weeks": weeks,
        "number": number,
        "share": per_cent(right, number),
        "around": round_it,
        "confusions": suggesting.confusions(request.now),
        "lessons": lessons,
        "kinds": config.kinds(),
        "form": SwitchForm(),
        "may_switch": request.viewer.may("node.operate"),
    }
    return render(request, "desk/suggesting/record.html", context)


@require_GET
@may("cases.handle")
def show_choices(request: HttpRequest) -> HttpResponse:
    """List what the desk chose against what was suggested, where the viewer sees cases; or give it as a file."""
    kinds = config.kinds()
    names = ("suggested", "kind", "source", "which")
    wanted = {name: request.GET.get(name, "")[:40] for name in names}

    def fetch(cursor: str, size: int) -> Any:
        return suggesting.list_choices(request.viewer, wanted, cursor=cursor, size=size)

    if lists.is_export(request):
        return _export(request, fetch, kinds)
    page = lists.cut(request, fetch)
    title = _("Choices of the desk")
    context = {
        "rows": page.items,
        "kinds": kinds,
        "wanted": wanted,
        "title": title,
        "table": lists.frame_of(
            request, _COLUMNS, page, chips=tables.chips_of(request, "which", _CHIPS)
        ),
        "is_narrowed": any(wanted.values()),
        "crumbs": [(_("Suggested kinds"), reverse("desk:suggesting")), (title, "")],
    }
    return render(request, "desk/suggesting/choices.html", context)


def _export(request: HttpRequest, fetch: lists.Fetch, kinds: Mapping[str, Kind]) -> HttpResponse:
    columns = [
        ("ref", _("Number"), Cell.CODE),
        ("suggested", _("Suggested"), Cell.TEXT),
        ("kind", _("Chosen by the desk"), Cell.TEXT),
        ("sure", _("Said to be sure, in per cent"), Cell.INTEGER),
        ("source", _("From what"), Cell.TEXT),
        ("version", _("Lesson"), Cell.INTEGER),
        ("at", _("When"), Cell.DATETIME),
    ]

    def row_of(one: Chosen) -> dict[str, Any]:
        return {
            "ref": one.case.ref,
            "suggested": config.name_of(kinds, one.suggested) if one.suggested else "",
            "kind": config.name_of(kinds, one.kind),
            "sure": round(one.sure * 100) if one.suggested else None,
            "source": str(SOURCES.get(one.source, "")),
            "version": one.version or None,
            "at": one.at,
        }

    return lists.export(request, "kinds-chosen", columns, fetch, row_of)


@require_POST
@may("node.operate")
def do(request: HttpRequest, act: str) -> HttpResponse:
    """Switch suggested kinds off or on, or let the node learn now."""
    if act not in ("on", "off", "learn"):
        raise Http404(act)
    who = {"by": request.viewer, "now": request.now}
    try:
        if act == "learn":
            ask_to_learn(**who)
            return done(request, _("The node learns. That takes a moment."), "desk:suggesting")
        switch_suggesting(act == "on", request.POST.get("reason", "")[:301], **who)
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), "desk:suggesting")
    sentence = (
        _("Kinds are suggested again.") if act == "on" else _("Kinds are no longer suggested.")
    )
    return done(request, sentence, "desk:suggesting")
