"""Warnings at the desk: refusals first, then the list, bringing one in, its page, relaying it."""

import io
from datetime import timedelta

import pytest
from django.test import Client

from renwang.alerts import cap
from renwang.alerts.models import Alert, AlertUnit, Relay
from renwang.alerts.rules import AlertState
from renwang.outreach.models import Notice
from tests.web.desk_pages import LANGUAGES, as_, cost, message, received, relayed


def relay_form(cast, **changes) -> dict:
    """What the officer sends to relay a warning."""
    return {
        "unit": str(cast.street.pk), "note": "请走南门", "order": "together",
        "contact_for": "180", "person_for": "600", "carry_for": "1200", **changes,
    }  # fmt: skip


class TestWhoMayNot:
    @pytest.mark.parametrize("path", ["", "receive/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        answer = Client().get(f"/desk/alerts/{path}")
        assert answer["Location"].startswith("/account/login/?next=")

    def test_a_stranger_sees_neither_the_page_nor_the_row(self, cast, now):
        alert = received(now)
        client = as_(cast.stranger)
        assert client.get(f"/desk/alerts/{alert.pk}/").status_code == 404
        assert str(alert) not in client.get("/desk/alerts/").content.decode()
        assert as_(cast.officer).get(f"/desk/alerts/{alert.pk}/").status_code == 200

    def test_only_who_may_bring_warnings_in_does(self, cast, now):
        body = {"text": message(now).decode()}
        assert as_(cast.worker).post("/desk/alerts/receive/", body).status_code == 403
        assert not Alert.objects.exists()

    def test_a_grid_worker_relays_nothing(self, cast, now):
        alert = received(now)
        answer = as_(cast.worker).post(f"/desk/alerts/{alert.pk}/relay/", relay_form(cast))
        assert answer.status_code == 403
        assert not Relay.objects.exists()

    def test_nobody_relays_from_a_place_that_is_not_his(self, cast, now):
        alert = received(now)
        body = relay_form(cast)
        answer = as_(cast.secretary).post(f"/desk/alerts/{alert.pk}/relay/", body)
        assert answer.status_code == 422
        assert not Relay.objects.exists()


class TestTheList:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_empty_says_what_to_do(self, cast, language):
        page = as_(cast.officer, language).get("/desk/alerts/").content.decode()
        assert "/desk/alerts/receive/" in page

    @pytest.mark.parametrize(
        "query", ["?q=暴雨", "?colour=orange", "?state=received", "?source=file"]
    )
    def test_filters_find_and_pass_by(self, cast, now, query):
        alert = received(now)
        client = as_(cast.officer)
        assert str(alert) in client.get(f"/desk/alerts/{query}").content.decode()
        other = client.get("/desk/alerts/?q=台风&colour=red&state=cancelled").content.decode()
        assert str(alert) not in other

    @pytest.mark.parametrize("query", ["?sort=nonsense", "?after=forged", "?colour=pink&drills=9"])
    def test_a_strange_address_is_answered(self, cast, now, query):
        received(now)
        assert as_(cast.officer).get(f"/desk/alerts/{query}").status_code == 200

    def test_it_can_be_taken_away(self, cast, now):
        alert = received(now)
        text = as_(cast.officer).get("/desk/alerts/?format=csv").content.decode("utf-8-sig")
        assert alert.identifier in text

    def test_statements_do_not_grow(self, cast, now):
        relayed(cast, now)
        client = as_(cast.officer)
        few = cost(client, "/desk/alerts/")
        for number in range(5):
            received(now, identifier=f"{number}0010541600000_20260715093000")
        assert cost(client, "/desk/alerts/") == few <= 8


class TestBringingIn:
    def test_a_pasted_warning_is_taken_once(self, cast, now):
        client, body = as_(cast.officer), {"text": message(now).decode()}
        first = client.post("/desk/alerts/receive/", body)
        second = client.post("/desk/alerts/receive/", body)
        assert first["Location"] == second["Location"]
        assert Alert.objects.count() == 1

    def test_a_file_is_taken(self, cast, now):
        file = io.BytesIO(message(now))
        file.name = "warning.xml"
        answer = as_(cast.officer).post("/desk/alerts/receive/", {"file": file})
        assert answer.status_code == 303
        assert bytes(Alert.objects.get().original) == message(now)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_refusal_names_element_and_line(self, cast, now, language):
        broken = message(now).decode().replace("<urgency>Immediate", "<urgency>Soon")
        answer = as_(cast.officer, language).post("/desk/alerts/receive/", {"text": broken})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "urgency" in page
        assert "Soon" in page
        assert not Alert.objects.exists()

    @pytest.mark.parametrize(
        "body", [{}, {"text": "x", "url": "https://example.org/"}, {"text": "x"}]
    )
    def test_nothing_useful_was_given(self, cast, body):
        answer = as_(cast.officer).post("/desk/alerts/receive/", body)
        assert answer.status_code == 422

    def test_an_address_inside_is_not_asked(self, cast):
        body = {"url": "http://127.0.0.1:9/cap.xml"}
        answer = as_(cast.officer).post("/desk/alerts/receive/", body)
        assert answer.status_code == 422
        assert not Alert.objects.exists()


class TestThePage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_shows_the_words_as_signed(self, cast, now, language):
        alert = received(now)
        page = as_(cast.officer, language).get(f"/desk/alerts/{alert.pk}/").content.decode()
        assert "预计未来3小时降雨量将达50毫米以上。" in page
        assert "低洼地带人员立即转移。" in page
        assert cast.street.name in page

    def test_the_original_is_given_byte_by_byte(self, cast, now):
        alert = received(now)
        answer = as_(cast.officer).get(f"/desk/alerts/{alert.pk}/original/")
        assert answer.content == message(now)

    def test_unknown_codes_are_marked(self, cast, now):
        alert = received(now, codes=("990105001", "123456"))
        page = as_(cast.officer).get(f"/desk/alerts/{alert.pk}/").content.decode()
        assert "123456" in page
        assert "choose" in page

    def test_a_thread_stands_on_one_page(self, cast, now):
        first = received(now)
        said = cap.read(bytes(first.original)).alert
        later = received(
            now,
            identifier="99010541600000_20260715103000",
            msg_type=cap.MsgType.UPDATE,
            refers_to=(said.as_reference,),
            headline="柳湾区气象台升级为暴雨红色预警",
        )
        page = as_(cast.officer).get(f"/desk/alerts/{later.pk}/").content.decode()
        assert str(first) in page
        assert str(later) in page

    def test_it_is_put_aside_with_a_reason(self, cast, now):
        alert, client = received(now), as_(cast.officer)
        client.post(f"/desk/alerts/{alert.pk}/dismiss/", {"reason": ""})
        assert Alert.objects.get().state == AlertState.RECEIVED
        client.post(f"/desk/alerts/{alert.pk}/dismiss/", {"reason": "与本地无关"})
        assert Alert.objects.get().state == AlertState.DISMISSED

    def test_a_person_says_where_it_applies(self, cast, now):
        alert = received(now, codes=("123456",))
        client = as_(cast.operator)
        body = {"unit": cast.community.ref}
        answer = client.post(f"/desk/alerts/{alert.pk}/choose/", body)
        assert answer.status_code == 303
        assert AlertUnit.objects.get().path == cast.community.path

    def test_a_unit_out_of_reach_cannot_be_chosen(self, cast, now):
        alert = received(now, codes=("990105001", "123456"))
        body = {"unit": cast.strangers_street.ref}
        answer = as_(cast.officer).post(f"/desk/alerts/{alert.pk}/choose/", body)
        assert answer.status_code == 422
        assert not AlertUnit.objects.filter(path=cast.strangers_street.path).exists()


class TestRelaying:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_says_before_whom_it_reaches(self, cast, now, language):
        alert = received(now)
        page = as_(cast.officer, language).get(f"/desk/alerts/{alert.pk}/relay/").content.decode()
        assert ">5<" in page  # posts
        assert ">12<" in page  # households

    def test_it_goes_down_with_note_and_own_terms(self, cast, now):
        alert = received(now)
        body = relay_form(cast, order="cascade", contact_for="60", person_for="90")
        answer = as_(cast.officer).post(f"/desk/alerts/{alert.pk}/relay/", body)
        relay = Relay.objects.get()
        assert answer["Location"] == f"/desk/relays/{relay.pk}/"
        notice = Notice.objects.get()
        assert (notice.note, notice.order, notice.contact_for) == ("请走南门", "cascade", 60)
        assert "预计未来3小时降雨量将达50毫米以上。" in notice.words

    @pytest.mark.parametrize(
        "change", [{"contact_for": "5"}, {"person_for": "60"}, {"note": "长" * 301}, {"order": ""}]
    )
    def test_terms_nobody_can_keep(self, cast, now, change):
        alert = received(now)
        answer = as_(cast.officer).post(
            f"/desk/alerts/{alert.pk}/relay/", relay_form(cast, **change)
        )
        assert answer.status_code == 422
        assert not Relay.objects.exists()

    def test_a_second_relay_is_refused_with_a_sentence(self, cast, now):
        relay = relayed(cast, now)
        path = f"/desk/alerts/{relay.alert_id}/relay/"
        answer = as_(cast.officer).post(path, relay_form(cast), follow=True)
        assert answer.status_code == 200
        assert "toast-bad" in answer.content.decode()
        assert Relay.objects.count() == 1

    def test_an_expired_one_is_refused_with_a_sentence(self, cast, now):
        alert = received(now, expires=timedelta(minutes=-5))
        answer = as_(cast.officer).post(
            f"/desk/alerts/{alert.pk}/relay/", relay_form(cast), follow=True
        )
        assert "toast-bad" in answer.content.decode()
        assert not Relay.objects.exists()
