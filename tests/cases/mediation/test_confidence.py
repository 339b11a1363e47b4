"""What is told in confidence is for the mediator it was told to and for whose it is: everybody else is refused, and each look is a fact."""

import pytest
from django.apps import apps

from renwang.base.models import Entry
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation
from renwang.cases.mediation.rules import (
    EnteredHimself,
    NamedHimself,
    NotNow,
    NotTheMediator,
    Said,
)
from renwang.cases.mediation.services import Practice, Side
from renwang.chain import reach
from tests import make
from tests.cases.mediation.conftest import NAME, OTHER_SECRET, SECRET

WHO = ("secretary", "deputy", "operator", "officer", "worker", "head", "stranger")


@pytest.mark.parametrize("who", WHO)
def test_the_mediator_reads_and_nobody_with_a_post_does(desk, cast, now, who):
    desk.told()
    with pytest.raises(NotTheMediator):
        services.read_confidences(desk.one.pk, by=cast.viewer(getattr(cast, who)), now=now)
    read = services.read_confidences(desk.one.pk, by=desk.viewer(desk.ma), now=now)
    assert [one.words for one in read] == [SECRET, OTHER_SECRET]


def test_the_node_itself_reads_nothing(desk, now):
    desk.told()
    with pytest.raises(NotTheMediator):
        services.read_confidences(desk.one.pk, by="node:import", now=now)


def test_a_key_that_acts_for_the_mediator_reads_nothing(desk, cast, now):
    desk.told()
    key = reach.viewer_of(desk.ma, now, scopes=reach.CAPABILITIES)
    with pytest.raises(NotTheMediator):
        services.read_confidences(desk.one.pk, by=key, now=now)


def test_a_party_reads_his_own_side_only(desk, now):
    desk.told()
    read = services.read_confidences(desk.one.pk, by=desk.viewer(desk.resident), now=now)
    assert [one.words for one in read] == [SECRET]


def test_an_apprentice_reads_only_where_both_parties_let_him(desk, now):
    desk.told(apprentice=desk.learner, apprentice_attends=True)
    with pytest.raises(NotTheMediator):
        services.read_confidences(desk.one.pk, by=desk.viewer(desk.apprentice), now=now)
    desk.one.parties.update(apprentice_reads=True)
    assert services.read_confidences(desk.one.pk, by=desk.viewer(desk.apprentice), now=now)


def test_each_look_is_a_fact_without_a_word_of_it(desk, now):
    desk.told()
    services.read_confidences(desk.one.pk, by=desk.viewer(desk.ma), now=now)
    services.read_confidences(desk.one.pk, by=desk.viewer(desk.resident), now=now)
    looks = Entry.objects.filter(verb="mediation.confidence_read")
    assert looks.count() == 2
    services.read_party(desk.parties[0].pk, by=desk.viewer(desk.ma), now=now)
    for entry in Entry.objects.all():
        assert not any(word in entry.body for word in (SECRET, OTHER_SECRET, NAME, "1390000007"))


def test_no_row_of_the_database_holds_a_word_of_it(desk):
    desk.told()
    stored = ""
    for model in apps.get_app_config("mediation").get_models():
        stored += str(list(model.objects.values_list()))
    for word in (SECRET, OTHER_SECRET, NAME, "13900000077"):
        assert word not in stored


def test_another_mediator_does_not_read_what_the_first_was_told(desk, cast, now):
    desk.told()
    li = make.person("李调解", cast.street)
    other = services.enter_mediator(li, cast.community, Practice(), by=desk.secretary, now=now)
    services.name_mediator(desk.one.pk, other, by=desk.secretary, now=now)
    assert services.read_confidences(desk.one.pk, by=desk.viewer(li), now=now) == []
    with pytest.raises(NotTheMediator):
        services.read_confidences(desk.one.pk, by=desk.viewer(desk.ma), now=now)


def test_only_the_mediator_writes_what_he_was_told(desk, now):
    desk.meeting()
    for by in (desk.secretary, desk.operator, desk.viewer(desk.resident)):
        with pytest.raises(NotTheMediator):
            services.note_confidence(desk.parties[0].pk, Said.OFFER, "八百", by=by, now=now)


def test_nobody_names_himself(desk, cast, now):
    desk.consented()
    own = services.enter_mediator(
        cast.secretary, cast.community, Practice(), by=desk.secretary, now=now
    )
    with pytest.raises(NamedHimself):
        services.name_mediator(desk.one.pk, own, by=desk.secretary, now=now)


def test_nobody_enters_himself_as_a_party(desk, cast, now):
    desk.asked()
    with pytest.raises(EnteredHimself):
        side = Side("我", person=cast.secretary)
        services.add_party(desk.one.pk, side, by=desk.secretary, now=now)


def test_who_the_parties_are_is_opened_by_who_keeps_it_and_only_while_it_goes_on(desk, cast, now):
    desk.named()
    with pytest.raises(reach.NotInReach):
        services.read_party(desk.parties[0].pk, by=cast.viewer(cast.stranger), now=now)
    known = services.read_party(desk.parties[0].pk, by=desk.secretary, now=now)
    assert known.name == NAME and NAME not in repr(known)
    services.withdraw_party(desk.parties[0].pk, by=desk.secretary, now=now)
    with pytest.raises(NotNow):
        services.read_party(desk.parties[0].pk, by=desk.secretary, now=now)


@pytest.mark.parametrize("who", ["secretary", "operator", "officer", "stranger"])
def test_the_agreement_is_for_the_parties_and_the_mediator(desk, cast, now, who):
    desk.agreed()
    with pytest.raises(NotTheMediator):
        services.read_agreement(desk.one.pk, by=cast.viewer(getattr(cast, who)), now=now)
    for by in (desk.viewer(desk.ma), desk.viewer(desk.resident)):
        opened = services.read_agreement(desk.one.pk, by=by, now=now)
        assert opened.points[0].who == "甲方" and opened.signers[0].name == NAME
    assert Entry.objects.filter(verb="mediation.agreement_read").count() == 2


def test_words_go_a_year_after_the_end_and_the_figure_stays(desk, now):
    desk.told()
    services.fail_mediation(desk.one.pk, by=desk.viewer(desk.ma), now=now)
    one = Mediation.objects.get()
    assert services.erase_words(one.erase_at.replace(year=one.erase_at.year - 1)) == 0
    assert services.erase_words(one.erase_at) == 1
    one.refresh_from_db()
    assert (one.about, one.quarrel, one.end) == ("", "noise", "not_settled")
    assert not one.confidences.exists()
    assert set(one.parties.values_list("sealed_name", "sealed_contact", "person")) == {
        ("", "", None)
    }
    assert services.erase_words(one.ended_at.replace(year=2040)) == 0
