"""A draft that is handed in calls its second hand: who may approve it and has written none of it."""

from datetime import timedelta

import pytest
from tests import make
from tests.alerts.composing import advice

from renwang.alerts.composing_rules import DraftState, Kind
from renwang.alerts.exercising import run_exercises
from renwang.alerts.services import (
    approve_draft,
    change_draft,
    drop_draft,
    return_draft,
    submit_draft,
)
from renwang.alerts.waiting import DRAFT
from renwang.chain.models import Person
from renwang.chain.routes import rebuild_routes
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Attempt, Delivered, Errand
from renwang.outreach.sending import send_due
from renwang.outreach.services import call_errands, climb_calls
from renwang.outreach.waiting import waits_for

HOUR = timedelta(hours=1)


@pytest.fixture
def colleague(cast) -> Person:
    """A second duty officer of the sub-district, without a post."""
    who = make.person("贺同班", cast.street)
    make.contact(who, "app", "h")
    make.grant(who, "duty_officer", cast.street)
    rebuild_routes()
    return who


@pytest.fixture
def draft(cast, now, colleague):
    made = advice(cast, now)
    return submit_draft(made.pk, by=cast.viewer(cast.officer), now=now)


def told(now) -> list[str]:
    call_errands(now)
    send_due(now, lambda: now)
    people = Delivered.objects.filter(notice__kind="outreach.errand").order_by("pk")
    return [Person.objects.get(pk=key).name for key in people.values_list("person_id", flat=True)]


def state() -> str:
    return Errand.objects.get(kind=DRAFT).state


def test_the_author_is_never_told_and_never_sees_it(cast, now, draft, colleague):
    assert told(now) == [colleague.name]
    assert not waits_for(cast.viewer(cast.officer)).exists()
    assert waits_for(make.viewer(colleague)).exists()


def test_whoever_changed_a_word_is_an_author_too(cast, now, colleague):
    made = advice(cast, now)
    change_draft(made.pk, {"contact": "12345"}, by=make.viewer(colleague), now=now)
    submit_draft(made.pk, by=cast.viewer(cast.officer), now=now)
    assert told(now) == []
    assert not waits_for(make.viewer(colleague)).exists()
    assert waits_for(cast.viewer(cast.operator)).exists(), "it stands on the desk of who may"


def test_who_may_not_approve_is_not_told(cast, now, draft):
    told(now)
    for who in (cast.worker, cast.stranger, cast.secretary):
        assert not waits_for(cast.viewer(who)).exists()


def test_approving_ends_it(cast, now, draft, colleague):
    told(now)
    approve_draft(draft.pk, by=make.viewer(colleague), now=now)
    assert state() == ErrandState.DONE
    climb_calls(now + 9 * HOUR)
    assert told(now + 9 * HOUR) == [colleague.name]


def test_giving_it_back_is_a_decision_too(cast, now, draft, colleague):
    return_draft(draft.pk, by=make.viewer(colleague), now=now, remark="写清楚去处")
    assert state() == ErrandState.DONE


@pytest.mark.parametrize("deed", ["change", "drop"])
def test_what_is_changed_or_put_away_needs_nobody(cast, now, draft, deed):
    by = cast.viewer(cast.officer)
    if deed == "change":
        change_draft(draft.pk, {"contact": "12345"}, by=by, now=now)
    else:
        drop_draft(draft.pk, by=by, now=now)
    assert state() == ErrandState.NEEDLESS


def test_handing_it_in_again_calls_again(cast, now, draft, colleague):
    by = cast.viewer(cast.officer)
    told(now)
    change_draft(draft.pk, {"contact": "12345"}, by=by, now=now)
    submit_draft(draft.pk, by=by, now=now + HOUR)
    assert told(now + HOUR) == [colleague.name, colleague.name]
    assert Errand.objects.filter(kind=DRAFT, state=ErrandState.OPEN).count() == 1


def test_the_second_hand_of_an_exercise_is_told_inside_the_node_only(cast, now, colleague):
    make.contact(colleague, "sms", "13900000099", 1)
    make.contact(cast.operator, "email", "o@example.org")
    made = advice(cast, now, kind=Kind.EXERCISE, colour="red")
    submit_draft(made.pk, by=cast.viewer(cast.officer), now=now)
    assert told(now) == [], "the live loop leaves it alone"
    for minutes in range(0, 60, 2):
        at = now + timedelta(minutes=minutes)
        run_exercises(at, lambda at=at: at)
    assert Delivered.objects.filter(person_id=colleague.pk).exists()
    assert {one.title[:4] for one in Delivered.objects.all()} == {"【演练】"}
    outward = Attempt.objects.exclude(outcome=Attempt.Outcome.SENT)
    assert not outward.exists()
    approve_draft(made.pk, by=make.viewer(colleague), now=now + HOUR)
    made.refresh_from_db()
    assert made.state == DraftState.APPROVED
    assert state() == ErrandState.DONE
