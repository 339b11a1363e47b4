"""The desk's choices of kinds are kept beside what was suggested, and learned from; an operator switches it off and on."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.base.jobs import ask_for_job, jobs_lately
from renwang.base.models import Job
from renwang.cases import config, suggesting
from renwang.cases.models import Case, Chosen, Config, Lesson
from renwang.cases.rules import check_words
from renwang.cases.services.moving import BY, By, hand_of
from renwang.cases.suggest_rules import (
    CHOSEN_OWED,
    LEARNED_AT_MOST,
    ChosenTooSeldom,
    KindWords,
    LearningMissing,
    Suggested,
    SwitchedSoAlready,
    is_better,
)
from renwang.cases.suggesting_pass import Outcome, learn_apart
from renwang.chain.reach import require_anywhere

JOB = "cases.learn_kinds"
NEW_OWED = 20
"""After so many new choices the node learns anew."""
AT_LATEST = timedelta(days=7)
"""And at the latest after so long, so that words whose time was over are no longer in what was learned."""

Learning = Callable[..., Outcome]


def keep_choice(case: Case, suggested: Suggested | None, *, by: By, now: datetime) -> None:
    """Keep which kind the desk chose, beside what had been suggested, within the caller's transaction. One statement."""
    Chosen.objects.bulk_create(
        [
            Chosen(
                case=case,
                kind=case.kind,
                suggested=suggested.kind if suggested else "",
                sure=round(suggested.sure, 3) if suggested else 0,
                source=suggested.source.value if suggested else "",
                version=suggested.version if suggested else 0,
                by=hand_of(by),
                at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["kind", "suggested", "sure", "source", "version", "by", "at"],
    )


@transaction.atomic
def switch_suggesting(on: bool, reason: str, *, by: By, now: datetime) -> Config:
    """Let kinds be suggested from now on, or no longer; switched off, what was learned is thrown away.

    Refuses with `WordsMissing`, `WordsTooLong`, `SwitchedSoAlready` and `reach.NotInReach`.
    """
    require_anywhere(by, "node.operate")
    if suggesting.is_on() == on:
        raise SwitchedSoAlready
    made = Config.objects.create(
        name=suggesting.SUGGESTING, body={"on": on}, reason=check_words(reason, 300),
        by=hand_of(by), at=now,
    )  # fmt: skip
    journal.record(
        "cases.suggesting_switched", made, by=by, at=now, place="", on=on, reason=made.reason
    )
    if not on:
        transaction.on_commit(lambda: suggesting.keep_learned(None))
    return made


# --- learning ----------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    """Give what may be learned from, the oldest first: words that are neither masked nor erased, with the kind chosen for them."""
    found = Chosen.objects.filter(case__masked="").exclude(case__words="")
    rows = found.order_by("-at", "-pk").values_list("case__words", "kind")[:LEARNED_AT_MOST]
    return list(reversed(rows))


@transaction.atomic
def ask_to_learn(*, by: By, now: datetime) -> Job:
    """Let the node learn now; one that is under way already is given back.

    Refuses with `LearningMissing`, `ChosenTooSeldom` and `reach.NotInReach`.
    """
    require_anywhere(by, "node.operate")
    if not suggesting.is_installed():
        raise LearningMissing
    if count_told() < CHOSEN_OWED:
        raise ChosenTooSeldom(most=CHOSEN_OWED)
    return _asked(by, now)


def _asked(by: By, now: datetime) -> Job:
    waiting = [
        one
        for one in jobs_lately(JOB, limit=3)
        if one.state in (Job.State.WAITING, Job.State.RUNNING)
    ]
    return waiting[0] if waiting else ask_for_job(JOB, {}, by=hand_of(by), now=now)


def count_told() -> int:
    """Count what may be learned from."""
    return Chosen.objects.filter(case__masked="").exclude(case__words="").count()


def learn_when_due(now: datetime) -> int:
    """Ask for learning where enough was chosen since the last time, or that was a week ago; says how many were asked for."""
    if not suggesting.is_on() or not suggesting.is_installed():
        return 0
    last = Lesson.objects.order_by("-pk").first()
    if count_told() < CHOSEN_OWED:
        return 0
    is_fresh = last is not None and last.at > now - AT_LATEST
    if is_fresh and Chosen.objects.filter(at__gt=last.at).count() < NEW_OWED:
        return 0
    _asked(BY, now)
    return 1


def learn_kinds(
    *, by: By, now: datetime, learning: Learning = learn_apart, words: KindWords | None = None
) -> Lesson | None:
    """Learn from what the desk has chosen, and let it speak where it was right at least as often as the words of the first day.

    None where there is too little, or kinds are not suggested.
    """
    chosen = told()
    if len(chosen) < CHOSEN_OWED or not suggesting.is_on():
        suggesting.keep_learned(None)
        return None
    begun = monotonic()
    last = Lesson.objects.order_by("-pk").values_list("pk", flat=True).first()
    found = learning(chosen, _known(words), version=(last or 0) + 1)
    return _keep(found, monotonic() - begun, by=by, now=now)


def _known(words: KindWords | None) -> dict[str, Sequence[str]]:
    kinds = config.kinds()
    return {
        kind: some for kind, some in (words or suggesting.kind_words()).items() if kind in kinds
    }


@transaction.atomic
def _keep(found: Outcome, seconds: float, *, by: By, now: datetime) -> Lesson:
    is_used = is_better(found.right, found.words_right)
    made = Lesson.objects.create(
        id=found.learned.version, chosen=found.learned.chosen, tried=found.tried,
        right=found.right, words_right=found.words_right, sure=round(found.sure, 3),
        temperature=found.learned.temperature, is_used=is_used, seconds=round(seconds, 1),
        by=hand_of(by), at=now,
    )  # fmt: skip
    facts: dict[str, Any] = {
        "chosen": made.chosen, "tried": made.tried, "right": made.right,
        "words_right": made.words_right, "used": is_used,
    }  # fmt: skip
    journal.record("cases.kinds_learned", made, by=by, at=now, place="", **facts)
    data = found.packed() if is_used else None
    transaction.on_commit(lambda: suggesting.keep_learned(data))
    return made
