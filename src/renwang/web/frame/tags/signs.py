"""Signs: icons, the mark, warning colours, states, avatars, times, and whose words they are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.template import Context, Library
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from renwang.web.frame import assets, moments
from renwang.web.frame.signin import name_device

register = Library()

ICONS = "src/design/icons.svg"

# Each warning colour has a shape, a pattern and a word of its own.
_SIGNS = {
    "red": '<path class="body edge" d="M9.700 1.500h12.600L30.500 9.700v12.600L22.300 30.500H9.700L1.500 22.300V9.700z"/>'
    '<path class="on thin" d="M11.400 5.500h9.200L26.500 11.400v9.200L20.600 26.500h-9.200L5.500 20.600v-9.200z"/>'
    '<path class="on" d="M16 10v7M16 21.700v.1"/>',
    "orange": '<path class="body edge" d="M16 2.500L31 29H1z"/>'
    '<path class="on thin" d="M6.500 26l2.500-4.500M10.500 26l1.500-2.700M25.500 26L23 21.500M21.500 26L20 23.300"/>'
    '<path class="on" d="M16 12v7.500M16 24.700v.1"/>',
    "yellow": '<path class="body edge" d="M16 1.200L30.800 16 16 30.800 1.200 16z"/>'
    '<path class="on" d="M16 9v8M16 22.200v.1"/><path class="on" d="M9.500 16v.1M22.500 16v.1"/>',
    "blue": '<circle class="body edge" cx="16" cy="16" r="14.500"/>'
    '<path class="on thin" d="M7.500 22.500h17M10.500 26h11"/>'
    '<path class="on" d="M16 6.500v7M16 18v.1"/>',
    "unknown": '<path class="body edge" stroke-dasharray="4 2.500" d="M3 3h26v26H3z"/>'
    '<path class="on" d="M11.800 12.200c.2-5.200 8.400-5 8.400 0 0 3.500-4.200 3.300-4.200 6.800M16 24v.1"/>',
}

COLOUR_WORDS = {
    "red": pgettext_lazy("warning colour", "Red"),
    "orange": pgettext_lazy("warning colour", "Orange"),
    "yellow": pgettext_lazy("warning colour", "Yellow"),
    "blue": pgettext_lazy("warning colour", "Blue"),
    "unknown": pgettext_lazy("warning colour", "No colour"),
}

_TONE_ICONS = {
    "neutral": "",
    "good": "check",
    "attention": "clock",
    "bad": "stop",
    "info": "info",
}

MARK = (
    '<svg class="knot" viewBox="0 0 48 48" width="30" height="30" aria-hidden="true"><g transform="rotate(45 24 24)">'
    '<path class="weft" d="M6 19h3M19 19h10M39 19h3M6 29h13M29 29h13"/>'
    '<path class="warp" d="M14 6v18M14 34v8M24 6v8M24 24v18M34 6v18M34 34v8"/></g></svg>'
)


def joined(parts: Iterable[SafeString]) -> SafeString:
    """Put pieces of HTML one after another."""
    return format_html_join("", "{}", ((part,) for part in parts))


def known_colour(colour: str | None) -> str:
    """Map a warning's colour to one that has a sign; anything else is `unknown`."""
    wanted = str(colour or "").lower()
    return wanted if wanted in _SIGNS else "unknown"


@register.filter(name="as_written")
def as_written(words: object) -> SafeString:
    """Mark words as somebody's own, inside a line of the page's: nobody translates them, neither a browser nor a reader.

    A text that stands alone is a block of the class `verbatim`. No words give nothing.
    """
    if words is None or words == "":
        return SafeString("")
    return format_html('<span translate="no">{}</span>', words)


def draw_icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw a line icon. Without a label it is decoration and hidden from screen readers."""
    address = assets.address_of(ICONS)
    if not label:
        return _decoration(name, size, address)
    return _icon(name, size, address, format_html('role="img" aria-label="{}"', label))


@lru_cache(maxsize=512)
def _decoration(name: str, size: str, address: str) -> SafeString:
    return _icon(name, size, address, SafeString('aria-hidden="true"'))


def _icon(name: str, size: str, address: str, voice: SafeString) -> SafeString:
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="20" height="20" {}><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        voice,
        address,
        name,
    )


@register.simple_tag(name="icon")
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "bell" size="small|large" label="…" %}`."""
    return draw_icon(name, size, label)


