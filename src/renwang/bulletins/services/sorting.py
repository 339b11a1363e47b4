"""Sort what was asked: merge, take apart again, put aside; and what whoever asked says of the answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.envelopes import unseal
from renwang.bulletins.models import Question
from renwang.bulletins.question_rules import (
    ANSWER_WITHIN,
    MergedIntoItself,
    QuestionAct,
    QuestionState,
    climb,
    contact_until,
    move_question,
)
from renwang.bulletins.rules import check_reason
from renwang.bulletins.services.asking import CONTACTS, PUBLIC
from renwang.chain import reach

BY = "node:bulletins"


@transaction.atomic
def merge_question(question_id: UUID, into_id: UUID, *, by: Any, now: datetime) -> Question:
    """Let another question stand for this one: whoever asked this one reads that one's answer.

    Those merged into it before go along. Refuses with `MergedIntoItself`,
    `QuestionNotNow`, and with `reach.NotInReach` at either place.
    """
    question, into = _held(question_id, by), _held(into_id, by)
    if into.pk == question.pk or into.merged_into_id is not None:
        raise MergedIntoItself
    question.state = move_question(QuestionState(question.state), QuestionAct.MERGE)
    question.merged_into, question.changed_at = into, now
    _stop_clock(question)
    question.save()
    Question.objects.filter(merged_into=question).update(merged_into=into)
    if question.contact and into.current_id and into.due_at is None:
        Question.objects.filter(pk=question.pk).update(contact_until=contact_until(now, now))
    journal.record("bulletins.merged", question, by=by, at=now, into=into.ref)
    return into


@transaction.atomic
def unmerge_question(question_id: UUID, *, by: Any, now: datetime) -> Question:
    """Let a question stand for itself again, waiting for an answer of its own."""
    question = _held(question_id, by)
    state = move_question(QuestionState(question.state), QuestionAct.UNMERGE)
    into = question.merged_into
    question.merged_into = None
    _wait_anew(question, state, now)
    question.save()
    journal.record("bulletins.unmerged", question, by=by, at=now, into=into.ref if into else "")
    return question


@transaction.atomic
def set_aside(question_id: UUID, *, by: Any, now: datetime, reason: str) -> Question:
    """Put a question aside that is none, or not for us; whoever asked reads the reason."""
    question = _held(question_id, by)
    question.state = move_question(QuestionState(question.state), QuestionAct.SET_ASIDE)
    check_reason(reason)
    question.aside_because, question.changed_at = reason[:300], now
    question.shown = question.published_at = None
    if question.contact:
        question.contact_until = contact_until(question.asked_at, now)
    _stop_clock(question)
    question.save()
    journal.record("bulletins.set_aside", question, by=by, at=now, reason=reason[:300])
    return question


@transaction.atomic
def take_up(question_id: UUID, *, by: Any, now: datetime) -> Question:
    """Take a question up again that was put aside."""
    question = _held(question_id, by)
    state = move_question(QuestionState(question.state), QuestionAct.TAKE_UP)
    question.aside_because = ""
    _wait_anew(question, state, now)
    question.save()
    journal.record("bulletins.taken_up", question, by=by, at=now)
    return question


@transaction.atomic
def judge_answer(code: str, helped: bool, *, now: datetime) -> Question:
    """Let whoever asked say whether that was an answer; a question that was not answered waits again.

    One that everybody can read, or that stands for others too, stays as it is
    and is counted. Refuses with `QuestionNotNow`.
    """
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("merged_into")
        .get(code=code)
    )
    head = question.merged_into or question
    act = QuestionAct.CONFIRM if helped else QuestionAct.DENY
    state = move_question(QuestionState(head.state), act)
    question.helped, question.helped_at, question.changed_at = helped, now, now
    if state is QuestionState.ASKED and question.merged_into_id is None:
        _wait_anew(question, state, now)
    question.save()
    journal.record("bulletins.judged", question, by=PUBLIC, at=now, helped=helped)
    return question


@transaction.atomic
def open_contact(question_id: UUID, *, by: Any, now: datetime) -> str:
    """Read how to reach whoever asked; every look at it is a fact. Empty where nothing was given, or it is erased."""
    question = _held(question_id, by)
    contact = unseal(question.contact, CONTACTS)
    if contact:
        journal.record("bulletins.contact_seen", question, by=by, at=now)
    return contact


def climb_questions(now: datetime) -> int:
    """Let every promise that was not kept show one level higher; return how many climbed."""
    due = Question.objects.filter(climbs_at__lte=now).order_by("climbs_at")
    climbed = 0
    for question in due[:500]:
        step = climb(question.path, question.due_at, question.rung, now)
        with transaction.atomic():
            same = Question.objects.filter(
                pk=question.pk, rung=question.rung, climbs_at=question.climbs_at
            )
            if step is None:
                same.update(climbs_at=None)
                continue
            if not same.update(rung=step.rung, climbed_path=step.path, climbs_at=step.next_at):
                continue  # another process, or the answer, was quicker
            journal.record(
                "bulletins.overdue", question, by=BY, at=now, place=step.path, rung=step.rung,
                due_at=question.due_at,
            )  # fmt: skip
            climbed += 1
    return climbed


def _held(question_id: UUID, by: Any) -> Question:
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("merged_into")
        .get(pk=question_id)
    )
    reach.require(by, "bulletins.write", at=question.path)
    return question


def _stop_clock(question: Question) -> None:
    question.due_at = question.climbs_at = None
    question.rung, question.climbed_path = 0, ""


def _wait_anew(question: Question, state: QuestionState, now: datetime) -> None:
    question.state, question.changed_at = state, now
    question.due_at = question.climbs_at = now + ANSWER_WITHIN
    question.rung, question.climbed_path = 0, ""


def count_judgements(question: Question) -> dict[bool, int]:
    """Count what those who asked say of an answer, by whether it was one."""
    asked = Question.objects.filter(merged_into=question).exclude(helped=None)
    counts = {True: 0, False: 0}
    for helped in [*asked.values_list("helped", flat=True), question.helped]:
        if helped is not None:
            counts[helped] += 1
    return counts
