"""The sentences for what bulletins refuse and advise, in the language of the moment."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from renwang.bulletins import question_rules as questions
from renwang.bulletins import rules
from renwang.bulletins.plain_rules import Snag, Spot

REFUSALS: Mapping[type[rules.BulletinRefused], object] = {
    rules.NotNow: _("This is not possible any more: the bulletin has moved on. Look at it again."),
    rules.SameHandTwice: _("You wrote it yourself. Let somebody else read and approve it."),
    rules.WordsMissing: _("Give a title and a text."),
    rules.WordsTooLong: _("A title or a text is too long. Say less: people read on a telephone."),
    rules.LanguageTwice: _("Two texts are in the same language."),
    rules.SourceMissing: _("Name who says so."),
    rules.NobodyAddressed: _("Nobody would be told. Choose the public page, or who of the chain."),
    rules.EndsTooSoon: _("It would be over before anybody reads it. Give a later end."),
    rules.ReasonMissing: _("Say why."),
    rules.CorrectedAlready: _("It has been corrected already. Correct the later one."),
    questions.QuestionNotNow: _(
        "This is not possible any more: the question has moved on. Look at it again."
    ),
    questions.NothingAsked: _("Write what you want to know."),
    questions.AskedTooMuch: _("This is too long. Use 1,000 characters at most."),
    questions.AskedTooOften: _(
        "Very many questions came from this connection within the hour. Try again later, or ring us."
    ),
    questions.NotAPerson: _("This could not be taken in. Please try again, or ring us."),
    questions.NextWordTooLate: _("Promise the next word for a moment within the next seven days."),
    questions.FindingMissing: _("Say what was found: true, false, partly true, or not known."),
    questions.NothingNewToPublish: _("Everybody can read it already."),
    questions.MergedIntoItself: _(
        "A question cannot be merged into itself, nor into one that is merged itself."
    ),
}

SNAGS: Mapping[Snag, object] = {
    Snag.LONG_SENTENCE: _("A long sentence. Make two of it."),
    Snag.LONG_CLAUSE: _("Much in one breath. Put a comma, or say it in two steps."),
    Snag.JARGON: _("An office word."),
    Snag.LONG_WORD: _("A long word. Is there a shorter one?"),
    Snag.WORDS_FOR_FIGURES: _("Write numbers and times as figures, such as 16:30."),
    Snag.PASSIVE: _("Say who does it."),
    Snag.CHAIN: _("One “of” upon another. Take the sentence apart."),
    Snag.EMPTY_VERB: _("Use the verb itself: “close the road”."),
    Snag.RARE_CHARACTER: _(
        "Few people know this character. Unless it is a name, use another word."
    ),
    Snag.TWICE_NOT: _("Two negatives. Say what to do."),
}

_BETTER = _("Better: {words}")


def explain(refused: rules.BulletinRefused) -> str:
    """Say why something may not be done, and what can be done instead."""
    return str(REFUSALS[type(refused)])


def explain_spot(spot: Spot) -> str:
    """Say what is hard about a spot, and what could stand there instead."""
    said = str(SNAGS[spot.snag])
    return f"{said} {str(_BETTER).format(words=spot.better)}" if spot.better else said
