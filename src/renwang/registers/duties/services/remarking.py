"""Those a duty names say what they think of it; what they object to is answered or taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Holding, Post
from renwang.chain.reach import Viewer
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import (
    Act,
    DutyState,
    NotNamedThere,
    ObjectionSettled,
    check_reason,
    move,
)


@transaction.atomic
def remark_on_duty(
    duty_id: UUID, words: str, *, by: Any, now: datetime, is_objection: bool = False
) -> Remark:
    """Say something about a duty, or object to it.

    For those who hold or deputise for a post that it names, or for one in an
    organisation that it names, and for those who keep the list there. Refuses
    with `NotNamedThere`, `WhyMissing` and `DutyNotNow`.
    """
    duty = Duty.objects.select_for_update(of=("self",)).get(pk=duty_id)
    post = post_named(duty, duty.helpers.all(), by)
    if post is None and not _keeps(duty, by):
        raise NotNamedThere
    duty.state = move(DutyState(duty.state), Act.OBJECT if is_objection else Act.COMMENT)
    check_reason(words)
    duty.changed_at = now
    duty.save(update_fields=["state", "changed_at"])
    remark = Remark.objects.create(
        id=uuid7(now),
        duty=duty,
        by_person=getattr(by, "id", None),
        post=post,
        words=words.strip()[:2_000],
        is_objection=is_objection,
        at=now,
    )
    journal.record(
        "duties.objected" if is_objection else "duties.commented",
        duty, by=by, at=now, words=remark.words, remark=remark.pk,
        post=str(post.pk) if post else "",
    )  # fmt: skip
    return remark


@transaction.atomic
def settle_objection(remark_id: UUID, answer: str, *, by: Any, now: datetime) -> Remark:
    """Answer an objection, or take back one's own; when none is left open, the proposal can be approved.

    For who may approve there, and for whoever objected. Refuses with
    `ObjectionSettled`, `WhyMissing` and `reach.NotInReach`.
    """
    found = Remark.objects.values_list("duty_id", flat=True).get(pk=remark_id)
    duty = Duty.objects.select_for_update(of=("self",)).get(pk=found)
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark_id)
    hand = getattr(by, "id", None)
    if hand is None or hand != remark.by_person:
        reach.require(by, "duties.approve", at=duty.path)
    if not remark.is_objection or remark.settled_at is not None:
        raise ObjectionSettled
    check_reason(answer)
    remark.answer, remark.settled_by, remark.settled_at = answer.strip()[:2_000], hand, now
    remark.save(update_fields=["answer", "settled_by", "settled_at"])
    left = Remark.objects.filter(duty=duty, is_objection=True, settled_at=None).exists()
    if duty.state == DutyState.OBJECTED and not left:
        duty.state = move(DutyState(duty.state), Act.SETTLE)
    duty.changed_at = now
    duty.save(update_fields=["state", "changed_at"])
    journal.record("duties.settled", duty, by=by, at=now, answer=remark.answer, remark=remark.pk)
    return remark


def post_named(duty: Duty, helpers: Iterable[Helper], by: Any) -> Post | None:
    """Give the post for which a person has a say in a duty with these helpers; None where it names none of his."""
    if not isinstance(by, Viewer):
        return None
    named = [(one.post_id, one.organisation_id) for one in helpers]
    posts = {post for post, _body in named if post} | {duty.leader_id}
    bodies = {body for _post, body in named if body}
    mine = Holding.objects.filter(person_id=by.id, is_current=True, post__ended_on=None)
    held = [one.post for one in mine.select_related("post").order_by("rank", "pk")]
    ranked = sorted(held, key=lambda post: (post.pk != duty.leader_id, post.pk not in posts))
    spoken = (one for one in ranked if one.pk in posts or one.organisation_id in bodies)
    return next(spoken, None)


def _keeps(duty: Duty, by: Any) -> bool:
    if not isinstance(by, Viewer):
        return True
    return by.may("duties.write", duty.path) or by.may("duties.approve", duty.path)
