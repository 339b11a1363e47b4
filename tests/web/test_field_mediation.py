"""Mediation in the field: who may not, nothing told in confidence on a page that is only looked at, a session kept, a room, a signature."""

from datetime import timedelta

import pytest
from django.utils import timezone

from renwang.base.models import Entry
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Session
from renwang.cases.mediation.rules import Point, Said
from tests.cases.mediation.conftest import NAME, OTHER_SECRET, SECRET, Desk
from tests.web.desk_pages import LANGUAGES, as_, cost

LIST = "/field/mediations/"


@pytest.fixture
def desk(cast, now):
    return Desk(cast, now)


def page(one):
    return f"{LIST}{one.ref}/"


def room(desk, number):
    return f"{page(desk.one)}rooms/{desk.parties[number].pk}/"


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("who", ["secretary", "operator", "worker", "stranger"])
def test_whoever_neither_mediates_nor_is_a_party_finds_nothing(cast, desk, who):
    desk.told()
    client = as_(getattr(cast, who))
    for address in (page(desk.one), room(desk, 0)):
        assert client.get(address).status_code == 404
    for address in (f"{page(desk.one)}agreement/", f"{page(desk.one)}do/held/",
                    f"{room(desk, 0)}open/", f"{room(desk, 0)}tell/"):  # fmt: skip
        assert client.post(address, {"what": "told"}).status_code == 404
    assert desk.one.ref not in client.get(LIST).content.decode()


def test_a_visitor_signs_in(client, desk):
    desk.told()
    for address in (LIST, page(desk.one), room(desk, 0)):
        assert client.get(address).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_that_are_looked_at_name_nobody_and_hold_no_word(desk, language):
    assert as_(desk.ma, language).get(LIST).status_code == 200
    desk.told()
    client = as_(desk.ma, language)
    for address in (LIST, page(desk.one), room(desk, 0)):
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200 and desk.one.ref in text
        assert NAME not in text and SECRET not in text and "13900000077" not in text
        assert cost(client, address) <= 12
    assert client.get(room(desk, 0))["Cache-Control"] == "no-store"


