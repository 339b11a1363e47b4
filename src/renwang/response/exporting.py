"""A rehearsal as a file: JSON for programs, XLSX for the meeting after it."""

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _

from renwang.chain.structures import structure
from renwang.response.models import Rehearsal
from renwang.response.scenario import scenario
from renwang.response.selectors import Chapter, Story, story


class Format(StrEnum):
    """What a rehearsal can be exported as."""

    XLSX = "xlsx"
    JSON = "json"


def export_rehearsal(rehearsal: Rehearsal, form: Format, language: str) -> bytes:
    """Write a rehearsal as a file: coverage over time, levels, silent posts."""
    told = story(rehearsal)
    return _as_json(told) if form is Format.JSON else _as_xlsx(told, language)


def _as_json(told: Story) -> bytes:
    return orjson.dumps(
        {
            "rehearsal": {
                "id": told.rehearsal.id,
                "ref": told.rehearsal.ref,
                "scenario": told.rehearsal.scenario,
                "seed": told.rehearsal.seed,
                "speed": told.rehearsal.speed,
                "begins_at": told.rehearsal.shows_at,
                "played_to": told.rehearsal.played_to,
                "ends_at": told.rehearsal.ends_at,
            },
            "chapters": [asdict(chapter) for chapter in told.chapters],
        },
        option=orjson.OPT_INDENT_2,
    )


def _as_xlsx(told: Story, language: str) -> bytes:
    import xlsxwriter  # as in base.tables

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    for name, head, rows in _sheets(told, language):
        sheet = book.add_worksheet(name[:31])
        sheet.write_row(0, 0, head, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 16)
    book.close()
    return out.getvalue()


def _sheets(told: Story, language: str) -> list[tuple[str, list[str], list[list[Any]]]]:
    message = [_("No."), _("Message")]
    return [
        (
            _("Overview"),
            [*message, _("Started"), _("Posts called"), _("Vacant posts"), _("Answered"), _("Carried on"),
             _("Passed by"), _("Households"), _("Households reached")],
            [
                [*_named(c), _local(c.started_at), c.posts, c.vacant, c.answered, c.carried,
                 c.bypassed, c.households, c.covered]
                for c in told.chapters
            ],
        ),
        (
            _("Levels"),
            [*message, _("Level"), _("Posts called"), _("Answered"), _("Carried on"),
             _("Half after (s)"), _("Nine in ten after (s)")],
            [
                [*_named(c), _level(p.structure, p.level, language), p.posts, p.answered, p.carried,
                 p.half_after, p.most_after]
                for c in told.chapters for p in c.levels
            ],
        ),
        (
            _("Over time"),
            [*message, _("After (s)"), _("Answered"), _("Carried on"), _("Households reached")],
            [
                [*_named(c), round(p.after), p.answered, p.carried, p.households]
                for c in told.chapters for p in c.curve
            ],
        ),
        (
            _("Silent posts"),
            [*message, _("Unit"), _("Post"), _("Holder"), _("Messages"), _("Passed by after (s)")],
            [
                [*_named(c), s.unit, s.post, s.holder or _("vacant"), s.tried, s.bypassed_after]
                for c in told.chapters for s in c.silent
            ],
        ),
        (
            _("Rehearsal"),
            [_("Rehearsal"), _("Scenario"), _("Seed"), _("Started"), _("Played until")],
            [
                [told.rehearsal.ref, scenario(told.rehearsal.scenario).name(language),
                 told.rehearsal.seed, _local(told.rehearsal.shows_at), _local(told.rehearsal.played_to)]
            ],
        ),
    ]  # fmt: skip


def _named(chapter: Chapter) -> list[Any]:
    return [chapter.sequence, chapter.title]


def _level(key: str, level: str, language: str) -> str:
    return structure(key).level(level).name(language)


def _local(at: datetime) -> str:
    return f"{at.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M:%S}"
