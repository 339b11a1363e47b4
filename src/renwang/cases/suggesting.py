"""Which kind a text suggests at this node: what was learned, read anew when it has changed, or the words of the first day.

What was learned is a file in the node's home directory. It holds numbers and
no word, is read with numpy alone when a kind is first suggested, and where it
is missing or broken the words speak.
"""

import importlib.util
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.cases import config
from renwang.cases.models import Case, Chosen, Config, Lesson
from renwang.cases.rules import State
from renwang.cases.selectors import visible_to
from renwang.cases.suggest_rules import KindWords, Learned, Suggested, read_kind_words, suggest
from renwang.cases.suggesting_pass import unpack
from renwang.chain.reach import Viewer

SUGGESTING = "suggesting"
"""The name under which the node keeps whether it suggests."""
WEEK = timedelta(days=7)
WEEKS = 8

_kept: dict[str, Any] = {"stamp": None, "learned": None}


def file_of_learned() -> Path:
    """Say where what was learned is kept."""
    return Path(settings.HOME) / "learned" / "kinds.npz"


def is_installed() -> bool:
    """Say whether what learns is installed; looks without loading it."""
    return importlib.util.find_spec("sklearn") is not None


def switch() -> Config | None:
    """Give the last word on whether kinds are suggested; None where nobody has said anything: they are."""
    return Config.objects.filter(name=SUGGESTING).order_by("-pk").first()


def is_on() -> bool:
    """Say whether kinds are suggested; one statement."""
    last = switch()
    return last is None or bool(last.body.get("on"))


@cache
def kind_words() -> KindWords:
    """Give the words of each kind, folded for searching."""
    return read_kind_words(config.shipped("kind_words"))


def learned_now() -> Learned | None:
    """Give what was learned, read when it is first asked for and again when the file has changed."""
    path = file_of_learned()
    try:
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if _kept["stamp"] != stamp:
            _kept.update(learned=unpack(path.read_bytes()).learned, stamp=stamp)
    except (OSError, ValueError):
        _kept.update(learned=None, stamp=None)
    return _kept["learned"]


def keep_learned(data: bytes | None) -> None:
    """Put what was learned in its place as a whole, or take it away."""
    path = file_of_learned()
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)


def suggest_kind(words: str, kinds: Mapping[str, Any]) -> Suggested | None:
    """Suggest a kind for a text; None where nothing speaks for one, or kinds are not suggested here. One statement."""
    if not words or not is_on():
        return None
    return suggest(words, kind_words(), kinds, learned_now())


def suggest_for(case: Case, kinds: Mapping[str, Any]) -> Suggested | None:
    """Suggest a kind for a case at which nobody has looked yet."""
    if case.state != State.RECEIVED:
        return None
    return suggest_kind(case.words, kinds)


# --- its record -------------------------------------------------------------------


def choices(viewer: Viewer, wanted: Mapping[str, str]) -> QuerySet[Chosen]:
    """Give what the desk chose where the viewer sees cases; `wanted` narrows to a kind that was suggested or chosen."""
    found = Chosen.objects.filter(case__in=visible_to(viewer).values("pk"))
    exact = {name: wanted[name] for name in ("suggested", "kind", "source") if wanted.get(name)}
    found = found.filter(**exact)
    if wanted.get("which") == "right":
        found = found.filter(suggested=F("kind"))
    elif wanted.get("which") == "wrong":
        found = found.exclude(suggested="").exclude(suggested=F("kind"))
    return found


def list_choices(
    viewer: Viewer, wanted: Mapping[str, str], *, cursor: str = "", size: int = 50
) -> Page[Chosen]:
    """List what the desk chose against what was suggested, the latest first. Two statements."""
    found = choices(viewer, wanted).select_related("case__unit")
    found = found.defer("case__search", "case__unit__boundary")
    return page_of(found, ("-at",), cursor=cursor, size=size)


def weeks_of_record(now: datetime) -> list[dict[str, Any]]:
    """Count for each of the last weeks what was suggested and what was right, the last week first. One statement."""
    asked: dict[str, Any] = {}
    for at in range(WEEKS):
        span = Q(at__gt=now - (at + 1) * WEEK, at__lte=now - at * WEEK) & ~Q(suggested="")
        asked[f"all{at}"] = Count("pk", filter=span)
        asked[f"right{at}"] = Count("pk", filter=span & Q(suggested=F("kind")))
        asked[f"learned{at}"] = Count("pk", filter=span & Q(source="learned"))
    found = Chosen.objects.filter(at__gt=now - WEEKS * WEEK).aggregate(**asked)
    return [
        {
            "from": now - (at + 1) * WEEK,
            "until": now - at * WEEK,
            "number": found[f"all{at}"],
            "right": found[f"right{at}"],
            "learned": found[f"learned{at}"],
        }
        for at in range(WEEKS)
    ]


def round_the_last_lesson(lesson: Lesson | None, now: datetime) -> list[dict[str, Any]]:
    """Count what was suggested and right in the four weeks before a lesson, and since. One statement."""
    if lesson is None:
        return []
    before = Q(at__gt=lesson.at - 4 * WEEK, at__lte=lesson.at) & ~Q(suggested="")
    since = Q(at__gt=lesson.at, at__lte=now) & ~Q(suggested="")
    right = Q(suggested=F("kind"))
    found = Chosen.objects.aggregate(
        before=Count("pk", filter=before),
        before_right=Count("pk", filter=before & right),
        since=Count("pk", filter=since),
        since_right=Count("pk", filter=since & right),
    )
    return [
        {"when": when, "number": found[when], "right": found[f"{when}_right"]}
        for when in ("before", "since")
    ]


def confusions(now: datetime, *, most: int = 12) -> list[dict[str, Any]]:
    """Give which kind was suggested where the desk chose another one, of the last weeks, the most frequent first."""
    found = Chosen.objects.filter(at__gt=now - WEEKS * WEEK).exclude(suggested="")
    found = found.exclude(suggested=F("kind")).values("suggested", "kind")
    return list(found.annotate(number=Count("pk")).order_by("-number", "suggested", "kind")[:most])


def lessons(*, most: int = 10) -> list[Lesson]:
    """Give what was learned, the latest first."""
    return list(Lesson.objects.order_by("-pk")[:most])
