"""What of questions waits for a person, as outreach is told: a promise that was not kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.bulletins.models import Question
from renwang.bulletins.question_rules import RUNNING
from renwang.outreach.services import Waiting, ask_errand, end_errand, in_every_language, move_up

QUESTION = "bulletins.question"
ANSWERS = "bulletins.write"
TERM = timedelta(hours=2)

_SAID = _("Somebody was promised a word and has none: question {ref}")


def tell_waiting(entries: Sequence[Entry], now: datetime) -> None:
    """Call whoever answers there while a promise is broken, and nobody any more once it was kept."""
    for entry in entries:
        question = Question.objects.filter(pk=UUID(entry.subject_id)).first()
        if question is None:
            continue
        if question.climbed_path and question.state in RUNNING:
            _call(question, entry, now)
        else:
            end_errand(QUESTION, question.pk, by=entry.actor, now=entry.at)


def _call(question: Question, entry: Entry, now: datetime) -> None:
    waiting = Waiting(
        kind=QUESTION,
        subject_id=question.pk,
        ref=question.ref,
        said=in_every_language(_SAID, ref=question.ref),
        path=question.path,
        capability=ANSWERS,
        term=TERM,
    )
    ask_errand(waiting, by="node:bulletins", now=entry.at)
    # A promise climbs by its own clock; whoever answers there is told when it does.
    move_up(QUESTION, question.pk, question.climbed_path, now + TERM, now=now)
