"""Lists as files, and the place in a list that an address asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.base.tables import Column, write_csv, write_xlsx

EXPORTS = [(_("CSV for any program"), "csv"), (_("Excel workbook"), "xlsx")]
LONGEST = 200_000  # rows; more than that is a backup and not a list

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def wanted_format(request: HttpRequest) -> str:
    """Return `csv` or `xlsx` when the address asks for the list as a file, else nothing."""
    wish = request.GET.get("format", "")
    return wish if wish in _TYPES else ""


def download(
    request: HttpRequest,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    name: str,
) -> HttpResponse:
    """Write rows as the file the address asks for; headings in the language of the page, times in the node's zone."""
    kind = wanted_format(request) or "csv"
    write = {"csv": write_csv, "xlsx": write_xlsx}[kind]
    data = write(
        columns,
        rows,
        language=get_language() or "zh-hans",
        zone=timezone.get_default_timezone(),
    )
    stamp = timezone.localtime(request.now).strftime("%Y%m%d-%H%M")
    return HttpResponse(
        data,
        content_type=_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}-{stamp}.{kind}"'},
    )


def cursor_of(request: HttpRequest) -> str:
    """Return the cursor of the page that the address asks for; empty for the first."""
    return request.GET.get("after") or request.GET.get("before") or ""
