"""Own checks: tried over the places they are for, written in versions, ended.

One hand is enough: an own check can only add to what is listed, and hides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import CAPABILITIES, Viewer, require
from renwang.chain.structures import structures
from renwang.chain.tree import current
from renwang.registers.readiness.checks.own import is_for, judge_places
from renwang.registers.readiness.figures import figures
from renwang.registers.readiness.models import OwnCheck, OwnVersion
from renwang.registers.readiness.own_rules import (
    MOST_OWN,
    NAME_AT_MOST,
    SENTENCE_AT_MOST,
    OwnEnded,
    OwnLevelUnknown,
    OwnMenderUnknown,
    OwnTooLong,
    OwnTooMany,
    OwnWordsMissing,
    read_condition,
)
from renwang.registers.readiness.rules import Found, Severity

By = Viewer | str
TRIED_AT_MOST = 2_000
"""Places over which a condition is tried; a city is looked at by the night."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What an own check says."""

    name: str
    sentence: str
    when: str
    level: str = ""
    severity: Severity = Severity.ATTENTION
    mender: str = "chain.edit"


@dataclass(frozen=True, slots=True)
class Trial:
    """What an own check would find now: how many places it was asked of, and the holes."""

    places: int
    is_whole: bool  # every place it is for was asked
    found: Sequence[Found]


def try_own_check(words: OwnWords, unit: Unit, *, by: By, now: datetime) -> Trial:
    """Say what an own check would find at a place and below it, and keep nothing.

    Refuses with `NotInReach` and all that `own_rules` refuses.
    """
    require(by, "readiness.write", at=unit.path)
    own = OwnCheck(ref="-", path=unit.path, version=_version(_checked(words)))
    places = current().filter(path__under=unit.path).order_by("path")
    if words.level:
        places = places.filter(level=words.level)
    rows = list(places.values_list("path", "name", "level")[: TRIED_AT_MOST + 1])
    asked = [row for row in rows[:TRIED_AT_MOST] if is_for(own, row[0], row[2])]
    return Trial(len(asked), len(rows) <= TRIED_AT_MOST, list(judge_places([own], asked, now)))


@transaction.atomic
def write_own_check(
    words: OwnWords, unit: Unit, *, by: By, now: datetime, own_id: UUID | None = None
) -> OwnCheck:
    """Write an own check for a place and all below it, or the next version of one.

    Refuses with `NotInReach`, `OwnEnded`, `OwnTooMany` and all that `own_rules` refuses.
    """
    words = _checked(words)
    if own_id is None:
        require(by, "readiness.write", at=unit.path)
        if OwnCheck.objects.filter(ended_at=None).count() >= MOST_OWN:
            raise OwnTooMany(limit=MOST_OWN)
        own = OwnCheck.objects.create(
            id=uuid7(now), ref=next_reference("OC", now), unit=unit, path=unit.path
        )
        number = 1
    else:
        own = _standing(own_id, by)
        number = own.versions.count() + 1
    version = _version(words)
    version.own, version.number, version.at = own, number, now
    version.by = by.id if isinstance(by, Viewer) else None
    version.save(force_insert=True)
    own.version = version
    own.save(update_fields=["version"])
    journal.record(
        "readiness.own_written",
        own,
        by=by,
        at=now,
        number=number,
        name=words.name,
        sentence=words.sentence,
        when=words.when,
        level=words.level,
        severity=int(words.severity),
        mender=words.mender,
    )
    return own


@transaction.atomic
def end_own_check(own_id: UUID, *, by: By, now: datetime) -> OwnCheck:
    """End an own check; its holes go with it. Refuses with `NotInReach` and `OwnEnded`."""
    own = _standing(own_id, by)
    own.ended_at = now
    own.save(update_fields=["ended_at"])
    journal.record("readiness.own_ended", own, by=by, at=now)
    return own


def _standing(own_id: UUID, by: By) -> OwnCheck:
    own = OwnCheck.objects.select_for_update().filter(pk=own_id).first()
    if own is None or own.ended_at is not None:
        raise OwnEnded
    require(by, "readiness.write", at=own.path)
    return own


def _checked(words: OwnWords) -> OwnWords:
    name, sentence = words.name.strip(), words.sentence.strip()
    if not name or not sentence:
        raise OwnWordsMissing
    for text, limit in ((name, NAME_AT_MOST), (sentence, SENTENCE_AT_MOST)):
        if len(text) > limit:
            raise OwnTooLong(limit=limit)
    levels = {level.key for known in structures().values() for level in known.levels}
    if words.level and words.level not in levels:
        raise OwnLevelUnknown
    if words.mender not in CAPABILITIES:
        raise OwnMenderUnknown
    read_condition(words.when, figures())
    return OwnWords(name, sentence, words.when.strip(), words.level, words.severity, words.mender)


def _version(words: OwnWords) -> OwnVersion:
    return OwnVersion(
        name=words.name,
        sentence=words.sentence,
        when=words.when,
        level=words.level,
        severity=int(words.severity),
        mender=words.mender,
    )
