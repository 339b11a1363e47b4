"""The reference page of the design language: every component in every state, in three themes and both languages.

Everything on it is invented. Browser tests photograph it.
"""

from datetime import datetime, timedelta
from math import sin
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from renwang.web.frame import tables
from renwang.web.frame.banners import Banner, Kind

PATTERNS = ("light", "dark", "wall")


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        label=gettext_lazy("Name of the grid"),
        max_length=20,
        help_text=gettext_lazy("As people there call it."),
    )
    phone = forms.RegexField(r"^\+?\d{5,15}$", label=gettext_lazy("Telephone"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=[("community", gettext_lazy("Community")), ("grid", gettext_lazy("Grid"))],
    )
    since = forms.DateField(label=gettext_lazy("Since"))
    scope = forms.ChoiceField(
        label=gettext_lazy("Whom to tell"),
        widget=forms.RadioSelect,
        choices=[
            ("all", gettext_lazy("Everybody")),
            ("posts", gettext_lazy("Posts only")),
            ("missing", gettext_lazy("Those missing")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("Local note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    roster = forms.FileField(
        label=gettext_lazy("Roster"),
        help_text=gettext_lazy("CSV or XLSX, with headings in the first row."),
        required=False,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I have read the words that were signed"), required=False
    )


def _sample_calls(now: Any) -> dict[str, Any]:
    """Calls that got to each step, by the step they reached."""
    steps = ("sent", "delivered", "read", "understood", "carried")
    return {
        step: {
            f"{done}_at": now - timedelta(minutes=9 - 2 * n)
            for n, done in enumerate(steps[: k + 1])
        }
        for k, step in enumerate(steps)
    }


def _sample_rows(now: Any) -> list[dict[str, Any]]:
    calls = _sample_calls(now)
    return [
        {"id": "u-1", "unit": "杨柳社区第三网格", "holder": "周文静", "call": calls["carried"], "done": 412, "total": 480, "phone": "138 0000 0001", "at": now - timedelta(minutes=3)},
        {"id": "u-2", "unit": "临江社区滨河路第十二网格（含船闸家属院、旧粮站与河滩临时安置点）", "holder": "欧阳明远", "call": calls["sent"], "done": 0, "total": 365, "phone": "", "at": now - timedelta(minutes=26)},
        {"id": "u-3", "unit": "Riverside grid 7", "holder": "", "call": {}, "done": 0, "total": 301, "phone": "", "at": None},
        {"id": "u-4", "unit": "石桥社区第一网格", "holder": "陈立", "call": calls["read"], "done": 498, "total": 498, "phone": "138 0000 0004", "at": now - timedelta(hours=2)},
    ]  # fmt: skip


def _sample_tree() -> list[dict[str, Any]]:
    return [
        {
            "label": "青石街道", "level": _("Sub-district"), "open": True, "url": "#tree",
            "children": [
                {
                    "label": "杨柳社区", "level": _("Community"), "open": True, "url": "#tree",
                    "children": [
                        {"label": "第三网格", "level": _("Grid"), "url": "#tree", "current": True, "children": []},
                        {"label": "第四网格", "level": _("Grid"), "url": "#tree", "children": []},
                    ],
                },
                {"label": "临江社区", "level": _("Community"), "url": "#tree", "children": [{"label": "滨河路网格", "children": []}]},
            ],
        }
    ]  # fmt: skip


def sample_units() -> dict[str, Any]:
    """A small invented place as GeoJSON: nine grids in several states, a river, two streets, some buildings."""
    states = [
        "covered",
        "covered",
        "partly",
        "covered",
        "missing",
        "bypassed",
        "partly",
        "unknown",
        "covered",
    ]
    units = []
    for n, state in enumerate(states):
        west, south = 106.5 + 0.004 * (n % 3), 29.5 + 0.003 * (n // 3)
        ring = [(0, 0), (0.0039, 0.0002), (0.0038, 0.0029), (0.0002, 0.0028), (0, 0)]
        units.append(
            _feature(
                "Polygon",
                [[[west + x, south + y] for x, y in ring]],
                {
                    "id": f"u-{n + 1}",
                    "name": f"第{n + 1}网格",
                    "state": state,
                    "note": f"{30 * n} / 300",
                },
            )
        )
    river = [[106.4990 + 0.0007 * n, 29.4993 + 0.0005 * sin(n / 4)] for n in range(22)]
    return {
        "units": _collection(units),
        "river": _collection([_feature("LineString", river, {})]),
        "streets": _collection(
            [
                _feature(
                    "LineString", [[106.4995, 29.5029], [106.5125, 29.5031]], {"name": "长堤路"}
                ),
                _feature(
                    "LineString", [[106.5039, 29.4995], [106.5041, 29.5092]], {"name": "石桥街"}
                ),
            ]
        ),
        "buildings": _collection(
            [
                _feature(
                    "Polygon",
                    [[[x, y], [x + 0.0005, y], [x + 0.0005, y + 0.0003], [x, y + 0.0003], [x, y]]],
                    {},
                )
                for x, y in [(106.5006 + 0.0012 * n, 29.5008 + 0.0031 * (n % 3)) for n in range(8)]
            ]
        ),
    }


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def map_states() -> list[dict[str, str]]:
    """The states a unit on a map can have: key, word, tone and pattern."""
    return [
        {"key": "covered", "word": _("Covered"), "tone": "good", "pattern": "solid"},
        {"key": "partly", "word": _("Partly covered"), "tone": "attention", "pattern": "stripes"},
        {"key": "bypassed", "word": _("By-passed"), "tone": "info", "pattern": "dots"},
        {"key": "missing", "word": _("Missing"), "tone": "bad", "pattern": "cross"},
        {"key": "unknown", "word": _("Not asked"), "tone": "idle", "pattern": "none"},
    ]


@require_GET
def show_design(request: HttpRequest) -> HttpResponse:
    """Show every component. `?mode=emergency|exercise` frames the page as such a mode would."""
    now, mode = request.now, request.GET.get("mode", "")
    context = {
        "banners": _sample_banners(),
        "mode": f"in-{mode}" if mode in ("emergency", "exercise") else "",
        "colours": ["red", "orange", "yellow", "blue", ""],
        "calls": _sample_calls(now),
        "counts": SimpleNamespace(sent=1031, delivered=1018, read=940, understood=880, carried=861),
        "rows": _sample_rows(now),
        **_sample_tables(request),
        "form": SampleForm(),
        "wrong_form": SampleForm(_WRONG),
        "tree": _sample_tree(),
        "tabs": _sample_tabs(),
        "crumbs": [("山城市", "#"), ("青石街道", "#"), ("杨柳社区", "#"), ("第三网格", "")],
        "soon": now + timedelta(minutes=12),
        "missed": now - timedelta(minutes=5),
        "long_ago": now - timedelta(days=40),
        "icons": ICON_NAMES,
        "map_props": _sample_map(),
        **_sample_chart(now),
    }
    return render(request, "frame/showcase.html", context)


_WRONG = {
    "name": "杨柳社区第三网格及其全部附属院落",
    "phone": "abc",
    "level": "grid",
    "scope": "posts",
}


def _sample_banners() -> list[Banner]:
    return [
        Banner(Kind.EMERGENCY, _("Emergency, level II"), _("Rainstorm, Qingshi sub-district, since 14:05. Command: Zhou Wenjing."), "#banners"),
        Banner(Kind.EXERCISE, _("Exercise"), _("Nobody real is called. Everything on this page is invented."), "#banners", _("End the exercise")),
        Banner(Kind.ORDINARY, _("Ordinary time"), _("Nothing is in force here.")),
        Banner(Kind.OFFLINE, _("No connection"), _("What you enter is kept on this device.")),
    ]  # fmt: skip


def _sample_tables(request: HttpRequest) -> dict[str, tables.Table]:
    columns = [
        tables.Column(_("Choose"), hidden_label=True),
        tables.Column(_("Unit"), sort="name"),
        tables.Column(_("Holder"), sort="holder"),
        tables.Column(_("How far")),
        tables.Column(_("Households"), sort="households", number=True),
        tables.Column(_("Last news"), sort="at"),
    ]
    sort = tables.sort_of(request, columns, "name")
    chips = tables.chips_of(
        request, "state", [("missing", _("Missing")), ("late", _("Late")), ("done", _("Carried on"))],
        {"missing": 12, "late": 3, "done": 1204},
    )  # fmt: skip
    pager = tables.pager_of(request, before=None, after="u-4", shown=4, count=12340)
    exports = [(_("CSV for every program"), "csv"), (_("XLSX for Excel and WPS"), "xlsx")]
    return {
        "table": tables.table_of(
            request, columns, sort=sort, pager=pager, chips=chips, exports=exports
        ),
        "plain_table": tables.table_of(request, columns, sort=sort),
    }


def _sample_tabs() -> list[dict[str, Any]]:
    return [
        {"label": _("Relay"), "url": "#tabs", "current": True, "count": 1031},
        {"label": _("Missing"), "url": "#tabs", "current": False, "count": 12},
        {"label": _("Story"), "url": "#tabs", "current": False, "count": None},
    ]


def _sample_map() -> dict[str, Any]:
    layers = ("units", "river", "streets", "buildings")
    shapes = sample_units()
    return {"states": map_states(), **{name: {"data": shapes[name]} for name in layers}}


def _sample_chart(now: datetime) -> dict[str, Any]:
    moments = [now + timedelta(minutes=3 * n) for n in range(30)]
    covered = [min(100, round(6 * n**0.9)) for n in range(30)]
    reached = [min(100, 12 * n) for n in range(30)]
    lines = [
        {
            "name": name,
            "points": [[at.timestamp() * 1000, n] for at, n in zip(moments, shares, strict=True)],
        }
        for name, shares in ((_("Households"), covered), (_("Posts reached"), reached))
    ]
    return {
        "chart_props": {"unit": "%", "lines": lines, "step": True},
        "chart_rows": list(zip(moments, covered, strict=True))[::6],
    }


@require_GET
def show_live(request: HttpRequest) -> HttpResponse:
    """The fragment that the live sample polls; it never changes, so every question after the first gets a 304."""
    tag = '"sample"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = render(request, "frame/parts/live_sample.html")
    response["ETag"] = tag
    return response


@require_GET
def show_units(request: HttpRequest) -> HttpResponse:
    """The sample place as data, as a door would serve it to a map."""
    return JsonResponse(sample_units()["units"])


ICON_NAMES = [
    "home",
    "map",
    "bell",
    "tree",
    "people",
    "person",
    "building",
    "household",
    "org",
    "grid",
    "journal",
    "import",
    "upload",
    "download",
    "settings",
    "search",
    "check",
    "check-double",
    "cross",
    "phone",
    "knock",
    "gong",
    "loudspeaker",
    "clock",
    "warning",
    "info",
    "stop",
    "arrow-right",
    "arrow-left",
    "arrow-up",
    "arrow-down",
    "chevron-right",
    "chevron-down",
    "filter",
    "sort",
    "print",
    "plus",
    "edit",
    "trash",
    "link",
    "copy",
    "eye",
    "eye-off",
    "lock",
    "key",
    "shield",
    "language",
    "moon",
    "sun",
    "half",
    "wall",
    "refresh",
    "offline",
    "help",
    "menu",
    "more",
    "sign-out",
    "flag",
    "chart",
    "play",
    "pause",
    "calendar",
    "message",
    "send",
    "rows",
    "feed",
]
