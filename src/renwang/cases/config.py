"""Working days, kinds of case and messages to reporters as they hold at this node: its own, or those that ship; and the words that know danger."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language

from renwang.base import journal
from renwang.base.pure.text import search_key
from renwang.cases import models
from renwang.cases.answer_rules import Lexicon, read_lexicon
from renwang.cases.kind_rules import Kind, read_kinds
from renwang.cases.rules import KindUnknown, check_words
from renwang.cases.telling_rules import Tellings, read_tellings
from renwang.cases.workday_rules import Calendar, read_calendar
from renwang.chain.reach import Viewer, require_anywhere
from renwang.outreach.channels import is_connected

By = Viewer | str
CALENDAR, KINDS, TELLING = "calendar", "kinds", "telling"


@cache
def shipped(name: str) -> Any:
    """Return what comes along under a name, as data."""
    return json.loads(_shipped_text(name))


@cache
def _shipped_text(name: str) -> str:
    return Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8")


def bodies() -> dict[str, Any]:
    """Return working days, kinds and messages as they hold now, as data; one small read."""
    return {name: json.loads(text) for name, text in _texts().items()}


def current() -> tuple[Calendar, Mapping[str, Kind]]:
    """Return working days and kinds; one small read, and read as data only when they have changed."""
    found = _texts()
    return _calendar(found[CALENDAR]), _kinds(found[KINDS])


def _texts() -> dict[str, str]:
    """Read what holds now, as it stands in the database: every report and every page of a case asks for it."""
    table = models.Config._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, body FROM {table}"  # noqa: S608
            f" WHERE id IN (SELECT MAX(id) FROM {table} GROUP BY name)"
        )
        own = dict(cursor.fetchall())
    return {name: _shipped_text(name) for name in (CALENDAR, KINDS, TELLING)} | own


def tellings() -> Tellings:
    """Return whether reporters are told by message, when, and in which words; one small read."""
    return _tellings(_texts()[TELLING])


def tells_reporters() -> bool:
    """Say whether a reporter can be told by message here: a gateway is connected, and nobody has switched it off."""
    return is_connected("sms") and tellings().is_on


def kinds() -> Mapping[str, Kind]:
    """Return the kinds of case; one small read."""
    return current()[1]


def kind_of(found: Mapping[str, Kind], key: str) -> Kind:
    """Return one kind. Refuses with `KindUnknown`."""
    try:
        return found[key]
    except KeyError:
        raise KindUnknown(key=key) from None


def name_of(found: Mapping[str, Kind], key: str) -> str:
    """Name a kind in the language of the moment; one that is no longer in the tree is called by its key."""
    return found[key].name(get_language() or "en") if key in found else key


@lru_cache(maxsize=8)
def _calendar(text: str) -> Calendar:
    return read_calendar(json.loads(text), timezone.get_default_timezone())


@lru_cache(maxsize=8)
def _kinds(text: str) -> Mapping[str, Kind]:
    return read_kinds(json.loads(text))


@lru_cache(maxsize=8)
def _tellings(text: str) -> Tellings:
    return read_tellings(json.loads(text))


@cache
def alarms() -> tuple[str, ...]:
    """Return the words that raise a person at once, folded for searching."""
    return tuple(search_key(word) for words in shipped("alarms").values() for word in words)


@cache
def lexicon() -> Lexicon:
    """Return the words by which an answer of substance is known."""
    return read_lexicon(shipped("answers"))


_READERS: Mapping[str, Callable[[Any], Any]] = {
    CALENDAR: lambda body: read_calendar(body, timezone.get_default_timezone()),
    KINDS: read_kinds,
    TELLING: read_tellings,
}


@transaction.atomic
def change_config(name: str, body: Any, *, by: By, now: datetime, reason: str) -> models.Config:
    """Let other working days, kinds or messages hold from now on. Clocks that run keep their time.

    Refuses with `CalendarRefused`, `KindsRefused`, `TellingsRefused`, `WordsMissing` and `reach.NotInReach`.
    """
    require_anywhere(by, "node.operate")
    _READERS[name](body)
    made = models.Config.objects.create(
        name=name,
        body=body,
        reason=check_words(reason, 300),
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
    )
    journal.record("cases.config_changed", made, by=by, at=now, reason=made.reason, body_now=body)
    return made
