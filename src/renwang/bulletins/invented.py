"""What was said and asked in an invented place: for the demo and for looking at screens. Nothing in it is real."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from django.db import transaction

from renwang.bulletins import services
from renwang.bulletins.models import Bulletin, Question
from renwang.bulletins.question_rules import Finding, Kind
from renwang.bulletins.rules import Text, sources_of, texts_of
from renwang.chain.models import Person, Unit
from renwang.chain.reach import Viewer, viewer_of

ADDRESS = "192.0.2.1"  # of the block for examples, RFC 5737


@transaction.atomic
def say_invented(place: Unit, *, by: Person, approved_by: Person, now: datetime) -> int:
    """Say and ask in an invented place what the demo shows; return how much was said, 0 where it was said before.

    One person writes, another approves, as in real places.
    """
    if Bulletin.objects.filter(path=place.path).exists():
        return 0
    hands = viewer_of(by, now), viewer_of(approved_by, now)
    content = json.loads(
        files("renwang.bulletins").joinpath("data/invented.json").read_text(encoding="utf-8")
    )
    _tell(place, content["place"], hands[0], now)
    for one in content["bulletins"]:
        _say(place, one, hands, now)
    for one in content["questions"]:
        _ask(place, one, hands, now)
    return len(content["bulletins"]) + len(content["questions"])


def _tell(place: Unit, told: Mapping[str, Any], by: Viewer, now: datetime) -> None:
    shelters = [services.Shelter(**one) for one in told["shelters"]]
    advice = [(one["hazard"], one["text"]) for one in told["advice"]]
    info = services.Told(told["telephone"], told["office"], told["hours"], shelters, advice)
    services.set_place_info(place, info, by=by, now=now)


def _say(place: Unit, one: Mapping[str, Any], hands: tuple[Viewer, Viewer], now: datetime) -> None:
    at = now + timedelta(hours=one["hours"])
    made = services.draft_bulletin(_draft(one), place, by=hands[0], now=at)
    _publish(made, hands, at)
    if "correction" in one:
        right = one["correction"]
        at = now + timedelta(hours=right["hours"])
        _publish(services.begin_correction(made.pk, _draft(right), by=hands[0], now=at), hands, at)


def _draft(one: Mapping[str, Any]) -> services.Draft:
    return services.Draft(
        texts_of(one["texts"]), sources_of(one["sources"]), reason=one.get("reason", "")
    )


def _publish(made: Bulletin, hands: tuple[Viewer, Viewer], at: datetime) -> None:
    services.submit_bulletin(made.pk, by=hands[0], now=at)
    services.approve_bulletin(made.pk, by=hands[1], now=at)
    services.publish_bulletin(made.pk, by=hands[1], now=at)


def _ask(place: Unit, one: Mapping[str, Any], hands: tuple[Viewer, Viewer], now: datetime) -> None:
    at, kind = now + timedelta(hours=one["hours"]), Kind(one["kind"])

    def ask(words: str) -> Question:
        asking = services.Asking(words, kind)
        return services.ask_publicly(asking, place, address=ADDRESS, now=at, via="web")

    question = ask(one["words"])
    for words in one["same"]:
        services.merge_question(ask(words).pk, question.pk, by=hands[0], now=at)
    if "text" not in one:
        return
    finding = Finding(one["finding"]) if "finding" in one else None
    texts = [Text("zh-Hans", one["title"], one["text"])]
    reply = services.Reply(texts, sources_of(one["sources"]), finding)
    if "next_word_in" in one:
        until = now + timedelta(hours=one["next_word_in"])
        services.postpone_question(question.pk, reply, until, by=hands[0], now=at)
    else:
        services.answer_question(question.pk, reply, by=hands[0], now=at)
    services.publish_answer(question.pk, by=hands[1], now=at)
