"""Pages for residents: what is in force here, in large type. No account, no script, no name of anybody."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from renwang.alerts import cap, selectors
from renwang.alerts.models import Alert
from renwang.base.addresses import link
from renwang.chain.models import Unit
from renwang.chain.selectors import public as places
from renwang.web.frame.signin import workplace
from renwang.web.public.places import FRESH_FOR, PlacePage, feed_id, place_of, posters_at
from renwang.web.public.posters import Poster, latest, poster_of


@require_safe
def show_start(request: HttpRequest) -> HttpResponse:
    """The whole node, and a way to one's own place; who has signed in is led to his work."""
    if request.viewer and "public" not in request.GET:
        return redirect(workplace(request.viewer))
    tops = places.public_tops()
    if len(tops) == 1:
        return _show(request, tops[0], is_start=True)
    return render(request, "public/start.html", {"tops": tops})


@require_safe
def show_place(request: HttpRequest, ref: str) -> HttpResponse:
    """One place."""
    return _show(request, place_of(ref))


def _show(request: HttpRequest, place: Unit, *, is_start: bool = False) -> HttpResponse:
    response = render(
        request,
        "public/place.html",
        {
            "place": place,
            "page": PlacePage(place, request.now),
            "is_start": is_start,
            "fresh_for": FRESH_FOR,
            "feed": reverse("public:feed", args=[place.ref]),
        },
    )
    response["Cache-Control"] = (
        "no-cache" if request.viewer else f"public, max-age={FRESH_FOR // 2}"
    )
    return response


@require_safe
def find_place(request: HttpRequest) -> HttpResponse:
    """Find one's own place by name."""
    words = request.GET.get("q", "").strip()[:80]
    found = places.find_public_places(words)
    if len(found) == 1:
        return redirect("public:place", found[0].ref)
    return render(request, "public/found.html", {"words": words, "found": found})


@require_safe
def show_alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One warning in full, also when it is over."""
    alert = _alert(alert_id)
    said = cap.read(bytes(alert.original)).alert if alert.original else None
    languages = [info.spoken for info in said.infos] if said else []
    poster = poster_of(alert, request.GET.get("language") or get_language() or "zh-CN")
    return render(
        request, "public/alert.html", {"poster": poster, "alert": alert, "languages": languages}
    )


@require_safe
def show_original(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The signed document, byte for byte."""
    alert = _alert(alert_id)
    response = HttpResponse(bytes(alert.original), content_type="application/cap+xml")
    response["ETag"] = f'"{alert.digest}"'
    response["Cache-Control"] = "public, max-age=86400, immutable"
    return response


@require_safe
def show_feed(request: HttpRequest, ref: str = "") -> HttpResponse:
    """Atom feed of what is in force in a place, or in the whole node."""
    place = place_of(ref) if ref else None
    paths = [place.path] if place else [top.path for top in places.public_tops()]
    posters = [poster for path in paths for poster in posters_at(path, request.now)]
    feed = cap.write_feed(
        identifier=feed_id(request.path),
        title=_("Warnings in force: {place}").format(
            place=place.name if place else _("everywhere here")
        ),
        updated=cap.Moment.of(latest(posters, request.now)),
        link=link(request.path),
        offers=[_offer(one) for one in posters],
    )
    response = HttpResponse(feed, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={FRESH_FOR // 2}"
    return response


def _offer(one: Poster) -> cap.Offer:
    return cap.Offer(
        identifier=f"urn:uuid:{one.alert.pk}",
        title=one.headline,
        updated=cap.Moment.of(one.alert.sent),
        link=link(reverse("public:original", args=[one.alert.pk])),
        author=one.alert.sender_name or one.alert.sender,
        summary=one.description,
    )


def _alert(alert_id: UUID) -> Alert:
    alert = selectors.published(alert_id, with_drills=settings.DEMO)
    if alert is None:
        raise Http404(str(alert_id))
    return alert
