"""Tables and lists: heading, filters, rows, pages; empty, loading and failed ones too."""

from typing import Any

from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from renwang.web.frame.tables import Pager, Table, hidden_query

register = Library()


@register.simple_block_tag(takes_context=True, name="table")
def table(
    context: Context,
    content: str,
    table: Table,
    title: str = "",
    stacks: bool = True,
    empty: bool = False,
    busy: bool = False,
    id: str = "",
) -> SafeString:
    """Frame rows (`<tr>…</tr>` between the tags) with headings, chips, export and pages.

    `stacks`: on a phone every row becomes a card; give each cell
    `data-label`. `empty`: the content is one `{% empty_state %}`, shown instead of
    rows. `busy`: skeleton rows while they are fetched.
    """
    return SafeString(
        render_to_string(
            "frame/parts/table.html",
            {
                "table": table,
                "title": title,
                "stacks": stacks,
                "empty": empty,
                "busy": busy,
                "id": id,
                "rows": content,
                "skeleton_rows": range(5),
                "frame": context.get("frame"),
            },
        )
    )


@register.inclusion_tag("frame/parts/pager.html", name="pager")
def pager(pager: Pager | None) -> dict[str, Any]:
    """Previous, next, and how many there are."""
    return {"pager": pager}


@register.simple_tag(name="row_error")
def row_error(width: int, text: str) -> SafeString:
    """A row that says what is wrong with the row above it."""
    return format_html('<tr class="row-error"><td colspan="{}">{}</td></tr>', width, text)


@register.simple_tag(name="row_select")
def row_select(value: Any, label: str, name: str = "chosen", form: str = "") -> SafeString:
    """The box that chooses a row."""
    return format_html(
        '<input type="checkbox" class="row-select" name="{}" value="{}" aria-label="{}"{}>',
        name,
        value,
        label,
        format_html(' form="{}"', form) if form else "",
    )


@register.simple_block_tag(takes_context=True, name="filter_bar")
def filter_bar(
    context: Context,
    content: str,
    name: str = "q",
    label: str = "",
    value: str = "",
    target: str = "",
) -> SafeString:
    """A search field with further fields between the tags; sent as GET, keeping sort and other filters.

    `target` is the id of the fragment that htmx swaps while one types; without script the form is sent.
    """
    request = context["request"]
    kept = format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        (pair for pair in hidden_query(request, name) if f'name="{pair[0]}"' not in content),
    )
    return SafeString(
        render_to_string(
            "frame/parts/filter_bar.html",
            {
                "name": name,
                "label": label or _("Search"),
                "value": value or request.GET.get(name, ""),
                "path": request.path,
                "target": target,
                "fields": content,
                "kept": kept,
            },
        )
    )


@register.inclusion_tag("frame/parts/chips.html", name="chips")
def chips(chips: Any, label: str = "") -> dict[str, Any]:
    """Filters at hand, as a row of toggles."""
    return {"chips": chips, "label": label}
