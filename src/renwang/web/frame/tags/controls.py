"""Things to press: buttons, menus, switches of language and theme."""

from typing import Any

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from renwang.web.frame.context import THEMES
from renwang.web.frame.tags.signs import draw_icon, joined

register = Library()

_THEME_WORDS = {
    "auto": (gettext_lazy("As the device"), "half"),
    "light": (gettext_lazy("Light"), "sun"),
    "dark": (gettext_lazy("Dark"), "moon"),
    "wall": (gettext_lazy("Wall display"), "wall"),
}


@register.simple_tag(name="button")
def button(
    label: str,
    kind: str = "",
    icon: str = "",
    href: str = "",
    type: str = "submit",
    name: str = "",
    value: str = "",
    form: str = "",
    size: str = "",
    busy: bool = False,
    disabled: bool = False,
    reason: str = "",
    confirm: str = "",
    icon_only: bool = False,
    id: str = "",
    shortcut: str = "",
    opens: str = "",
    **attributes: Any,
) -> SafeString:
    """A button, or with `href` a link that looks like one.

    `kind`: nothing, primary, quiet, danger. `size`: small, large, wide.
    A disabled button says why in `reason`. `confirm` asks that question first.
    `opens` names a dialog. Further arguments become attributes: `hx_post=url`
    is written `hx-post`.
    """
    classes = ["button", *(f"button-{word}" for word in (kind, *size.split()) if word)]
    if icon_only:
        classes.append("button-icon")
    pairs: list[tuple[str, Any]] = [("class", " ".join(classes))]
    if href and not disabled:
        pairs.append(("href", href))
    elif not href:
        pairs += [
            ("type", "button" if opens else type),
            ("name", name),
            ("value", value),
            ("form", form),
        ]
    if disabled:
        pairs += [("aria-disabled", "true")] if href else [("disabled", True)]
    pairs += [
        ("id", id),
        ("aria-busy", "true" if busy else ""),
        ("title", reason or (label if icon_only else "")),
        ("aria-label", label if icon_only else ""),
        ("data-confirm", confirm),
        ("data-opens", opens),
        ("aria-keyshortcuts", shortcut),
        *((key.rstrip("_").replace("_", "-"), attribute) for key, attribute in attributes.items()),
    ]
    written = joined(
        format_html(" {}", key) if given is True else format_html(' {}="{}"', key, given)
        for key, given in pairs
        if given not in ("", None, False)
    )
    words = "" if icon_only else label
    body = format_html("{}{}", draw_icon(icon) if icon else "", words)
    tag = SafeString("a" if href else "button")
    return format_html("<{}{}>{}</{}>", tag, written, body, tag)


@register.simple_block_tag(name="menu")
def menu(
    content: str, label: str, icon: str = "more", align: str = "", show_label: bool = False
) -> SafeString:
    """A button that unfolds a sheet of links and buttons; works without script."""
    return format_html(
        '<details class="menu{}" data-menu><summary class="button button-quiet{}" aria-label="{}">{}{}</summary>'
        '<div class="sheet">{}</div></details>',
        " menu-start" if align == "start" else "",
        "" if show_label else " button-icon",
        label,
        draw_icon(icon),
        label if show_label else "",
        content,
    )


@register.inclusion_tag(
    "frame/parts/language_switch.html", takes_context=True, name="language_switch"
)
def language_switch(context: Context) -> dict[str, Any]:
    """A button for every other language, each in its own words; works without script."""
    return {
        "languages": context["frame"].other_languages,
        "next": context["request"].get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("frame/parts/theme_switch.html", takes_context=True, name="theme_switch")
def theme_switch(context: Context, wall: bool = True) -> dict[str, Any]:
    """Light, dark, as the device, wall display; works without script."""
    current = context["frame"].theme
    return {
        "themes": [
            {
                "key": key,
                "word": _THEME_WORDS[key][0],
                "icon": _THEME_WORDS[key][1],
                "current": key == current,
            }
            for key in THEMES
            if wall or key != "wall"
        ],
        "next": context["request"].get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(name="print_button")
def print_button() -> SafeString:
    """Print this page; shown only where script runs."""
    return format_html(
        '<button type="button" class="button button-quiet needs-script" data-print>{}{}</button>',
        draw_icon("print"),
        _("Print"),
    )


@register.simple_tag(name="segmented")
def segmented(name: str, options: Any, value: Any = "", label: str = "") -> SafeString:
    """A choice between few words, as radio buttons in one bar; `options` are (value, word) pairs."""
    choices = format_html_join(
        "",
        '<label><input type="radio" name="{}" value="{}"{}>{}</label>',
        (
            (name, key, SafeString(" checked") if str(key) == str(value) else "", word)
            for key, word in options
        ),
    )
    return format_html(
        '<div class="segmented" role="radiogroup" aria-label="{}">{}</div>', label, choices
    )
