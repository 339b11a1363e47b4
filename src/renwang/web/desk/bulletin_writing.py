"""Write a bulletin or a correction, with a preview as everybody will read it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.bulletins import reading, services
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import BulletinRefused
from renwang.bulletins.services import Draft
from renwang.chain.models import Unit
from renwang.web.desk import lists
from renwang.web.desk.bulletin_words import Advised, advise_on
from renwang.web.desk.bulletins import bulletin_at
from renwang.web.desk.forms.bulletins import Composition, PlaceForm, read_sources, read_texts
from renwang.web.frame.gates import done, may, sent_form, sentence_of

PREVIEW, SUBMIT = "preview", "submit"
DEFAULT_STRUCTURE = "china_urban"


@require_http_methods(["GET", "POST"])
@may("bulletins.write")
def write(request: HttpRequest) -> HttpResponse:
    """Begin a bulletin."""
    data = sent_form(request)
    place = PlaceForm(request.viewer, data, initial={"unit": _own_place(request)})
    unit = place.cleaned_data["unit"] if data is not None and place.is_valid() else None
    composition = Composition(_structure(unit or place.initial.get("unit")), data)

    def save(draft: Draft) -> Bulletin:
        return services.draft_bulletin(draft, unit, by=request.viewer, now=request.now)

    return _handle(
        request, composition, save if unit else None, title=_("Write a bulletin"), place=place
    )


@require_http_methods(["GET", "POST"])
@may("bulletins.write")
def edit(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Change a draft; what was handed in or approved becomes a draft again."""
    bulletin = bulletin_at(request, bulletin_id)

    def save(draft: Draft) -> Bulletin:
        return services.edit_bulletin(bulletin.pk, draft, by=request.viewer, now=request.now)

    composition = _composition(request, bulletin)
    title = _("Change the correction") if bulletin.corrects_id else _("Change the draft")
    return _handle(
        request, composition, save, title=title, bulletin=bulletin, wrong=bulletin.corrects
    )


@require_http_methods(["GET", "POST"])
@may("bulletins.write")
def correct(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Write what is right, beginning from the words that are wrong."""
    wrong = bulletin_at(request, bulletin_id)

    def save(draft: Draft) -> Bulletin:
        return services.begin_correction(wrong.pk, draft, by=request.viewer, now=request.now)

    composition = _composition(request, wrong)
    if not composition.audience.is_bound:
        composition.audience.initial["reason"] = ""
    return _handle(
        request, composition, save, title=_("Correct a bulletin"), bulletin=wrong, wrong=wrong
    )


@require_POST
@may("bulletins.write")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer what was typed so far with how everybody will read it, and what is hard to read in it."""
    composition = Composition(DEFAULT_STRUCTURE, request.POST)
    return render(request, "desk/bulletins/_preview.html", {"advised": _advised(composition)})


def _composition(request: HttpRequest, bulletin: Bulletin) -> Composition:
    unit = lists.unit_of_key(request, bulletin.unit_id)
    return Composition(_structure(unit), sent_form(request), bulletin=bulletin)


def _handle(
    request: HttpRequest, composition: Composition, save: Any, **context: Any
) -> HttpResponse:
    wish = request.POST.get("do", "")
    if request.method == "POST" and wish != PREVIEW and composition.is_valid() and save:
        try:
            bulletin = save(composition.draft())
            if wish == SUBMIT:
                services.submit_bulletin(bulletin.pk, by=request.viewer, now=request.now)
                sentence = _("Saved. It waits for somebody else to approve it.")
            else:
                sentence = _("The draft was saved.")
            return done(request, sentence, "desk:bulletin", bulletin.pk)
        except BulletinRefused as refusal:
            composition.audience.add_error(None, sentence_of(refusal))
    is_wrong = request.method == "POST" and wish != PREVIEW
    context |= {
        "composition": composition,
        "advised": _advised(composition),
        "crumbs": [(_("Bulletins"), reverse("desk:bulletins")), (context["title"], "")],
    }
    return render(request, "desk/bulletins/write.html", context, status=422 if is_wrong else 200)


def _advised(composition: Composition) -> list[Advised]:
    """Read the words as far as they are there: of what was sent, else of what is being changed."""
    texts = [
        text.kept() for text in read_texts([row for row in composition.texts if row.is_bound])
    ] or [row.initial for row in composition.texts if not row.is_bound and row.initial.get("text")]
    sources = [
        source.kept()
        for source in read_sources([row for row in composition.sources if row.is_bound])
    ] or [row.initial for row in composition.sources if not row.is_bound and row.initial]
    return advise_on(reading.said(texts, sources, text["language"]) for text in texts)


def _own_place(request: HttpRequest) -> Unit | None:
    """The place that was asked for, else the viewer's own."""
    asked = lists.unit_asked(request)
    return asked or lists.unit_at_path(request, request.viewer.places["bulletins.write"][0])


def _structure(unit: Unit | None) -> str:
    return unit.structure if isinstance(unit, Unit) else DEFAULT_STRUCTURE
