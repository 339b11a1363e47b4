"""The field door: refusals first, then a warning carried on, doors knocked at, people rung."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from renwang.alerts import cap, services
from renwang.alerts.rules import Source
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.outreach.models import Call, Round
from renwang.outreach.sending import send_due
from renwang.outreach.services import withdraw_notice
from tests import make
from tests.alerts.conftest import warning


@pytest.fixture
def doors(cast):
    """Three doors that the contact household carries to."""
    building = make.building("1号楼", cast.group)
    return [
        make.household(building, number, cast.contact_household) for number in ("101", "102", "201")
    ]


@pytest.fixture
def calls(cast, doors, now):
    """A warning relayed to everybody at once: the call of each post, by its unit's path."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    taken = services.receive_alert(
        cap.write(warning(now, colour="Red")), Source.FILE, by="node:test", now=now
    )
    services.relay_alert(
        taken.pk, cast.street, by=cast.viewer(cast.officer), now=now, note="走南门"
    )
    return {call.path: call for call in Call.objects.all()}


def as_(person, language: str = "zh-hans") -> Client:
    """A browser in which a person has signed in."""
    client = Client()
    client.force_login(
        make.account(person, f"u{uuid4().hex[:8]}"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    client.cookies["renwang_language"] = language
    return client


class TestWhoMayNot:
    @pytest.mark.parametrize("path", ["", "ring/", "place/", "calls/1/", "live/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        response = Client().get(f"/field/{path}")
        assert response.status_code == 303
        assert response["Location"].startswith("/account/login/")

    def test_a_stranger_finds_no_call(self, cast, calls):
        call = calls[cast.grid.path]
        stranger = as_(cast.stranger)
        assert stranger.get(f"/field/calls/{call.pk}/").status_code == 404
        assert (
            stranger.post(f"/field/calls/{call.pk}/answer/", {"receipt": "carried"}).status_code
            == 404
        )
        call.refresh_from_db()
        assert call.carried_at is None
        assert as_(cast.worker).get(f"/field/calls/{call.pk}/").status_code == 200

    def test_who_only_looks_on_may_not_answer(self, cast, calls, now):
        looker = make.person("顾旁观", cast.street)
        make.grant(looker, "looker", cast.street)
        call = calls[cast.grid.path]
        as_(looker).post(f"/field/calls/{call.pk}/answer/", {"receipt": "carried"})
        call.refresh_from_db()
        assert call.understood_at is None

    def test_words_that_were_taken_back_are_not_carried_on(self, cast, calls, now):
        call = calls[cast.grid.path]
        withdraw_notice(call.notice, by=cast.viewer(cast.officer), now=now)
        response = as_(cast.worker).post(
            f"/field/calls/{call.pk}/answer/", {"receipt": "carried"}, follow=True
        )
        assert "收回" in response.content.decode() or "撤回" in response.content.decode()


class TestBadInput:
    @pytest.mark.parametrize(
        "body", [{}, {"receipt": "seen"}, {"receipt": "carried", "households": "-1"}]
    )
    def test_an_answer_that_is_none(self, cast, calls, body):
        call = calls[cast.grid.path]
        as_(cast.worker).post(f"/field/calls/{call.pk}/answer/", body)
        call.refresh_from_db()
        assert call.understood_at is None

    @pytest.mark.parametrize(
        "body", [{}, {"id": "1", "kind": "knock"}, {"id": str(uuid4()), "kind": "drum"}]
    )
    def test_a_round_that_is_none(self, cast, calls, body):
        as_(cast.head).post(f"/field/calls/{calls[cast.contact_household.path].pk}/round/", body)
        assert not Round.objects.exists()


class TestCarryingOn:
    def test_listing_is_delivered_opening_is_read_and_neither_is_an_answer(self, cast, calls):
        call, worker = calls[cast.grid.path], as_(cast.worker)
        assert call.notice.title in worker.get("/field/").content.decode()
        call.refresh_from_db()
        assert (call.delivered_at is not None, call.read_at) == (True, None)
        worker.get(f"/field/calls/{call.pk}/")
        call.refresh_from_db()
        assert (call.read_at is not None, call.understood_at, call.state) == (True, None, "asking")

    def test_the_words_stand_apart_from_the_note(self, cast, calls):
        page = as_(cast.worker).get(f"/field/calls/{calls[cast.grid.path].pk}/").content.decode()
        sheet = page[page.index("warning-sheet") : page.index("</article>")]
        assert "低洼地带人员立即转移。" in sheet
        assert "走南门" not in sheet and "走南门" in page

    def test_understood_then_carried_on(self, cast, calls):
        call, worker = calls[cast.grid.path], as_(cast.worker)
        worker.post(f"/field/calls/{call.pk}/answer/", {"receipt": "understood"})
        worker.post(f"/field/calls/{call.pk}/answer/", {"receipt": "carried"})
        call.refresh_from_db()
        assert (call.state, call.answered_by) == ("carried", cast.worker.pk)
        assert call.notice.title not in worker.get("/field/").content.decode().split("<main")[1]

    def test_part_of_the_households_told_is_counted_as_part(self, cast, calls):
        call = calls[cast.contact_household.path]
        as_(cast.head).post(
            f"/field/calls/{call.pk}/answer/", {"receipt": "carried", "households": "2"}
        )
        call.refresh_from_db()
        assert (call.covered, call.households) == (2, 3)


class TestFromDoorToDoor:
    def knock(self, client, call, page, door, answered):
        form = next(part for part in page.split("<form")[1:] if str(door.pk) in part)
        made = re.search(r'name="id" value="([^"]+)"', form)[1]
        body = {"id": made, "kind": "knock", "household": str(door.pk), "answered": answered}
        client.post(f"/field/calls/{call.pk}/round/", body)
        client.post(f"/field/calls/{call.pk}/round/", body)  # pressed twice

    def test_every_door_counts_once_and_the_last_one_completes(self, cast, calls, doors):
        call, head = calls[cast.contact_household.path], as_(cast.head)
        for door, answered in (
            (doors[0], "no"),
            (doors[0], "yes"),
            (doors[1], "yes"),
            (doors[2], "yes"),
        ):
            page = head.get(f"/field/calls/{call.pk}/").content.decode()
            self.knock(head, call, page, door, answered)
        call.refresh_from_db()
        assert Round.objects.count() == 4
        assert (call.covered, call.state) == (3, "carried")

    def test_who_may_not_see_homes_gets_no_doors(self, cast, calls, now):
        other = make.person("别家人", cast.contact_household)
        make.grant(other, "looker", cast.contact_household)
        page = (
            as_(other)
            .get(f"/field/calls/{calls[cast.contact_household.path].pk}/")
            .content.decode()
        )
        assert "101" not in page

    def test_a_gong_round_has_a_witness(self, cast, calls):
        call = calls[cast.contact_household.path]
        as_(cast.head).post(
            f"/field/calls/{call.pk}/round/",
            {
                "id": str(uuid4()),
                "kind": "gong",
                "households": "3",
                "witness": "两位邻居",
                "answered": "yes",
            },
        )
        made = Round.objects.get()
        assert (made.witness, made.households) == ("两位邻居", 3)


class TestRinging:
    def test_who_has_no_smartphone_stands_with_his_number_for_the_post_above(
        self, cast, calls, now
    ):
        send_due(now, lambda: now)
        worker = as_(cast.worker)
        page = worker.get("/field/ring/").content.decode()
        assert 'href="tel:13900000002"' in page
        call = calls[cast.group.path]
        worker.post(f"/field/calls/{call.pk}/answer/", {"receipt": "understood"})
        call.refresh_from_db()
        assert call.answered_via == "phone"
        assert cast.leader.name not in worker.get("/field/ring/").content.decode()


class TestPages:
    @pytest.mark.parametrize("language, word", [("zh-hans", "待传达"), ("en", "To carry on")])
    def test_both_languages(self, cast, calls, language, word):
        client = as_(cast.worker, language)
        assert word in client.get("/field/").content.decode()
        for path in ("ring/", "place/", f"calls/{calls[cast.grid.path].pk}/"):
            assert client.get(f"/field/{path}").status_code == 200

    def test_nothing_to_do_says_so(self, cast):
        assert "没有待传达" in as_(cast.worker).get("/field/").content.decode()

    def test_the_live_part_answers_304_until_something_happened(self, cast, calls, now):
        seal_all()
        worker = as_(cast.worker)
        seq = re.search(r'data-seq="(\d+)"', worker.get("/field/").content.decode())[1]
        seal_all()
        first = worker.get("/field/live/", {"since": seq})
        assert worker.get("/field/live/", {"since": first["X-Seq"]}).status_code == 304
        worker.post(f"/field/calls/{calls[cast.grid.path].pk}/answer/", {"receipt": "understood"})
        seal_all()
        assert worker.get("/field/live/", {"since": first["X-Seq"]}).status_code == 200

    def test_statements_are_few(self, cast, calls, django_assert_max_num_queries):
        head = as_(cast.head)
        head.get(f"/field/calls/{calls[cast.contact_household.path].pk}/")
        with django_assert_max_num_queries(15):
            head.get(f"/field/calls/{calls[cast.contact_household.path].pk}/")


def test_everybody_chooses_the_language_of_his_messages_and_nothing_else_of_himself(cast, now):
    from renwang.chain.reach import NotInReach
    from renwang.chain.services.people import change_person

    with pytest.raises(NotInReach):
        change_person(person=cast.head, by=cast.viewer(cast.head), now=now, name="另一个名字")
    as_(cast.head).post("/language/", {"language": "en", "next": "/field/"})
    cast.head.refresh_from_db()
    assert cast.head.language == "en"
