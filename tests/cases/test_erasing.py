"""Early erasure takes two hands: one asks, another decides; what goes leaves a proof and stays away."""

import pytest
from django.core.files.storage import default_storage

from renwang.base.forgetting import Note, replay
from renwang.base.models import Entry, Forgotten
from renwang.base.retention import recount, verbs
from renwang.cases import services
from renwang.cases.erasure_rules import (
    AskedAlready,
    DecidedAlready,
    NothingToErase,
    OneHandTwice,
    OthersWait,
    Scope,
    Wish,
)
from renwang.cases.models import Case, Erasure, Photo, Reporter, Step
from renwang.cases.rules import CodeUnknown, End, State, WordsMissing
from renwang.cases.tracking import track
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Errand
from tests.cases.conftest import WORDS, answered, taken
from tests.cases.test_intake import picture
from tests.web.desk_pages import LANGUAGES, as_

NUMBER = "13900000077"


@pytest.fixture
def decider(cast):
    """Whoever decides: the operator has had no hand in any case."""
    return cast.viewer(cast.operator)


def asked(cast, one, scope=Scope.ALL) -> Erasure:
    return services.ask_erasure_by_code(one.code, scope, "我不想留着了", now=cast.now)


class TestRefused:
    def test_without_the_code_or_the_right(self, cast):
        one = taken(cast)
        with pytest.raises(CodeUnknown):
            services.ask_erasure_by_code("WRONG", Scope.ALL, "", now=cast.now)
        with pytest.raises(NotInReach):
            services.ask_erasure(
                one.case.pk, Scope.ALL, "x", by=cast.viewer(cast.stranger), now=cast.now
            )
        wish = asked(cast, one)
        with pytest.raises(NotInReach):
            services.grant_erasure(wish.pk, by=cast.viewer(cast.worker), now=cast.now)

    def test_twice_or_what_is_not_there(self, cast):
        one = taken(cast)
        with pytest.raises(NothingToErase):
            asked(cast, one, Scope.CONTACT)
        asked(cast, one)
        with pytest.raises(AskedAlready):
            asked(cast, one)

    def test_by_who_asked_answered_or_gave_out_the_code(self, cast, decider):
        one = taken(cast)
        by = cast.viewer(cast.secretary)
        services.renew_code(one.case.pk, by=decider, now=cast.now)
        answered(cast, one.case)
        wish = services.ask_erasure(
            one.case.pk, Scope.ALL, "来电要求", by=cast.viewer(cast.deputy), now=cast.now
        )
        for hand in (decider, by):
            with pytest.raises(OneHandTwice):
                services.grant_erasure(wish.pk, by=hand, now=cast.now)
            with pytest.raises(OneHandTwice):
                services.refuse_erasure(wish.pk, "留着", by=hand, now=cast.now)
        assert Case.objects.get().words == WORDS

    def test_of_a_case_that_stands_for_others(self, cast, decider):
        own, other = taken(cast), taken(cast)
        by = cast.viewer(cast.secretary)
        services.merge_case(other.case.pk, own.case.pk, by=by, now=cast.now)
        wish = asked(cast, own)
        with pytest.raises(OthersWait):
            services.grant_erasure(wish.pk, by=decider, now=cast.now)
        assert Erasure.objects.get().waits and Case.objects.get(pk=own.case.pk).words

    def test_with_a_ground_that_the_reporter_reads(self, cast, decider):
        one = taken(cast)
        wish = asked(cast, one)
        with pytest.raises(WordsMissing):
            services.refuse_erasure(wish.pk, " ", by=decider, now=cast.now)
        services.refuse_erasure(wish.pk, "法院要求保全至案件审结", by=decider, now=cast.now)
        assert track(one.code).erasure.words == "法院要求保全至案件审结"
        with pytest.raises(DecidedAlready):
            services.grant_erasure(wish.pk, by=decider, now=cast.now)
        asked(cast, one)