@register.simple_tag(name="knot")
def knot() -> SafeString:
    """The mark of Renwang: five threads woven into a net."""
    return SafeString(MARK)


@register.simple_tag(name="sign")
def sign(colour: str | None, size: str = "", label: str | None = None) -> SafeString:
    """Draw the sign of a warning colour with its word for screen readers; `label=""` where the word stands beside it."""
    key = known_colour(colour)
    word = COLOUR_WORDS[key] if label is None else label
    voice = (
        format_html('role="img" aria-label="{}"', word)
        if word
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="sign sign-{}{}" viewBox="0 0 32 32" width="24" height="24" {}>{}</svg>',
        key,
        f" sign-{size}" if size else "",
        voice,
        SafeString(_SIGNS[key]),
    )


@register.simple_tag(name="warning")
def warning(colour: str | None, text: str = "") -> SafeString:
    """Sign and word of a warning colour, then what it warns of: `{% warning "red" "Rainstorm" %}`."""
    key = known_colour(colour)
    words = COLOUR_WORDS[key]
    if text:
        pattern = (
            pgettext("warning", "{kind} (no colour)")
            if key == "unknown"
            else pgettext("warning", "{colour} {kind}")
        )
        words = pattern.format(colour=words, kind=text)
    return format_html(
        '<span class="warning warning-{}">{}<span>{}</span></span>', key, sign(key, label=""), words
    )


@register.simple_tag(name="state")
def state(label: str, tone: str = "neutral", icon: str | None = None) -> SafeString:
    """A state in words, with the shape of its tone: neutral, good, attention, bad, info."""
    shape = _TONE_ICONS.get(tone, "") if icon is None else icon
    return format_html(
        '<span class="state state-{}">{}{}</span>', tone, draw_icon(shape) if shape else "", label
    )


@register.simple_tag(name="avatar")
def avatar(name: str) -> SafeString:
    """The last two characters of a Chinese name or the initials of another one; an empty name is a vacant post."""
    if not name:
        return format_html(
            '<span class="avatar avatar-vacant" role="img" aria-label="{}">?</span>',
            pgettext("post", "Vacant"),
        )
    words = name.split()
    if name[0] > "\u2e7f":
        short = name[-2:]
    else:
        short = "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', short)


@register.simple_tag(takes_context=True, name="ago")
def ago(context: Context, moment: datetime | None) -> SafeString:
    """`3 minutes ago`, going on by itself; the exact moment on hover. A moment of None says so."""
    if moment is None:
        return _no_moment()
    now = context.get("now") or timezone.now()
    exact = moments.say_moment(moment, now)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(timespec="seconds"),
        exact,
        moments.ago(moment, now) or exact,
    )


@register.simple_tag(takes_context=True, name="moment")
def moment(context: Context, moment: datetime | None) -> SafeString:
    """The moment itself, in the node's zone."""
    if moment is None:
        return _no_moment()
    return format_html(
        '<time datetime="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        moments.say_moment(moment, context.get("now")),
    )


@register.simple_tag(takes_context=True, name="due")
def due(context: Context, deadline: datetime | None) -> SafeString:
    """How long a deadline still leaves or by how much it was missed, counting by itself."""
    if deadline is None:
        return _no_moment()
    now = context.get("now") or timezone.now()
    words, is_late = moments.due(deadline, now)
    return format_html(
        '<span class="state state-{}" data-tone>{}<time datetime="{}" title="{}" data-due>{}</time></span>',
        "bad" if is_late else "attention",
        draw_icon("clock"),
        deadline.isoformat(timespec="seconds"),
        moments.say_moment(deadline, now),
        words,
    )


@register.filter(name="device")
def device(agent: str) -> str:
    """Browser and system out of what the browser says of itself."""
    return name_device(agent) or gettext("Unknown device")


@register.filter(name="in_minutes")
def in_minutes(span: timedelta | None) -> int:
    """Whole minutes of a span, rounded up; no span is none."""
    return 0 if span is None else -int(-span.total_seconds() // 60)


def _no_moment() -> SafeString:
    return format_html('<span class="quiet">{}</span>', gettext_lazy("not yet"))


def tone_icon(tone: str) -> str:
    """Name the icon that stands for a tone, for components that show one beside their words."""
    icons: dict[str, Any] = {
        **_TONE_ICONS,
        "plain": "info",
        "attention": "warning",
        "good": "check",
    }
    return str(icons.get(tone, "info"))
