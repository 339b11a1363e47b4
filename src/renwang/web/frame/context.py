"""What every template knows: theme, language, banners, navigation, whether the front end is built."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from renwang.web.frame import assets, banners, navigation, words

THEMES = ("auto", "light", "dark", "wall")
THEME_COOKIE = "renwang_theme"


class Frame:
    """Read by templates as `frame`; each part is worked out when a page asks for it."""

    def __init__(self, request: HttpRequest):
        self._request = request

    @cached_property
    def theme(self) -> str:
        """The theme of this browser: `auto` follows the device. `?theme=` shows another one once."""
        for wish in (self._request.GET.get("theme"), self._request.COOKIES.get(THEME_COOKIE)):
            if wish in THEMES:
                return wish
        return "auto"

    @cached_property
    def language(self) -> str:
        """Language tag of the page, as HTML wants it."""
        return {"zh-hans": "zh-Hans"}.get(get_language() or "", get_language() or "en")

    @cached_property
    def other_languages(self) -> list[dict[str, Any]]:
        """The languages one could switch to, each named in itself."""
        return [
            {"code": code, "name": get_language_info(code)["name_local"]}
            for code, _name in settings.LANGUAGES
            if code != get_language()
        ]

    @property
    def built(self) -> bool:
        """Whether the front end has been built."""
        return assets.is_built()

    @property
    def words(self) -> dict[str, Any]:
        """What scripts on the page say."""
        return words.script_words()

    @cached_property
    def banners(self) -> list[banners.Banner]:
        """What the page must say at its top."""
        return banners.banners_for(self._request)

    @cached_property
    def mode(self) -> str:
        """Class of the body: an emergency or an exercise frames the whole page."""
        kinds = {banner.kind for banner in self.banners}
        marks = [f"in-{kind}" for kind in ("emergency", "exercise") if kind in kinds]
        return " ".join(marks)

    @cached_property
    def desk_navigation(self) -> list[tuple[str, list[navigation.Link]]]:
        """Entries of the desk under their headings."""
        return navigation.groups_of("desk", self._request)

    @cached_property
    def field_navigation(self) -> list[navigation.Link]:
        """Tabs of the field door."""
        return navigation.links_of("field", self._request)

    @cached_property
    def public_navigation(self) -> list[navigation.Link]:
        """Entries of the public door."""
        return navigation.links_of("public", self._request)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Add `frame`, `viewer` and `now` to every template."""
    return {
        "frame": Frame(request),
        "viewer": getattr(request, "viewer", None),
        "now": getattr(request, "now", None),
    }
