"""What was said officially, for everybody: one bulletin with its corrections, all of a place, the feed, the notice to hang up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from renwang.base.addresses import link
from renwang.base.paging import WrongCursor
from renwang.base.pure.loading import on_first_use
from renwang.bulletins import reading, selectors
from renwang.bulletins.atom import Item, write_atom
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import BulletinState, is_over
from renwang.web.frame.addresses import address_here
from renwang.web.public.places import FRESH_FOR, feed_id, place_at, place_of

if TYPE_CHECKING:
    import segno
else:
    segno = on_first_use("segno")


@require_safe
def show_bulletin(request: HttpRequest, ref: str) -> HttpResponse:
    """One bulletin in full: with what it corrects, or with what corrects it."""
    bulletin = _bulletin(ref)
    said = reading.said_by(bulletin, _language(request))
    context = {
        "bulletin": bulletin,
        "said": said,
        "place": place_at(bulletin.path),
        "later": bulletin.known_corrections[-1] if bulletin.known_corrections else None,
        "is_over": is_over(bulletin.ends_at, request.now),
        **_correction(bulletin, said.language),
    }
    response = render(request, "public/bulletin.html", context)
    response["Cache-Control"] = "no-cache"  # a correction is seen by the next who looks
    return response


def _correction(bulletin: Bulletin, language: str) -> dict[str, Any]:
    """What it corrects, and what was changed."""
    wrong = bulletin.corrects
    if wrong is None:
        return {}
    return {
        "wrong": wrong,
        "wrong_said": reading.said_by(wrong, language),
        "changed": reading.changed(wrong.current.texts, bulletin.current.texts, language),
    }


@require_safe
def print_bulletin(request: HttpRequest, ref: str) -> HttpResponse:
    """A notice to hang up on a stairwell, with a code that leads back to the page."""
    bulletin = _bulletin(ref)
    address = address_here(request, reverse("public:bulletin", args=[ref]))
    context = {
        "bulletin": bulletin,
        "said": reading.said_by(bulletin, _language(request)),
        "place": place_at(bulletin.path),
        "guide": selectors.guide_of(bulletin.path),
        "address": address,
        "code": segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True),
    }
    # The few words of ours on the notice are in its language, whatever whoever prints it reads.
    with translation.override("zh-hans" if context["said"].language[:2] == "zh" else "en"):
        response = render(request, "public/notice.html", context)
    response["Cache-Control"] = "no-store"  # the code may lead to where this reader came from
    return response


@require_safe
def list_bulletins(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that was said at a place, the latest first."""
    place = place_of(ref)
    try:
        page = selectors.bulletins_ever(place.path, cursor=request.GET.get("after", ""))
    except WrongCursor:
        page = selectors.bulletins_ever(place.path)
    language = get_language() or ""
    rows = [(one, reading.said_by(one, language)) for one in page.items]
    return render(request, "public/bulletins.html", {"place": place, "page": page, "rows": rows})


@require_safe
def show_feed(request: HttpRequest, ref: str = "") -> HttpResponse:
    """Atom feed of what is said at a place, or on the whole node."""
    place = place_of(ref) if ref else None
    found = selectors.feed_of(place.path if place else None)
    where = place.name if place else _("everywhere here")
    page = reverse("public:place", args=[ref]) if ref else reverse("public:start")
    data = write_atom(
        identifier=feed_id(request.path),
        title=_("Bulletins: {place}").format(place=where),
        link=link(request.path),
        page=link(page),
        updated=max((one.changed_at for one in found), default=request.now),
        items=[_item(one) for one in found],
    )
    response = HttpResponse(data, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={FRESH_FOR // 2}"
    return response


_MARKS = {
    BulletinState.CORRECTED: gettext_lazy("Corrected since: {title}"),
    BulletinState.WITHDRAWN: gettext_lazy("Taken back: {title}"),
}


def _item(bulletin: Bulletin) -> Item:
    said = reading.said_by(bulletin, get_language() or "")
    mark = _MARKS.get(bulletin.state)
    return Item(
        f"urn:uuid:{bulletin.pk}",
        str(mark).format(title=said.title) if mark else said.title,
        said.text,
        said.language,
        said.sources[0].who if said.sources else "",
        link(reverse("public:bulletin", args=[bulletin.ref])),
        bulletin.published_at,
        bulletin.changed_at,
    )


def _bulletin(ref: str) -> Bulletin:
    bulletin = selectors.shown_bulletin(ref)
    if bulletin is None:
        raise Http404(ref)
    return bulletin


def _language(request: HttpRequest) -> str:
    return request.GET.get("language", "")[:20] or get_language() or ""
