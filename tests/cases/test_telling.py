"""The reporter is told by text message: once, when the hour allows, while he agrees, and without a word of what he reported."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.cases import services
from renwang.cases.config import change_config, shipped
from renwang.cases.models import Case, Reporter, Stop, Telling
from renwang.cases.rules import State
from renwang.cases.services.stopping import KEPT, forget_stops
from renwang.cases.services.texting import read_came
from renwang.cases.telling_jobs import Teller
from renwang.cases.telling_rules import (
    TRIES,
    Fate,
    NumberMissing,
    NumberStopped,
    TellingsRefused,
    Why,
    read_tellings,
)
from renwang.outreach.channels.sms_inbound import Text as Came
from renwang.outreach.channels.twin import Behaviour, Twin
from tests.cases.conftest import WORDS, answered, taken
from tests.channels.conftest import channels, sms

NUMBER = "13900000077"


def agreed(cast, **changes):
    """A case whose reporter wants to be told."""
    return taken(cast, contact=NUMBER, tells=True, **changes)


def asked(cast, case: Case) -> None:
    by = cast.viewer(cast.secretary)
    services.screen_case(case.pk, by=by, now=cast.now)
    services.ask_reporter(case.pk, "是几单元？", by=by, now=cast.now)


def events(case: Case) -> list[str]:
    """What somebody is told of, by its name: all of it happens at one moment here."""
    return sorted(case.tellings.values_list("event", flat=True))


class Office:
    """Sends what waits, through the twin of a gateway."""

    def __init__(self, twin: Twin):
        self.twin = twin
        self.teller = Teller(channels(sms=sms(twin)))

    def go(self, now) -> list[str]:
        """Send what is due; give the requests that arrived, as text."""
        known = len(self.twin.received)
        self.teller.step(now)
        self.teller.settle(now, wait=10)
        return [one.body.decode() for one in self.twin.received[known:]]


@pytest.fixture
def daytime(cast, settings):
    """The hour at which messages go out; the cast's own is one of them or not."""
    settings.RENWANG_PUBLIC_URL = "https://renwang.example"
    body = shipped("telling") | {"quiet": ""}
    change_config("telling", body, by="node:test", now=cast.now, reason="for the test")
    return cast.now


class TestRefused:
    @pytest.mark.parametrize("contact", ["", "王阿姨 13900000077", "wechat: lihua", "12"])
    def test_messages_without_a_number(self, cast, contact):
        with pytest.raises(NumberMissing):
            taken(cast, contact=contact, tells=True)
        assert not Case.objects.exists()

    @pytest.mark.parametrize(
        "words",
        [
            "{words}: {link}",  # a blank that nobody fills
            "{ref} was answered",  # no way back
            "{ref.words} {link}",
            "{link!r}",
            "{link",
            "{due} {link}",  # only where it was put off
            "",
            "x" * 201 + "{link}",
        ],
    )
    def test_a_wording(self, words):
        body = shipped("telling")
        texts = {**body["texts"]["en"], "answered": words}
        with pytest.raises(TellingsRefused):
            read_tellings(body | {"texts": {"en": texts}})

    def test_hours_that_are_none(self):
        with pytest.raises(TellingsRefused):
            read_tellings(shipped("telling") | {"quiet": "at night"})


class TestWhoIsTold:
    def test_who_did_not_agree_is_told_nothing(self, cast):
        case = taken(cast, contact=NUMBER).case
        asked(cast, case)
        assert not Telling.objects.exists()
        assert Reporter.objects.get().code == ""

    def test_each_step_that_needs_or_concerns_him_once(self, cast):
        case = agreed(cast, tells_code=True).case
        asked(cast, case)
        services.resume_case(case.pk, by=cast.viewer(cast.secretary), now=cast.now)
        services.extend_case(case.pk, 1, "等配件", by=cast.viewer(cast.secretary), now=cast.now)
        answered(cast, case)
        assert events(case) == ["answered", "asked", "extended", "received"]

    def test_the_code_only_who_asked_for_it(self, cast):
        assert events(agreed(cast).case) == []

    def test_sent_again_it_is_the_same_case_and_the_same_message(self, cast):
        for _again in range(2):
            agreed(cast, key="same", tells_code=True)
        assert Telling.objects.count() == 1

    def test_those_merged_into_it_and_their_number_is_kept_as_long(self, cast):
        own, other = agreed(cast), agreed(cast, key="other")
        by = cast.viewer(cast.secretary)
        services.merge_case(own.case.pk, other.case.pk, by=by, now=cast.now)
        assert services.erase_reporters(cast.now + timedelta(days=60)) == 0
        answered(cast, other.case)
        assert events(own.case) == ["answered", "merged"]
        assert events(other.case) == ["answered"]
        services.confirm_by_code(own.code, now=cast.now)
        services.close_silent(other.case.pk, by=cast.viewer(cast.deputy), now=cast.now)
        assert "closed" in events(own.case)
        assert services.erase_reporters(cast.now + timedelta(days=31)) == 2

    def test_who_takes_it_back_is_not_told_but_the_others_are(self, cast):
        own, other = agreed(cast), agreed(cast, key="other")
        by = cast.viewer(cast.secretary)
        services.merge_case(own.case.pk, other.case.pk, by=by, now=cast.now)
        services.withdraw_by_code(other.code, now=cast.now)
        assert events(other.case) == []
        assert events(own.case) == ["closed", "merged"]


