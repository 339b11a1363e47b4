"""Roll-calls and who can be reached, from the desk and the field: refusals first."""

from datetime import timedelta

import pytest

from renwang.chain.models import Contact
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Call, RollCall, RollCallPlan
from renwang.outreach.services.rollcalls import start_rollcall
from tests.web.desk_pages import LANGUAGES, as_, cost

LIST, REACHABLE = "/desk/rollcalls/", "/desk/reachable/"


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


@pytest.fixture
def rollcall(cast, now) -> RollCall:
    """A roll-call under way in the cast's sub-district."""
    return start_rollcall(
        cast.street, window=timedelta(hours=1), by=cast.viewer(cast.officer), now=now
    )


def wish(cast, **changes) -> dict:
    """A roll-call as a duty officer enters it."""
    return {"unit": cast.street.ref, "window": "3600", "reason": "台风将至", **changes}


def line(rollcall: RollCall, who, kind: str) -> Call:
    return Call.objects.get(notice=rollcall.notice_id, person_id=who.pk, channel=kind)


class TestWhoMayNot:
    def test_a_visitor_is_led_to_sign_in(self, client, rollcall):
        for path in (LIST, REACHABLE, f"{LIST}start/", f"{LIST}{rollcall.pk}/"):
            assert client.get(path).status_code == 303

    def test_only_who_may_hold_one_starts_and_ends_it(self, cast, rollcall):
        client = as_(cast.worker)
        assert client.get(f"{LIST}start/").status_code == 403
        assert client.post(f"{LIST}start/", wish(cast)).status_code == 403
        assert client.post(f"{LIST}{rollcall.pk}/end/").status_code == 403
        assert RollCall.objects.count() == 1

    def test_a_stranger_sees_neither_it_nor_anybody_in_it(self, cast, rollcall):
        client = as_(cast.stranger)
        assert client.get(f"{LIST}{rollcall.pk}/").status_code == 404
        assert client.get(f"{LIST}{rollcall.pk}/live/").status_code == 404
        call = line(rollcall, cast.leader, "phone")
        assert client.post(f"{LIST}{rollcall.pk}/lines/{call.pk}/").status_code == 404
        for path in (LIST, REACHABLE, f"{REACHABLE}?format=csv"):
            assert "楼长青" not in client.get(path).content.decode()

    def test_nobody_gives_a_sign_for_somebody_else(self, cast, rollcall):
        call = line(rollcall, cast.secretary, "app")
        assert as_(cast.worker).post(f"/field/signs/{call.pk}/").status_code == 404
        call.refresh_from_db()
        assert call.carried_at is None


class TestHolding:
    def test_one_button_asks_everybody(self, cast):
        answer = as_(cast.officer).post(f"{LIST}start/", wish(cast))
        made = RollCall.objects.get()
        assert (answer.status_code, answer["Location"]) == (303, f"{LIST}{made.pk}/")
        assert (made.contacts, made.reason) == (7, "台风将至")

    @pytest.mark.parametrize("change", [{"unit": "U0"}, {"window": "1"}, {"window": "x"}])
    def test_what_cannot_be_held(self, cast, change):
        assert as_(cast.officer).post(f"{LIST}start/", wish(cast, **change)).status_code == 422
        assert not RollCall.objects.exists()

    def test_a_second_one_is_refused_with_the_place_by_name(self, cast, rollcall):
        answer = as_(cast.officer).post(f"{LIST}start/", wish(cast))
        assert answer.status_code == 422
        assert "青石街道" in answer.content.decode()

    def test_a_rhythm_is_set_and_stopped(self, cast):
        client = as_(cast.officer)
        form = {"unit": cast.street.ref, "every_days": "7", "at": "10:00", "window": "3600"}
        assert client.post(f"{LIST}plan/", form).status_code == 303
        plan = RollCallPlan.objects.get()
        assert "青石街道" in client.get(LIST).content.decode()
        assert as_(cast.stranger).post(f"{LIST}plans/{plan.pk}/stop/").status_code == 404
        assert client.post(f"{LIST}plans/{plan.pk}/stop/").status_code == 303
        assert not RollCallPlan.objects.get().is_active

    def test_a_telephone_answer_is_noted_and_the_roll_call_ended(self, cast, rollcall):
        client = as_(cast.officer)
        call = line(rollcall, cast.leader, "phone")
        assert client.post(f"{LIST}{rollcall.pk}/lines/{call.pk}/").status_code == 303
        call.refresh_from_db()
        assert (call.state, call.answered_via) == ("carried", "phone")
        assert client.post(f"{LIST}{rollcall.pk}/end/").status_code == 303
        rollcall.notice.refresh_from_db()
        assert rollcall.notice.state == "finished"


class TestSeeing:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, rollcall, language):
        client = as_(cast.officer, language)
        pages = [LIST, f"{LIST}start/", f"{LIST}plan/", f"{LIST}{rollcall.pk}/", REACHABLE]
        pages += [f"{LIST}{rollcall.pk}/?which={one}" for one in ("silent", "hand", "answered")]
        pages += [f"{REACHABLE}?which={one}" for one in ("nobody", "failed", "stale", "never")]
        for path in pages:
            assert client.get(path).status_code == 200

    def test_the_lists_take_the_same_few_statements(self, cast, rollcall):
        client = as_(cast.officer)
        for path in (LIST, f"{LIST}{rollcall.pk}/", REACHABLE):
            assert cost(client, path) <= 6

    def test_the_live_part_is_silent_until_somebody_answers(self, cast, rollcall):
        client = as_(cast.officer)
        live = f"{LIST}{rollcall.pk}/live/"
        mark = client.get(live)["ETag"]
        assert client.get(live, headers={"If-None-Match": mark}).status_code == 304
        client.post(f"{LIST}{rollcall.pk}/lines/{line(rollcall, cast.leader, 'phone').pk}/")
        assert client.get(live, headers={"If-None-Match": mark}).status_code == 200

    def test_who_cannot_be_reached_stands_there_with_who_mends_it(self, cast, now):
        Contact.objects.filter(person=cast.head).update(failed_at=now)
        page = as_(cast.officer).get(f"{REACHABLE}?which=nobody").content.decode()
        assert "钟心兰" in page
        assert "楼长青" in page
        assert "王格平" not in page

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_files_carry_no_number_and_no_address(self, cast, rollcall, kind):
        client = as_(cast.officer)
        for path in (f"{LIST}{rollcall.pk}/", REACHABLE, LIST):
            answer = client.get(f"{path}?format={kind}")
            assert answer.status_code == 200
            assert b"13900000002" not in answer.content

    def test_in_the_field_each_contact_is_answered_by_itself(self, cast, rollcall):
        client = as_(cast.secretary)
        assert "13900000001" in client.get("/field/").content.decode()
        assert (
            client.post(f"/field/signs/{line(rollcall, cast.secretary, 'sms').pk}/").status_code
            == 303
        )
        assert line(rollcall, cast.secretary, "sms").answered_via == "sms"
        assert line(rollcall, cast.secretary, "app").carried_at is None
