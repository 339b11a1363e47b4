"""Plain builders for what is said and asked."""

from datetime import timedelta

from renwang.bulletins import services
from renwang.bulletins.models import Bulletin, Question
from renwang.bulletins.question_rules import Finding, Kind
from renwang.bulletins.rules import Audience, Source, Text
from tests.cast import Cast

WATER = Text("zh-Hans", "今晚停水两小时", "今晚20:00到22:00停水。请先存一些水。")
LATER = Text("zh-Hans", "今晚停水三小时", "今晚20:00到23:00停水。请先存一些水。")
ENGLISH = Text("en", "No water for two hours tonight", "No water from 20:00 to 22:00 tonight.")
WORKS = Source("自来水公司", "https://example.org/water")


def draft(*texts: Text, **more) -> services.Draft:
    """Something to be said, with its source."""
    more.setdefault("sources", [WORKS])
    return services.Draft(list(texts) or [WATER], **more)


def waiting(cast: Cast, *texts: Text, unit=None, **more) -> Bulletin:
    """A bulletin that the secretary has handed in."""
    by = cast.viewer(cast.secretary)
    made = services.draft_bulletin(
        draft(*texts, **more), unit or cast.community, by=by, now=cast.now
    )
    return services.submit_bulletin(made.pk, by=by, now=cast.now)


def published(cast: Cast, *texts: Text, **more) -> Bulletin:
    """A bulletin of the secretary's that the duty officer has approved and published."""
    made = waiting(cast, *texts, **more)
    by = cast.viewer(cast.officer)
    services.approve_bulletin(made.pk, by=by, now=cast.now)
    return services.publish_bulletin(made.pk, by=by, now=cast.now)


def corrected(cast: Cast, wrong: Bulletin, *texts: Text, **more) -> Bulletin:
    """The published correction of a bulletin."""
    by, other = cast.viewer(cast.secretary), cast.viewer(cast.officer)
    more.setdefault("reason", "停水时间写错了一小时")
    made = services.begin_correction(
        wrong.pk, draft(*(texts or (LATER,)), **more), by=by, now=cast.now
    )
    services.submit_bulletin(made.pk, by=by, now=cast.now)
    services.approve_bulletin(made.pk, by=other, now=cast.now)
    return services.publish_bulletin(made.pk, by=other, now=cast.now)


def asked(cast: Cast, words: str = "今晚几点停水？", *, unit=None, **more) -> Question:
    """A question somebody asked on the public page."""
    asking = services.Asking(words, **more)
    return services.ask_publicly(
        asking, unit or cast.community, address="192.0.2.7", now=cast.now, via="web"
    )


def reply(
    title: str = "今晚几点停水？", text: str = "20:00到22:00停水。", **more
) -> services.Reply:
    """An answer with its source."""
    more.setdefault("sources", [WORKS])
    return services.Reply([Text("zh-Hans", title, text)], **more)


def answered(cast: Cast, question: Question | None = None) -> Question:
    """A question that the secretary has answered."""
    question = question or asked(cast)
    finding = Finding.FALSE if question.kind == Kind.RUMOUR else None
    return services.answer_question(
        question.pk, reply(finding=finding), by=cast.viewer(cast.secretary), now=cast.now
    )


def shown(cast: Cast, question: Question | None = None) -> Question:
    """An answer that everybody can read."""
    question = answered(cast, question)
    return services.publish_answer(question.pk, by=cast.viewer(cast.officer), now=cast.now)


def public_and_chain(*roles: str) -> Audience:
    """Told to the public, and to the chain or to holders of some posts."""
    from renwang.bulletins.rules import Chain

    return Audience(True, Chain.SOME if roles else Chain.EVERYBODY, roles)


HOUR = timedelta(hours=1)