class TestErased:
    def test_the_contact_alone_and_the_case_goes_on(self, cast, decider):
        one = taken(cast, contact=NUMBER, tells=True)
        wish = asked(cast, one, Scope.CONTACT)
        services.grant_erasure(wish.pk, by=decider, now=cast.now)
        case = Case.objects.get()
        assert not Reporter.objects.exists()
        assert (case.words, case.state) == (WORDS, State.RECEIVED)
        answered(cast, case)
        assert not case.tellings.exists()

    def test_everything_with_the_proof_and_an_open_case_ends(self, cast, decider):
        one = taken(cast, contact=NUMBER, place="3 号楼 501", files=[picture()])
        name = f"cases/{Photo.objects.get().pk}.jpg"
        services.note_case(one.case.pk, "已联系", by=cast.viewer(cast.secretary), now=cast.now)
        services.grant_erasure(asked(cast, one).pk, by=decider, now=cast.now)
        case = Case.objects.get()
        assert (case.words, case.place, case.state, case.end) == (
            "", "", State.CLOSED, End.WITHDRAWN,
        )  # fmt: skip
        assert not Photo.objects.exists() and not default_storage.exists(name)
        assert not Reporter.objects.exists() and not Step.objects.exclude(words="").exists()
        wish = Erasure.objects.get()
        assert (wish.state, wish.reason) == (Wish.ERASED, "")
        [fact] = Entry.objects.filter(verb="cases.erased_early")
        assert fact.verb in verbs()
        assert recount("cases.words", cast.now) == (1, fact.facts["proof"])
        assert track(one.code).erasure.act == "erased"

    def test_an_answered_case_keeps_how_it_ended(self, cast, decider):
        one = taken(cast)
        answered(cast, one.case)
        services.grant_erasure(asked(cast, one).pk, by=decider, now=cast.now)
        assert (Case.objects.get().state, Case.objects.get().end) == (State.CLOSED, End.DONE)

    def test_an_older_backup_does_not_bring_it_back(self, cast, decider):
        one = taken(cast, contact=NUMBER)
        services.grant_erasure(asked(cast, one).pk, by=decider, now=cast.now)
        again = taken(cast, contact=NUMBER)  # stands for what a backup brings back
        kept = [
            Note(row.kind, str(again.case.pk), row.at)
            for row in Forgotten.objects.filter(kind="cases.words")
        ]
        assert replay(kept).erased == 1
        assert Case.objects.get(pk=again.case.pk).words == "" and not Reporter.objects.exists()

    def test_who_may_decide_is_called_and_nobody_once_it_is_decided(self, cast, decider):
        wish = asked(cast, taken(cast))
        errand = Errand.objects.get(kind="cases.erasure")
        assert (errand.capability, errand.state) == ("cases.erase", "open")
        services.grant_erasure(wish.pk, by=decider, now=cast.now)
        assert Errand.objects.get(kind="cases.erasure").state == "done"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_asking_and_deciding(cast, client, language):
    one = taken(cast, contact=NUMBER)
    client.cookies["renwang_language"] = language
    page = client.get(f"/c/{one.code}/")
    assert f"/c/{one.code}/erase/" in page.content.decode()
    assert client.post(f"/c/{one.code}/erase/", {"scope": "all"}).status_code == 303
    desk, wish = as_(cast.operator, language), Erasure.objects.get()
    assert as_(cast.worker).get("/desk/erasures/").status_code == 403
    assert one.case.ref in desk.get("/desk/erasures/").content.decode()
    path = f"/desk/erasures/{wish.pk}/"
    assert desk.get(path).status_code == 200
    desk.post(f"{path}refuse/", {"ground": ""})
    assert Erasure.objects.get().waits
    desk.post(f"{path}refuse/", {"ground": "须保存至复查结束"})
    assert "须保存至复查结束" in client.get(f"/c/{one.code}/").content.decode()
    asking = as_(cast.secretary, language)
    said = {"erase-scope": "contact", "erase-reason": "来电要求"}
    assert asking.post(f"/desk/cases/{one.case.ref}/erase/", said).status_code == 303
    desk.post(f"/desk/erasures/{Erasure.objects.get(state='asked').pk}/grant/")
    assert not Reporter.objects.exists()
    for page in ("/desk/erasures/?state=erased", "/desk/erasures/?state=asked"):
        assert desk.get(page).status_code == 200
