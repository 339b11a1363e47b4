"""How far words got: the receipt ladder, coverage, progress."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from renwang.web.frame import moments
from renwang.web.frame.tags.signs import draw_icon, joined

register = Library()

STEPS = ("sent", "delivered", "read", "understood", "carried")

STEP_WORDS = {
    "sent": pgettext_lazy("receipt", "Sent"),
    "delivered": pgettext_lazy("receipt", "Delivered"),
    "read": pgettext_lazy("receipt", "Read"),
    "understood": pgettext_lazy("receipt", "Understood"),
    "carried": pgettext_lazy("receipt", "Carried on"),
}
_STEP_ICONS = {
    "sent": "send",
    "delivered": "check",
    "read": "eye",
    "understood": "check-double",
    "carried": "tree",
}


def _of(source: Any, key: str) -> Any:
    return source.get(key) if isinstance(source, Mapping) else getattr(source, key, None)


def reached_step(call: Any) -> str:
    """Name the highest step that a call reached; empty when nothing was even sent."""
    return next((step for step in reversed(STEPS) if _of(call, f"{step}_at")), "")


@register.inclusion_tag("frame/parts/ladder.html", takes_context=True, name="ladder")
def ladder(context: Context, call: Any, failed: str = "") -> dict[str, Any]:
    """The five steps of one call, from `sent_at` … `carried_at` (attributes or keys).

    A step below the highest one counts as reached even without a time of its
    own; `failed` names the step that was tried in vain.
    """
    reached = reached_step(call)
    height = STEPS.index(reached) if reached else -1
    now = context.get("now")
    rungs = []
    for position, step in enumerate(STEPS):
        at: datetime | None = _of(call, f"{step}_at")
        status = "failed" if step == failed else "reached" if position <= height else "open"
        rungs.append(
            {
                "step": step,
                "word": STEP_WORDS[step],
                "icon": "cross" if status == "failed" else _STEP_ICONS[step],
                "status": status,
                "when": moments.say_moment(at, now) if at else "",
            }
        )
    return {"rungs": rungs, "only_sent": reached == "sent"}


@register.inclusion_tag("frame/parts/ladder.html", name="ladder_counts")
def ladder_counts(reach: Any) -> dict[str, Any]:
    """The five steps of many calls: `sent` … `carried` are how many got at least that far."""
    rungs = [
        {
            "step": step,
            "word": STEP_WORDS[step],
            "icon": _STEP_ICONS[step],
            "status": "reached" if _of(reach, step) else "open",
            "many": grouped(_of(reach, step) or 0),
        }
        for step in STEPS
    ]
    return {"rungs": rungs, "only_sent": False}


@register.simple_tag(name="rungs")
def rungs(call: Any) -> SafeString:
    """The ladder in one line of a table: five small steps and the word of the highest one."""
    reached = call if isinstance(call, str) else reached_step(call)
    height = STEPS.index(reached) if reached in STEPS else -1
    if height < 0:
        words = _("Not sent")
    elif height == 0:
        words = _("Sent, not received")
    else:
        words = str(STEP_WORDS[reached])
    return format_html(
        '<span class="rungs"><span class="marks" aria-hidden="true">{}</span><span>{}</span></span>',
        _marks(height),
        words,
    )


@cache
def _marks(height: int) -> SafeString:
    return joined(
        format_html(
            '<span data-step="{}" data-rung="{}"></span>',
            step,
            "reached" if position <= height else "open",
        )
        for position, step in enumerate(STEPS)
    )


@register.filter(name="grouped")
def grouped(number: int | None) -> str:
    """A number with its thousands apart, alike in every language; None is a dash."""
    return "–" if number is None else f"{number:,}"


def share(done: int, total: int) -> int:
    """Per cent that is never rounded up to a hundred, nor down to nothing."""
    if total <= 0:
        return 0
    percent = round(100 * done / total)
    if done < total:
        percent = min(percent, 99)
    return max(percent, 1) if done else 0


@register.inclusion_tag("frame/parts/coverage.html", name="coverage")
def coverage(
    done: int, total: int, of: str = "", href: str = "", size: str = "", label: str = ""
) -> dict[str, Any]:
    """How much of the whole is reached, in per cent, in numbers and as a bar.

    `of` names what is counted ("households"); `href` leads to those missing;
    `size="large"` is for the head of a page and the wall.
    """
    return {
        "done": grouped(done),
        "total": grouped(total) if total else 0,
        "missing": grouped(total - done) if total > done else "",
        "percent": share(done, total),
        "of": of,
        "href": href,
        "size": size,
        "label": label,
    }


@register.inclusion_tag("frame/parts/progress.html", name="progress")
def progress(value: int | None, total: int | None = None, label: str = "") -> dict[str, Any]:
    """How far a long job is; a value of None means that it runs and nobody knows how far."""
    return {"value": value, "total": total, "label": label}


@register.simple_tag(name="count_mark")
def count_mark(count: int | None) -> SafeString:
    """A small number beside a word; nothing for zero."""
    return format_html('<span class="count">{}</span>', count) if count else SafeString("")


@register.simple_tag(name="live_mark")
def live_mark() -> SafeString:
    """Say whether the part of the page around it is live; the script keeps it true."""
    return format_html(
        '<span class="live-mark needs-script" data-live-mark role="status">{}</span>', _("Live")
    )


@register.simple_tag(name="copy")
def copy(text: str, label: str = "") -> SafeString:
    """A button that copies a text, such as a telephone number; shown only where script runs."""
    return format_html(
        '<button type="button" class="button button-quiet button-small needs-script" data-copy="{}">{}<span class="{}">{}</span></button>',
        text,
        draw_icon("copy"),
        "" if label else "unseen",
        label or _("Copy"),
    )
