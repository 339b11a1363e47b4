"""Parts of a page's frame: head, breadcrumbs, banners, messages, built files, islands."""

from collections.abc import Iterable
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from renwang.web.frame import assets
from renwang.web.frame.banners import Banner
from renwang.web.frame.tags.signs import draw_icon, joined

register = Library()

BANNER_ICONS = {"ordinary": "info", "emergency": "stop", "exercise": "flag", "offline": "offline"}


@register.simple_tag(name="skip_link")
def skip_link() -> SafeString:
    """The first thing the keyboard meets: past the navigation to the content."""
    return format_html('<a class="skip" href="#main">{}</a>', _("Go to the content"))


@register.simple_tag(name="brand_name")
def brand_name() -> SafeString:
    """The name in both scripts."""
    return SafeString(
        '<span class="name"><b lang="zh-Hans">韧网</b><span lang="en">Renwang</span></span>'
    )


@register.simple_tag(name="exercise_words")
def exercise_words() -> SafeString:
    """The word for an exercise written across the whole page, so that no picture of it can be taken for real."""
    return format_html(
        '<div class="exercise-words" aria-hidden="true"><svg><defs><pattern id="exercise-words" width="360" height="220" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(-24)"><text x="10" y="90" font-size="54" font-weight="700" '
        'fill="currentColor">{}</text></pattern></defs><rect width="100%" height="100%" fill="url(#exercise-words)"/></svg></div>',
        _("EXERCISE"),
    )


@register.simple_tag(name="asset")
def asset(source: str) -> SafeString:
    """Stylesheet and script of a built entry: `{% asset "src/main.ts" %}`."""
    return assets.links_to(source)


@register.simple_tag(name="asset_url")
def asset_url(source: str) -> str:
    """Address of one built file."""
    return assets.address_of(source)


@register.simple_block_tag(name="page_head")
def page_head(
    content: str, title: str, lead: str = "", crumbs: Iterable[tuple[str, str]] = (), mark: str = ""
) -> SafeString:
    """Breadcrumbs, title, lead and, between the tags, actions. `mark` is a state or warning beside the title."""
    trail = joined(
        format_html(
            "<li>{}{}</li>",
            format_html('<a href="{}">{}</a>', url, name) if url else name,
            draw_icon("chevron-right") if url else "",
        )
        for name, url in crumbs
    )
    return format_html(
        '<header class="page-head">{}<div class="row"><div><h1>{}{}</h1>{}</div>{}</div></header>',
        format_html(
            '<nav aria-label="{}"><ol class="crumbs">{}</ol></nav>', _("Where you are"), trail
        )
        if trail
        else "",
        title,
        format_html(" {}", mark) if mark else "",
        format_html('<p class="lead">{}</p>', lead) if lead else "",
        format_html('<div class="actions">{}</div>', content) if content.strip() else "",
    )


@register.inclusion_tag("frame/parts/banner.html", name="banner")
def banner(banner: Banner) -> dict[str, Any]:
    """One banner: ordinary, emergency, exercise, offline."""
    return {"banner": banner, "icon": BANNER_ICONS[banner.kind]}


@register.inclusion_tag("frame/parts/messages.html", takes_context=True, name="messages_area")
def messages_area(context: Context) -> dict[str, Any]:
    """What the last deed came to; scripts show the same as toasts."""
    tones = {
        "success": "good",
        "warning": "attention",
        "error": "bad",
        "info": "info",
        "debug": "info",
    }
    return {
        "messages": [
            {"tone": tones.get(message.level_tag, "info"), "text": message.message}
            for message in context.get("messages") or ()
        ]
    }


@register.simple_block_tag(name="island")
def island(content: str, name: str, props: Any, id: str) -> SafeString:
    """Where a script draws a map or a chart; what stands between the tags is shown until then, and without script.

    `props` is anything JSON can hold; it travels in a script element of its own.
    """
    return format_html(
        '{}<div data-island="{}" data-props="{}-props" id="{}">{}</div>',
        json_script(props, f"{id}-props"),
        name,
        id,
        id,
        content,
    )
