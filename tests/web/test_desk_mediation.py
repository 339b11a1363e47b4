"""Mediation on the desk: who sees what, the way from being asked for to being signed, what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation, Mediator, Session, Station
from renwang.cases.mediation.paper import can_draw
from renwang.cases.mediation.rules import How, Point, Said
from tests.cases.conftest import brought
from tests.cases.mediation.conftest import NAME, SECRET, Desk
from tests.web.desk_pages import LANGUAGES, as_, cost

PAGES = ("", "calendar/", "calendar/?span=month", "register/", "figures/")


@pytest.fixture
def desk(cast, now):
    return Desk(cast, now)


def page(one):
    return f"/desk/mediations/{one.ref}/"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_there_empty_and_full_and_cheap(cast, desk, language, address):
    client = as_(cast.secretary, language)
    assert client.get(f"/desk/mediations/{address}").status_code == 200
    desk.told()
    answer = client.get(f"/desk/mediations/{address}")
    assert answer.status_code == 200 and NAME not in answer.content.decode()
    assert cost(client, f"/desk/mediations/{address}") <= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_story_names_nobody_and_holds_no_word_told_in_confidence(cast, desk, language):
    desk.told()
    for who in (cast.secretary, desk.ma, desk.resident):
        answer = as_(who, language).get(page(desk.one))
        text = answer.content.decode()
        assert answer.status_code == 200 and NAME not in text and SECRET not in text
    assert as_(cast.stranger).get(page(desk.one)).status_code == 404
    assert as_(cast.worker).get(page(desk.one)).status_code == 404


@pytest.mark.parametrize("who", ["secretary", "operator", "officer"])
def test_confidence_is_refused_to_posts_beside_the_mediator_who_reads(cast, desk, who):
    desk.told()
    address = f"{page(desk.one)}confidences/"
    refused = as_(getattr(cast, who)).post(address, follow=True)
    assert SECRET not in refused.content.decode()
    read = as_(desk.ma).post(address)
    assert read.status_code == 200 and SECRET in read.content.decode()
    assert read["Cache-Control"] == "no-store"


def test_an_export_holds_no_name_and_no_word(cast, desk):
    desk.told()
    answer = as_(cast.secretary).get("/desk/mediations/?format=csv")
    text = b"".join(answer).decode()
    assert desk.one.ref in text
    for word in (NAME, SECRET, desk.ma.name, "13900000077"):
        assert word not in text


def test_from_being_asked_for_to_a_session_through_the_pages(cast, desk):
    client = as_(cast.secretary)
    case = brought(cast)
    assert case.ref in client.get(f"/desk/mediations/ask/?case={case.ref}").content.decode()
    sent = {"quarrel": "noise", "about": "楼上装修", "unit": cast.community.ref}
    client.post(f"/desk/mediations/ask/?case={case.ref}", sent)
    one = Mediation.objects.get()
    assert one.case == case and one.ref in client.get(f"/desk/cases/{case.ref}/").content.decode()
    for name in ("赵某", "钱某"):
        client.post(f"{page(one)}do/party/", {"party-name": name, "party-contact": "139"})
    for party in one.parties.all():
        sent = {"consent-party": str(party.pk), "consent-how": "paper"}
        client.post(f"{page(one)}do/consent/", sent)
    client.post(f"{page(one)}do/name/", {"name-mediator": str(desk.master.pk)})
    one.refresh_from_db()
    assert one.mediator == desk.master
    start = timezone.localtime(desk.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    sent = {"session-start_at": start, "session-minutes": "60", "session-station": ""}
    client.post(f"{page(one)}do/session/", sent)
    assert Session.objects.get().mediation == one
    opened = client.post(f"{page(one)}parties/{one.parties.get(number=1).pk}/")
    assert "赵某" in opened.content.decode()
    wrong = client.post(f"{page(one)}do/consent/", {}, follow=True)
    assert wrong.status_code == 200
    assert client.post(f"{page(one)}do/nonsense/").status_code == 404


def test_the_mediator_tells_writes_and_signs_through_the_pages(desk):
    desk.meeting()
    client = as_(desk.ma)
    party = str(desk.parties[0].pk)
    sent = {"tell-party": party, "tell-kind": "offer", "tell-words": SECRET}
    client.post(f"{page(desk.one)}do/tell/", sent)
    assert desk.one.confidences.get().kind == Said.OFFER
    client.post(f"{page(desk.one)}do/write/", {"write-what_1": "修墙", "write-who_1": "甲"})
    for side in desk.parties:
        sent = {"sign-party": str(side.pk), "sign-how": "paper"}
        client.post(f"{page(desk.one)}do/sign/", sent)
    assert desk.fresh().state == "agreed"
    assert client.post(f"{page(desk.one)}do/fail/", follow=True).status_code == 200
    assert desk.fresh().state == "agreed"


def test_a_party_takes_his_consent_back_with_one_press(desk):
    desk.named()
    client = as_(desk.resident)
    assert "withdraw-party" in client.get(page(desk.one)).content.decode()
    client.post(f"{page(desk.one)}do/withdraw/", {"withdraw-party": str(desk.parties[0].pk)})
    assert desk.fresh().end == "withdrawn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agreement_opens_as_a_page_and_as_a_pdf(cast, desk, language):
    desk.meeting()
    ma, now = desk.viewer(desk.ma), desk.now
    tricky = '修墙 #panic("x") $ \\ * _ "甲"'
    services.write_agreement(desk.one.pk, [Point(tricky, "甲方", now.date())], by=ma, now=now)
    services.sign_agreement(desk.parties[0].pk, How.PAPER, by=ma, now=now)
    client, address = as_(desk.ma, language), f"{page(desk.one)}agreement/"
    assert NAME in client.post(address).content.decode()
    assert NAME not in as_(cast.secretary).post(address, follow=True).content.decode()
    assert can_draw()
    drawn = client.post(address, {"form": "pdf"})
    assert drawn["Content-Type"] == "application/pdf" and drawn.content.startswith(b"%PDF")


def test_the_calendar_file_is_the_viewers_own_and_names_nobody(cast, desk):
    desk.meeting()
    mine = as_(desk.ma).get("/desk/mediations/sessions.ics").content.decode()
    assert "BEGIN:VEVENT" in mine and desk.one.ref in mine and NAME not in mine
    assert (
        "BEGIN:VEVENT"
        not in as_(cast.secretary).get("/desk/mediations/sessions.ics").content.decode()
    )


def test_the_register_is_kept_through_the_pages(cast, desk):
    client = as_(cast.secretary)
    sent = {"name": "柳溪调解室", "unit": cast.community.ref, "place": "", "hours": "周三"}
    client.post("/desk/mediations/stations/add/", sent)
    station = Station.objects.get(name="柳溪调解室")
    sent = {"person": str(cast.worker.pk), "unit": cast.community.ref, "skills": ["noise"]}
    client.post("/desk/mediations/register/add/", sent | {"stations": [str(station.pk)]})
    made = Mediator.objects.get(person=cast.worker)
    address = f"/desk/mediations/register/{made.pk}/"
    assert client.get(address).status_code == 200
    client.post(address, {"skills": ["family"], "master": str(desk.master.pk)})
    made.refresh_from_db()
    assert made.skills == ["family"] and made.master == desk.master
    client.post(f"{address}end/")
    made.refresh_from_db()
    assert made.ended_on is not None
    assert as_(cast.worker).get("/desk/mediations/register/").status_code == 403
    assert (
        as_(cast.stranger).post(f"/desk/mediations/register/{desk.master.pk}/end/").status_code
        == 404
    )
