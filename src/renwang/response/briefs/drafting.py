"""Put the figures of a week into words that a person goes on from. In the language of the moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from renwang.cases import config
from renwang.cases.models import Answer, Case, Topic
from renwang.registers.risks.models import Risk
from renwang.response.briefs.counting import Figure, Week
from renwang.response.briefs.rules import TITLE_AT_MOST, Section, shown_to_all

NAMED = 5
"""So many things of a kind a draft names; the figure leads to all of them."""
QUOTED = 120  # characters of an answer


def draft_title(week: Week) -> str:
    """Call a brief by its place and week."""
    return _("{name}: brief of {day}").format(name=week.unit.name, day=days_of(week))[
        :TITLE_AT_MOST
    ]


def days_of(week: Week) -> str:
    """Say the days of a week."""
    zone = timezone.get_default_timezone()
    first = week.from_at.astimezone(zone).date()
    last = (week.until_at - timedelta(seconds=1)).astimezone(zone).date()
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"


def draft_sections(week: Week, figures: Sequence[Figure]) -> dict[str, str]:
    """Draft every part of a brief."""
    by = {one.key: one for one in figures}
    number = {key: one.number for key, one in by.items()}
    return {
        Section.NUMBERS.value: _(
            "{received} cases came in, {answered} were answered for the first time. {overdue} were overdue when this was counted. {rejected} answers were rejected by their reporters."
        ).format(**number),
        Section.HOT_SPOTS.value: _topics(by["topics"]),
        Section.RETURNED.value: _returned(by),
        Section.EXEMPLARY.value: _exemplary(by["exemplary"]),
        Section.WARNINGS.value: _(
            "{relays} warnings were carried down; for {rounds} somebody went from door to door."
        ).format(**number),
        Section.RISKS.value: _risks(by),
        Section.DECISIONS.value: _decisions(by),
    }


def _lines(first: str, lines: Iterable[str]) -> str:
    return "\n".join([first, *(f"· {line}" for line in lines)])


def _topics(figure: Figure) -> str:
    if not figure.number:
        return _("No hot spot had new cases.")
    found = Topic.objects.filter(ref__in=figure.refs).select_related("unit")
    found = found.defer("unit__boundary").order_by("-heat")[:NAMED]
    first = _("{number} hot spots had new cases.").format(number=figure.number)
    return _lines(
        first,
        (
            _("{title} ({ref}), {place}: {number} cases, {recent} of them in four weeks").format(
                title=one.name or " ".join(one.words), ref=one.ref, place=one.unit.name,
                number=one.number, recent=one.recent,
            )
            for one in found
        ),
    )  # fmt: skip


def _named(refs: Sequence[str]) -> list[str]:
    kinds = config.kinds()
    found = Case.objects.filter(ref__in=refs[:NAMED]).select_related("unit").order_by("ref")
    rows = found.defer("unit__boundary", "search", "words")
    line = _("{ref} {kind}, {place}")
    return [
        line.format(ref=one.ref, kind=config.name_of(kinds, one.kind), place=one.unit.name)
        for one in rows
    ]


def _returned(by: Mapping[str, Figure]) -> str:
    first = _("{number} cases were returned. For {gaps} open cases the duties list names nobody.")
    said = first.format(number=by["returned"].number, gaps=by["gaps"].number)
    return _lines(said, _named(by["gaps"].refs))


def _exemplary(figure: Figure) -> str:
    if not figure.number:
        return _("No answer was confirmed that the checker had nothing to say about.")
    found = Answer.objects.filter(case__ref__in=figure.refs, helped=True, advice=[])
    rows = found.select_related("case").order_by("-at")[:3]
    first = _("{number} answers were confirmed by their reporters.").format(number=figure.number)
    return _lines(first, (f"{one.case.ref}: {one.words[:QUOTED]}" for one in rows))


def _risks(by: Mapping[str, Figure]) -> str:
    first = _("{found} risks were found, {closed} were mended and looked at.").format(
        found=by["risks_found"].number, closed=by["risks_closed"].number
    )
    found = Risk.objects.filter(ref__in=by["risks_found"].refs).order_by("-level", "ref")[:NAMED]
    return _lines(first, (f"{one.ref} {one.title}" for one in found))


def _decisions(by: Mapping[str, Figure]) -> str:
    first = _(
        "The level above owes an answer on {cases} cases and {risks} risks; {arbitrations} cases wait for an arbiter."
    ).format(
        cases=by["asked_above"].number, risks=by["risks_referred"].number,
        arbitrations=by["arbitrations"].number,
    )  # fmt: skip
    refs = (*by["asked_above"].refs, *by["arbitrations"].refs)
    risks = Risk.objects.filter(ref__in=by["risks_referred"].refs).order_by("-level", "ref")[:NAMED]
    return _lines(first, [*_named(refs), *(f"{one.ref} {one.title}" for one in risks)])


def draft_public(week: Week, figures: Sequence[Figure]) -> str:
    """Draft what everybody may read: no number below three, no place smaller than the whole."""
    by = {one.key: told(shown_to_all(one.number)) for one in figures}
    return _(
        "{days}: cases that came in: {received}; answered: {answered}; warnings carried down: {relays}; risks found: {risks_found}, mended: {risks_closed}."
    ).format(days=days_of(week), **by)


def told(number: int | None) -> str:
    """Say a figure to everybody."""
    return _("fewer than three") if number is None else str(number)