class TestGoingOut:
    def test_it_says_where_to_look_and_nothing_of_what_was_reported(self, cast, daytime):
        one = agreed(cast, place="3 号楼 501")
        asked(cast, one.case)
        with Twin() as twin:
            office = Office(twin)
            (sent,) = office.go(daytime)
            assert office.go(daytime + timedelta(hours=1)) == []
        assert NUMBER in sent and f"https%3A%2F%2Frenwang.example%2Fc%2F{one.code}%2F" in sent
        assert not any(word in sent for word in (WORDS[:6], "501", "几单元"))
        assert Telling.objects.get().state == Fate.SENT
        facts = Entry.objects.filter(verb="cases.told")
        assert facts.count() == 1
        assert not any(NUMBER in f"{one.body}{one.actor}" for one in Entry.objects.all())
        assert one.code not in str(list(Entry.objects.values_list("body", flat=True)))

    def test_it_waits_for_the_morning(self, cast, daytime):
        body = shipped("telling") | {"quiet": "00:00-23:59"}
        change_config("telling", body, by="node:test", now=cast.now, reason="night")
        case = agreed(cast).case
        answered(cast, case)
        with Twin() as twin:
            assert Office(twin).go(daytime) == []
        row = Telling.objects.get()
        assert row.state == Fate.WAITING and row.due_at > daytime and row.tries == 0

    def test_a_gateway_that_fails_is_tried_again_and_in_the_end_given_up(self, cast, daytime):
        case = agreed(cast).case
        answered(cast, case)
        now = daytime
        with Twin(Behaviour(status=500)) as twin:
            office = Office(twin)
            for _one in range(TRIES + 1):
                office.go(now)
                now += timedelta(hours=2, minutes=1)
            assert len(twin.received) == TRIES
            assert len({one.body.split(b"id=")[-1][:36] for one in twin.received}) == 1
        row = Telling.objects.get()
        assert (row.state, row.due_at) == (Fate.FAILED, None) and "bad-answer" in row.trouble
        assert Entry.objects.filter(verb="cases.untold").count() == 1
        case.refresh_from_db()
        assert case.state == State.ANSWERED

    def test_a_number_that_the_gateway_refuses_is_not_tried_again(self, cast, daytime):
        answered(cast, agreed(cast).case)
        with Twin(Behaviour(status=400)) as twin:
            office = Office(twin)
            office.go(daytime)
            office.go(daytime + timedelta(hours=3))
            assert len(twin.received) == 1
        assert Telling.objects.get().state == Fate.FAILED

    @pytest.mark.parametrize("what", ["withdrawn", "stopped", "erased", "off", "overtaken"])
    def test_never_where_it_is_no_longer_wanted_or_needed(self, cast, daytime, what):
        one = agreed(cast)
        answered(cast, one.case)
        if what == "withdrawn":
            services.agree_by_code(one.code, False, now=cast.now)
        elif what == "stopped":
            read_came(Came(f"+86{NUMBER}", "退订", "s", cast.now), cast.now)
        elif what == "erased":
            Reporter.objects.all().delete()
        elif what == "off":
            body = shipped("telling") | {"on": False, "quiet": ""}
            change_config("telling", body, by="node:test", now=cast.now, reason="off")
        else:
            services.reject_by_code(one.code, "还是黑的", now=cast.now)
        with Twin() as twin:
            assert Office(twin).go(daytime) == []
        row = Telling.objects.get()
        assert row.trouble == Why(what) and row.due_at is None and row.state != Fate.SENT


class TestNoMore:
    def test_by_a_text_for_every_case_until_a_text_takes_it_back(self, cast):
        one = agreed(cast)
        read_came(Came(NUMBER, "STOP", "1", cast.now), cast.now)
        read_came(Came(NUMBER, "TD", "2", cast.now), cast.now)
        assert NUMBER not in str(Stop.objects.values().get())
        with pytest.raises(NumberStopped):
            services.agree_by_code(one.code, True, now=cast.now)
        read_came(Came(NUMBER, "START", "3", cast.now), cast.now)
        services.agree_by_code(one.code, True, now=cast.now)
        assert not Stop.objects.exists()

    def test_by_the_code_and_again(self, cast):
        one = agreed(cast)
        services.agree_by_code(one.code, False, now=cast.now)
        answered(cast, one.case)
        assert events(one.case) == [] and Reporter.objects.get().code == ""
        services.agree_by_code(one.code, True, now=cast.now)
        assert Reporter.objects.get().code and one.code not in Reporter.objects.get().code

    def test_the_wish_itself_is_forgotten_in_time(self, cast):
        read_came(Came(NUMBER, "退订", "1", cast.now), cast.now)
        assert forget_stops(cast.now + KEPT - timedelta(days=1)) == 0
        assert forget_stops(cast.now + KEPT + timedelta(days=1)) == 1
