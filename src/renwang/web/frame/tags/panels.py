"""Containers and lists: cards, callouts, dialogs, tabs, timelines, trees, facts, empty and failed places."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from renwang.web.frame.tags.signs import draw_icon, joined, known_colour, moment, tone_icon

register = Library()


@register.simple_block_tag(name="card")
def card(
    content: str, title: str = "", flush: bool = False, id: str = "", aside: str = ""
) -> SafeString:
    """A sheet with an optional heading; `aside` stands at its right; `flush` leaves no space round the content."""
    head = (
        format_html('<div class="card-head"><h2>{}</h2>{}</div>', title, aside)
        if title
        else SafeString("")
    )
    return format_html(
        '<section class="card{}"{}>{}{}</section>',
        " card-flush" if flush else "",
        format_html(' id="{}"', id) if id else "",
        head,
        content,
    )


@register.simple_block_tag(name="warning_sheet")
def warning_sheet(content: str, colour: str | None) -> SafeString:
    """A sheet whose edge carries the colour and the pattern of a warning."""
    return format_html(
        '<article class="warning-sheet warning-sheet-{}">{}</article>',
        known_colour(colour),
        content,
    )


@register.simple_block_tag(name="callout")
def callout(content: str, kind: str = "info", title: str = "", icon: str = "") -> SafeString:
    """A remark that must not be missed: info, good, attention, bad, plain."""
    heading = format_html("<p><strong>{}</strong></p>", title) if title else ""
    role = SafeString(' role="alert"') if kind == "bad" else ""
    return format_html(
        '<div class="callout callout-{}"{}>{}<div class="body">{}{}</div></div>',
        kind,
        role,
        draw_icon(icon or tone_icon(kind)),
        heading,
        content,
    )


@register.simple_block_tag(name="dialog")
def dialog(content: str, id: str, title: str) -> SafeString:
    """A dialog that `{% button … opens=id %}` opens. Put its buttons into `<div class="foot">` at the end.

    Without script the same form must be reachable as a page: give the opening
    button an `href` as well.
    """
    return format_html(
        '<dialog class="dialog" id="{}" aria-labelledby="{}-title"><div class="head"><h2 id="{}-title">{}</h2>'
        '<button type="button" class="button button-quiet button-icon" data-closes aria-label="{}">{}</button></div>{}</dialog>',
        id,
        id,
        id,
        title,
        _("Close"),
        draw_icon("cross"),
        content,
    )


@register.inclusion_tag("frame/parts/tabs.html", name="tabs")
def tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Links to sibling pages: each item has `label`, `url`, `current`, and perhaps `count` and `icon`."""
    return {"items": items, "label": label}


@register.simple_tag(name="stat")
def stat(
    label: str,
    value: Any,
    unit: str = "",
    href: str = "",
    note: str = "",
    tone: str = "",
    icon: str = "",
    evidence: str = "",
) -> SafeString:
    """One figure. With `href` it opens onto its evidence; a figure without evidence should be rare."""
    shown = f"{value:,}" if isinstance(value, int) else value
    body = format_html(
        '<span class="label">{}{}</span><span class="value">{}{}</span>{}{}',
        draw_icon(icon or (tone_icon(tone) if tone else "")) if icon or tone else "",
        label,
        "–" if shown is None else shown,
        format_html('<span class="unit">{}</span>', unit) if unit else "",
        format_html('<span class="note">{}</span>', note) if note else "",
        format_html(
            '<span class="evidence">{}{}</span>',
            evidence or _("Show evidence"),
            draw_icon("arrow-right", "small"),
        )
        if href
        else "",
    )
    tag = SafeString("a" if href else "div")
    return format_html(
        '<{} class="tile{}"{}>{}</{}>',
        tag,
        f" tile-{tone}" if tone else "",
        format_html(' href="{}"', href) if href else "",
        body,
        tag,
    )


@register.simple_block_tag(name="timeline")
def timeline(content: str, label: str = "") -> SafeString:
    """A story in order of time; its lines are `{% told %}`."""
    return format_html(
        '<ol class="timeline" aria-label="{}">{}</ol>', label or _("What happened"), content
    )


