"""Answer a question, say honestly that it is not known yet, publish an answer, correct it, take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.bulletins.models import Answer, Question
from renwang.bulletins.question_rules import (
    Finding,
    Kind,
    NothingNewToPublish,
    QuestionAct,
    QuestionState,
    check_finding,
    check_next_word,
    contact_until,
    move_question,
    question_key,
)
from renwang.bulletins.rules import (
    Source,
    Text,
    check_hands,
    check_reason,
    check_sources,
    check_texts,
)
from renwang.chain import reach

_NO_CLOCK = {"due_at": None, "climbs_at": None, "rung": 0, "climbed_path": ""}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: the question as we word it and the answer, in each language; who says so."""

    texts: Sequence[Text]
    sources: Sequence[Source] = ()
    finding: Finding | None = None  # of a rumour
    reason: str = ""  # where everybody can read another answer: what was wrong with it


@transaction.atomic
def answer_question(question_id: UUID, reply: Reply, *, by: Any, now: datetime) -> Question:
    """Answer a question: whoever asked can read it now, and so can those whose questions were merged into it.

    Where everybody can read an earlier answer, that one stays until the new one
    is published. Refuses with `QuestionNotNow`, `SourceMissing`,
    `FindingMissing`, `ReasonMissing`, and what `check_texts` refuses.
    """
    question = _held(question_id, "bulletins.write", by)
    was = QuestionState(question.state)
    state = move_question(was, QuestionAct.ANSWER)
    check_texts(reply.texts)
    check_sources(reply.sources)
    check_finding(Kind(question.kind), reply.finding)
    if state is QuestionState.CORRECTING:
        check_reason(reply.reason)
    answer = _append(question, reply, None, by, now)
    _take(question, state, answer, now, _NO_CLOCK)
    if question.contact:
        question.contact_until = contact_until(question.asked_at, now)
    question.save()
    _let_merged_know(question, now)
    journal.record("bulletins.answered", question, by=by, at=now, **_told(answer))
    return question


@transaction.atomic
def postpone_question(
    question_id: UUID, reply: Reply, next_word_at: datetime, *, by: Any, now: datetime
) -> Question:
    """Say that it is not known yet, and when the next word comes; from then on silence climbs.

    Refuses with `NextWordTooLate` and `QuestionNotNow`.
    """
    question = _held(question_id, "bulletins.write", by)
    state = move_question(QuestionState(question.state), QuestionAct.POSTPONE)
    check_texts(reply.texts)
    check_next_word(next_word_at, now)
    clock = {"due_at": next_word_at, "climbs_at": next_word_at, "rung": 0, "climbed_path": ""}
    answer = _append(question, reply, next_word_at, by, now)
    _take(question, state, answer, now, clock)
    question.save()
    journal.record("bulletins.postponed", question, by=by, at=now, **_told(answer))
    return question


@transaction.atomic
def publish_answer(question_id: UUID, *, by: Any, now: datetime) -> Question:
    """Show an answer, or that it is not known yet, to everybody; by another hand than the one that wrote it.

    Refuses with `SameHandTwice`, `NothingNewToPublish`, `QuestionNotNow`.
    """
    question = _held(question_id, "bulletins.approve", by)
    state = move_question(QuestionState(question.state), QuestionAct.PUBLISH)
    answer, shown = question.current, question.shown
    if answer is None or answer.pk == question.shown_id:
        raise NothingNewToPublish
    check_hands([answer.by_person], getattr(by, "id", None))
    answer.approved_by, answer.approved_at = getattr(by, "id", None), now
    answer.save(update_fields=["approved_by", "approved_at"])
    question.state, question.shown = state, answer
    question.published_at = question.published_at or now
    question.changed_at = now
    question.save(update_fields=["state", "shown", "published_at", "changed_at"])
    was_said = shown is not None and shown.next_word_at is None
    journal.record(
        "bulletins.answer_corrected" if was_said else "bulletins.answer_published",
        question, by=by, at=now, approved_by=answer.approved_by, **_told(answer),
    )  # fmt: skip
    return question


@transaction.atomic
def retract_answer(question_id: UUID, *, by: Any, now: datetime, reason: str) -> Question:
    """Show an answer to everybody no longer, saying why; whoever asked still has it."""
    question = _held(question_id, "bulletins.approve", by)
    question.state = move_question(QuestionState(question.state), QuestionAct.RETRACT)
    check_reason(reason)
    if question.shown_id is None:
        raise NothingNewToPublish
    question.shown, question.published_at, question.changed_at = None, None, now
    question.save(update_fields=["state", "shown", "published_at", "changed_at"])
    journal.record("bulletins.answer_retracted", question, by=by, at=now, reason=reason[:300])
    return question


def _held(question_id: UUID, capability: str, by: Any) -> Question:
    """Take the row until the transaction ends; only for who may do this at its place."""
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("current", "shown")
        .get(pk=question_id)
    )
    reach.require(by, capability, at=question.path)
    return question


def _append(
    question: Question, reply: Reply, next_word_at: datetime | None, by: Any, now: datetime
) -> Answer:
    return Answer.objects.create(
        question=question,
        number=(question.current.number if question.current else 0) + 1,
        texts=[text.kept() for text in reply.texts],
        sources=[source.kept() for source in reply.sources],
        finding=reply.finding or "",
        next_word_at=next_word_at,
        reason=reply.reason[:300],
        by_person=getattr(by, "id", None),
        at=now,
    )


def _take(
    question: Question, state: QuestionState, answer: Answer, now: datetime, clock: dict[str, Any]
) -> None:
    question.state, question.current, question.changed_at = state, answer, now
    question.title = answer.texts[0]["title"]
    question.search = question_key(question.words, answer.texts)
    question.helped = question.helped_at = None
    for name, value in clock.items():
        setattr(question, name, value)


def _let_merged_know(question: Question, now: datetime) -> None:
    """Everybody whose question is answered with this one begins anew to say whether it was."""
    merged = Question.objects.filter(merged_into=question)
    merged.update(helped=None, helped_at=None)
    merged.exclude(contact="").update(contact_until=contact_until(now, now))


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "title": answer.texts[0]["title"],
        "texts": answer.texts,
        "sources": answer.sources,
        "finding": answer.finding,
        "next_word_at": answer.next_word_at,
        "reason": answer.reason,
        "number": answer.number,
    }
