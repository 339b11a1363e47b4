"""A promise that was not kept calls whoever answers there, and nobody any more once a word was given."""

from datetime import timedelta

import pytest

from renwang.base.followers import follow_all
from renwang.base.sealing import seal_all
from renwang.bulletins import services
from renwang.bulletins.question_rules import ANSWER_WITHIN, CLIMB_EVERY
from renwang.bulletins.waiting import QUESTION
from renwang.chain.routes import rebuild_routes
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.waiting import waits_for
from tests.bulletins.said import asked, reply


@pytest.fixture
def late(cast, now):
    """A question whose time for an answer is over, and the moment at which it is."""
    rebuild_routes()
    question = asked(cast)
    over = now + ANSWER_WITHIN
    services.climb_questions(over)
    follow(over)
    return question, over


def follow(now):
    seal_all()
    while follow_all(now):
        pass


def test_nobody_is_called_while_there_is_time(cast, now):
    asked(cast)
    services.climb_questions(now + ANSWER_WITHIN - timedelta(seconds=1))
    follow(now)
    assert not Errand.objects.exists()


def test_who_answers_there_has_it_waiting_and_a_stranger_has_not(cast, late):
    question, _over = late
    errand = Errand.objects.get(kind=QUESTION)
    assert (errand.subject_id, errand.ref) == (question.pk, question.ref)
    assert waits_for(cast.viewer(cast.secretary)).filter(pk=errand.pk).exists()
    for who in (cast.worker, cast.stranger):
        assert not waits_for(cast.viewer(who)).exists()


def test_climbing_on_is_the_same_piece_of_work_with_a_new_term(cast, late):
    _question, over = late
    before = Errand.objects.get(kind=QUESTION).due_at
    services.climb_questions(over + CLIMB_EVERY)
    follow(over + CLIMB_EVERY)
    assert Errand.objects.get(kind=QUESTION).due_at > before


def test_a_word_ends_it(cast, late):
    question, over = late
    services.answer_question(question.pk, reply(), by=cast.viewer(cast.secretary), now=over)
    follow(over)
    assert Errand.objects.get(kind=QUESTION).state == ErrandState.DONE
