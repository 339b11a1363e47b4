"""What waits for somebody, on the desk and on the telephone: listed worst first, one click to do it, counted."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.alerts.services import approve_draft, submit_draft
from renwang.base.followers import follow_all
from renwang.base.sealing import seal_all
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Call, Errand
from renwang.outreach.sending import send_due
from renwang.outreach.services import call_errands
from renwang.outreach.services.rollcalls import end_rollcall, start_rollcall
from renwang.signals import services as signals
from renwang.signals.rules import Source
from tests import make
from tests.alerts.composing import advice
from tests.web.desk_pages import LANGUAGES, as_, cost, received, relayed

HOUR = timedelta(hours=1)


def settle(now):
    call_errands(now)
    send_due(now, lambda: now)
    seal_all()


@pytest.fixture
def referral(cast, now):
    """A question from the community to the sub-district, whose duty officer was told."""
    rebuild_routes()
    secretary = cast.viewer(cast.secretary)
    made = [
        signals.receive_signal(
            signals.Report(Source.RESIDENT, words, now), cast.grid, by=secretary, now=now
        )
        for words in ("井盖没了", "3号楼前井盖不见了")
    ]
    matter = signals.link_signals([one.pk for one in made], by=secretary, now=now)
    found = signals.refer_matter(matter.pk, "由谁处置？", term=HOUR / 2, by=secretary, now=now)
    settle(now)
    return found


@pytest.fixture
def draft(cast, now):
    """Advice that waits for a second person."""
    make.contact(cast.operator, "app", "o")
    rebuild_routes()
    made = advice(cast, now)
    submit_draft(made.pk, by=cast.viewer(cast.officer), now=now)
    settle(now)
    return made


def errand_of(subject) -> Errand:
    return Errand.objects.get(subject_id=subject.pk)


class TestWhoMayNot:
    def test_see_it_without_signing_in(self, referral):
        path = f"/desk/waits/{errand_of(referral).pk}/"
        assert Client().get(path)["Location"].startswith("/account/login/")
        assert Client().post(f"{path}take/")["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("who", ["stranger", "worker", "secretary"])
    def test_open_or_take_what_does_not_wait_for_him(self, cast, referral, who):
        client = as_(getattr(cast, who))
        path = f"/desk/waits/{errand_of(referral).pk}/"
        assert client.get(path).status_code == 404
        assert client.post(f"{path}take/").status_code == 404
        assert referral.ref not in client.get("/desk/").content.decode()

    def test_approve_his_own_draft_is_never_offered(self, cast, draft):
        path = f"/desk/waits/{errand_of(draft).pk}/"
        assert as_(cast.officer).get(path).status_code == 404
        assert path not in as_(cast.officer).get("/desk/").content.decode()
        assert as_(cast.operator).get(path).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_owed_answer_stands_on_the_first_page_with_one_click_to_give_it(
    cast, referral, language
):
    client = as_(cast.officer, language)
    page = client.get("/desk/").content.decode()
    path = f"/desk/waits/{errand_of(referral).pk}/"
    assert path in page
    assert f"{path}take/" in page
    assert client.get(path)["Location"] == f"/desk/referrals/{referral.ref}/"


def test_a_draft_stands_on_the_second_persons_page_and_leads_there(cast, draft):
    client = as_(cast.operator)
    path = f"/desk/waits/{errand_of(draft).pk}/"
    assert path in client.get("/desk/").content.decode()
    assert client.get(path)["Location"] == f"/desk/drafts/{draft.pk}/"


def test_the_gravest_stands_first_and_then_the_soonest_due(cast, now, referral, draft):
    alert = received(now, colour="Red")
    page = as_(cast.operator).get("/desk/").content.decode()
    places = [
        page.index(f"/desk/alerts/{alert.pk}/"),
        page.index(f"/desk/waits/{errand_of(referral).pk}/"),
        page.index(f"/desk/waits/{errand_of(draft).pk}/"),
    ]
    assert places == sorted(places)


def test_saying_that_he_sees_to_it_relieves_the_others(cast, referral):
    client = as_(cast.officer)
    path = f"/desk/waits/{errand_of(referral).pk}/"
    assert client.post(f"{path}take/")["Location"] == "/desk/"
    page = client.get("/desk/").content.decode()
    assert f"{path}take/" not in page
    assert cast.officer.name in page
    assert Call.objects.get(notice=errand_of(referral).notice_id).understood_at is not None


def test_what_is_done_is_gone_and_says_so(cast, now, draft):
    client = as_(cast.operator)
    approve_draft(draft.pk, by=cast.viewer(cast.operator), now=now)
    path = f"/desk/waits/{errand_of(draft).pk}/"
    assert path not in client.get("/desk/").content.decode()
    for answer in (client.get(path), client.post(f"{path}take/")):
        assert answer["Location"] == "/desk/"


def test_the_navigation_counts_it(cast, referral, draft):
    page = as_(cast.operator).get("/desk/units/").content.decode()
    overview = page[page.index('data-go="h"') :]
    assert ">2<" in overview[: overview.index("</li>")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_waits(cast, language):
    page = as_(cast.secretary, language).get("/desk/").content.decode()
    assert {"zh-hans": "没有待办事项", "en": "Nothing waits for you"}[language] in page


def test_what_happened_last_comes_when_one_looks(cast, referral):
    client = as_(cast.officer)
    assert "井盖" in client.get("/desk/facts/").content.decode()
    assert as_(cast.worker).get("/desk/facts/").status_code == 200


def test_statements_are_few(cast, now, referral, draft):
    relayed(cast, now)
    assert cost(as_(cast.officer), "/desk/") <= 15
    assert cost(as_(cast.operator), "/desk/") <= 15


class TestOnTheTelephone:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_stands_above_the_warnings_and_counts_as_delivered(self, cast, referral, language):
        page = as_(cast.officer, language).get("/field/").content.decode()
        assert f"/desk/waits/{errand_of(referral).pk}/" in page
        call = Call.objects.get(notice=errand_of(referral).notice_id)
        assert call.delivered_at is not None
        assert call.read_at is None

    def test_one_thumb_says_that_he_sees_to_it(self, cast, referral):
        client = as_(cast.officer)
        errand = errand_of(referral)
        assert f"/field/waits/{errand.pk}/" in client.get("/field/").content.decode()
        assert client.post(f"/field/waits/{errand.pk}/")["Location"] == "/field/"
        assert Call.objects.get(notice=errand.notice_id).answered_via == "app"

    def test_nobody_else_may(self, cast, referral):
        errand = errand_of(referral)
        assert as_(cast.stranger).post(f"/field/waits/{errand.pk}/").status_code == 403
        assert f"/field/waits/{errand.pk}/" not in as_(cast.worker).get("/field/").content.decode()

    def test_the_tab_counts_it(self, cast, referral):
        page = as_(cast.officer).get("/field/report/").content.decode()
        assert ">1<" in page


def test_contacts_to_mend_lead_to_those_that_did_not_work_below_the_place(cast, now):
    rebuild_routes()
    by = cast.viewer(cast.officer)
    made = start_rollcall(cast.street, window=HOUR, by=by, now=now)
    end_rollcall(made, by=by, now=now)
    seal_all()
    while follow_all(now):
        pass
    errand = Errand.objects.get(path=cast.community.path)
    answer = as_(cast.secretary).get(f"/desk/waits/{errand.pk}/")
    assert answer["Location"] == f"/desk/reachable/?which=failed&under={cast.community.ref}"
    page = as_(cast.secretary).get(answer["Location"]).content.decode()
    assert cast.worker.name in page