@register.simple_block_tag(takes_context=True, name="told")
def told(
    context: Context,
    content: str,
    at: Any = None,
    who: str = "",
    icon: str = "clock",
    tone: str = "",
    fresh: bool = False,
) -> SafeString:
    """One line of a story: who did what, and when. `fresh` lights it up once."""
    when = moment(context, at) if at else ""
    by = format_html('<span class="who">{}</span> · ', who) if who else ""
    return format_html(
        '<li{}><span class="dot{}">{}</span><div class="told"><div>{}</div><div class="when">{}{}</div></div></li>',
        SafeString(' class="fresh"') if fresh else "",
        f" dot-{tone}" if tone else "",
        draw_icon(icon),
        content,
        by,
        when,
    )


@register.inclusion_tag("frame/parts/tree.html", name="tree")
def tree(nodes: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Units below units, unfolding without script.

    A node has `label`, `url`, `level`, `children`, `open`, `current`, and
    perhaps `tail` (safe HTML at the end of its line) and `more_url`, from
    which htmx fetches children that are not there yet.
    """
    return {"nodes": nodes, "label": label}


@register.simple_block_tag(name="facts")
def facts(content: str) -> SafeString:
    """Names and values side by side; the lines are `{% fact %}`."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag(name="fact")
def fact(content: str, label: str) -> SafeString:
    """One name and its value; an empty value says that it is not known."""
    value = content.strip()
    shown = (
        SafeString(value) if value else format_html('<span class="quiet">{}</span>', _("not known"))
    )
    return format_html("<dt>{}</dt><dd>{}</dd>", label, shown)


@register.simple_tag(name="empty_state")
def empty_state(
    title: str,
    text: str = "",
    action: str = "",
    href: str = "",
    icon: str = "journal",
    second_action: str = "",
    second_href: str = "",
) -> SafeString:
    """A place with nothing in it: says why, and what to do next."""
    links = [(action, href, " button-primary"), (second_action, second_href, "")]
    buttons = joined(
        format_html('<a class="button{}" href="{}">{}</a>', kind, url, words)
        for words, url, kind in links
        if words
    )
    return format_html(
        '<div class="empty">{}<h3>{}</h3>{}{}</div>',
        draw_icon(icon),
        title,
        format_html("<p>{}</p>", text) if text else "",
        format_html('<div class="actions">{}</div>', buttons) if buttons else "",
    )


_TROUBLE = {
    "refused": (
        "lock",
        gettext_lazy("You may not see or do this here"),
        gettext_lazy(
            "It lies outside what you were given. Ask the person who gave you your grants."
        ),
    ),
    "missing": (
        "search",
        gettext_lazy("This is not here"),
        gettext_lazy(
            "It may have been moved, ended or never have existed. Search for it by name or number."
        ),
    ),
    "offline": (
        "offline",
        gettext_lazy("No connection"),
        gettext_lazy(
            "What you entered is kept on this device. It is sent as soon as there is a connection."
        ),
    ),
    "server": (
        "warning",
        gettext_lazy("The server could not do this"),
        gettext_lazy(
            "Nothing was changed. Please try again; if it happens again, tell the operator of this node."
        ),
    ),
    "wrong": (
        "stop",
        gettext_lazy("This cannot be read"),
        gettext_lazy("See below what is wrong with it and in which line."),
    ),
}


@register.simple_tag(name="trouble")
def trouble(
    kind: str, title: str = "", text: str = "", action: str = "", href: str = ""
) -> SafeString:
    """A place that failed: refused, missing, offline, server, wrong. Says what happened and what to do."""
    icon, default_title, default_text = _TROUBLE[kind]
    return format_html(
        '<div class="empty empty-bad" role="alert">{}<h3>{}</h3><p>{}</p>{}</div>',
        draw_icon(icon),
        title or default_title,
        text or default_text,
        format_html('<div class="actions"><a class="button" href="{}">{}</a></div>', href, action)
        if action
        else "",
    )


@register.simple_tag(name="skeleton")
def skeleton(lines: int = 4) -> SafeString:
    """Grey lines where text is being fetched."""
    return format_html(
        '<div class="skeleton" role="status" aria-label="{}">{}</div>',
        _("Being fetched"),
        SafeString("<span></span>" * lines),
    )
