"""What lets the field door work without a network: its worker, its files, its entry on a home screen, the list of what is kept."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from renwang.web.frame import assets

WORKER = "src/field_worker.ts"
MAIN, FIELD, MAP = "src/main.ts", "src/field.ts", "src/islands/map/map_ui.ts"
INK = "#10231e"  # the bar of the field door; the browser colours its own with it


@require_safe
def give_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker from where it may keep the pages of this door, and of no other."""
    data = assets.content_of(WORKER)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def give_files(request: HttpRequest) -> HttpResponse:
    """List the built files that the pages of this door need; the map's are fetched before anybody opens a map."""
    response = JsonResponse({"files": sorted(set(_files_of(MAIN, FIELD, MAP)))})
    response["Cache-Control"] = "no-cache"
    return response


def _files_of(*sources: str) -> Iterator[str]:
    manifest = assets.manifest()
    for source in sources:
        entry = manifest.get(source, {})
        names = [entry.get("file", ""), *entry.get("css", []), *entry.get("assets", [])]
        yield from (static(f"dist/{name}") for name in names if name)
        yield from _files_of(*(one for one in entry.get("imports", []) if one not in sources))


@require_safe
def give_manifest(request: HttpRequest) -> HttpResponse:
    """Say how the door stands on a home screen: its name in the language of the one who puts it there, its mark."""
    icons = [("src/design/icon-maskable.svg", "maskable"), ("src/design/mark.svg", "any")]
    home = reverse("field:home")
    shown = {
        "id": home,
        "name": _("Renwang in the field"),
        "short_name": _("Renwang"),
        "lang": get_language(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": INK,
        "theme_color": INK,
        "icons": [
            {
                "src": assets.address_of(source),
                "type": "image/svg+xml",
                "sizes": "any",
                "purpose": purpose,
            }
            for source, purpose in icons
        ],
    }
    response = JsonResponse(shown, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def show_kept(request: HttpRequest) -> HttpResponse:
    """Show the frame of the list of what a phone keeps.

    It is the same for everybody and stands on the phone as it is, so that it
    opens without a network and without a sign-in; script fills it in.
    """
    response = render(request, "field/kept.html")
    response["Cache-Control"] = "no-cache"
    return response