def test_the_first_page_leads_there_only_who_is_in_the_register(cast, desk):
    assert LIST in as_(desk.ma).get("/field/").content.decode()
    assert LIST not in as_(cast.worker).get("/field/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_room_opens_for_the_mediator_and_shows_one_party_only(desk, language):
    desk.told()
    client = as_(desk.ma, language)
    who = client.post(f"{room(desk, 0)}open/", {"what": "who"})
    assert NAME in who.content.decode() and "tel:13900000077" in who.content.decode()
    told = client.post(f"{room(desk, 0)}open/", {"what": "told"})
    assert SECRET in told.content.decode() and OTHER_SECRET not in told.content.decode()
    assert who["Cache-Control"] == told["Cache-Control"] == "no-store"
    verbs = list(Entry.objects.values_list("verb", flat=True))
    assert {"mediation.contact_read", "mediation.confidence_read"} <= set(verbs)


def test_a_party_reads_his_own_room_and_not_the_other(desk):
    desk.told()
    client = as_(desk.resident)
    assert SECRET in client.post(f"{room(desk, 0)}open/", {"what": "told"}).content.decode()
    assert client.get(room(desk, 1)).status_code == 404
    assert client.post(f"{room(desk, 1)}open/", {"what": "told"}).status_code == 404
    sent = {"kind": "offer", "words": "我自己写"}
    assert client.post(f"{room(desk, 0)}tell/", sent).status_code == 422
    named = client.post(f"{room(desk, 0)}open/", {"what": "who"}, follow=True)
    assert NAME not in named.content.decode()


def test_an_apprentice_sees_the_sessions_and_opens_no_room(desk):
    desk.told(apprentice=desk.learner, apprentice_attends=True)
    client = as_(desk.apprentice)
    shown = client.get(page(desk.one)).content.decode()
    assert "data-deed" not in shown and room(desk, 0) not in shown
    assert client.get(room(desk, 0)).status_code == 404
    refused = client.post(f"{page(desk.one)}do/cancel/", {"session": str(desk.session.pk)})
    desk.session.refresh_from_db()
    assert refused.status_code == 403 and desk.session.cancelled_at is None


def test_an_offer_is_kept_under_seal_and_wrong_words_are_not_lost(desk):
    desk.meeting()
    client, address = as_(desk.ma), f"{room(desk, 1)}tell/"
    wrong = client.post(address, {"kind": "", "words": "写了很久的话"})
    assert wrong.status_code == 422 and "写了很久的话" in wrong.content.decode()
    assert wrong["Cache-Control"] == "no-store"
    assert client.post(address, {"kind": "offer", "words": OTHER_SECRET}).status_code == 303
    kept = desk.one.confidences.get()
    assert (kept.kind, kept.party) == (Said.OFFER, desk.parties[1])
    assert OTHER_SECRET not in kept.sealed


def test_sessions_are_set_held_and_called_off_and_their_forms_wait_for_a_network(desk):
    desk.meeting()
    client = as_(desk.ma)
    assert client.get(page(desk.one)).content.decode().count("data-deed") >= 2
    early = client.post(f"{page(desk.one)}do/held/", {"session": str(desk.session.pk)}, follow=True)
    assert early.status_code == 200
    desk.session.refresh_from_db()
    assert desk.session.held_at is None
    start = local(desk.now + timedelta(days=5))
    sent = {"start_at": start, "minutes": "60", "station": str(desk.station.pk)}
    client.post(f"{page(desk.one)}do/session/", sent)
    second = Session.objects.exclude(pk=desk.session.pk).get()
    assert second.station == desk.station
    client.post(f"{page(desk.one)}do/cancel/", {"session": str(second.pk)})
    second.refresh_from_db()
    assert second.cancelled_at is not None
    Session.objects.filter(pk=desk.session.pk).update(start_at=desk.now - timedelta(hours=2))
    client.post(f"{page(desk.one)}do/held/", {"session": str(desk.session.pk)})
    desk.session.refresh_from_db()
    assert desk.session.held_at is not None


def test_nonsense_is_answered_and_does_nothing(desk):
    desk.meeting()
    client = as_(desk.ma)
    assert client.post(f"{page(desk.one)}do/nonsense/").status_code == 404
    assert (
        client.post(f"{page(desk.one)}do/held/", {"session": "x"}, follow=True).status_code == 200
    )
    other = {"session": "019a0000-0000-7000-8000-000000000000"}
    assert client.post(f"{page(desk.one)}do/held/", other).status_code == 404
    sent = {"start_at": "x", "minutes": "9"}
    assert client.post(f"{page(desk.one)}do/session/", sent, follow=True).status_code == 200
    assert Session.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agreement_is_shown_signed_and_asked_after(desk, language):
    desk.meeting()
    ma, now = desk.viewer(desk.ma), desk.now
    services.write_agreement(desk.one.pk, [Point("早八点前不施工", "甲方")], by=ma, now=now)
    client = as_(desk.ma, language)
    shown = client.post(f"{page(desk.one)}agreement/")
    assert "早八点前不施工" in shown.content.decode() and NAME in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    for side in desk.parties:
        client.post(f"{page(desk.one)}do/sign/", {"party": str(side.pk), "how": "paper"})
    assert desk.fresh().state == "agreed"
    desk.one.__class__.objects.update(follow_on=timezone.localdate(now))
    client.post(f"{page(desk.one)}do/follow/", {"kept": "yes"})
    assert desk.fresh().state == "followed"
    assert client.get(page(desk.one)).status_code == 200


def test_no_agreement_is_nothing_to_show(desk):
    desk.meeting()
    answer = as_(desk.ma).post(f"{page(desk.one)}agreement/", follow=True)
    assert answer.status_code == 200 and NAME not in answer.content.decode()
