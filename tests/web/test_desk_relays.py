"""The alert board: refusals first, then figures, the missing, the tree, answers and rounds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.outreach.models import Call, Notice, Round, Stall
from renwang.outreach.rules import CallState, NoticeState
from renwang.outreach.words import describe_stall
from tests.web.desk_pages import LANGUAGES, as_, cost, relayed

PAGES = ("", "missing/", "story/", "sheet/", "live/", "units.json", "coverage/?format=csv")


@pytest.fixture
def relay(cast, now):
    """An orange warning under way in the whole sub-district, everybody asked at once."""
    return relayed(cast, now)


def call_at(relay, unit) -> Call:
    """The call to a unit's post, as it is now."""
    return Call.objects.get(notice=relay.notice_id, path=unit.path)


def address(relay, rest: str = "") -> str:
    """An address of the relay's pages."""
    return f"/desk/relays/{relay.pk}/{rest}"


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, relay):
        answer = Client().get(address(relay))
        assert answer.status_code == 303
        assert answer["Location"].startswith("/account/login/")

    def test_a_live_part_of_a_visitor_is_not_a_page(self, relay):
        answer = Client().get(address(relay, "live/?since=1"))
        assert answer.status_code == 401

    @pytest.mark.parametrize("page", PAGES)
    def test_a_stranger_finds_nothing(self, cast, relay, page):
        assert as_(cast.stranger).get(address(relay, page)).status_code == 404
        assert as_(cast.officer).get(address(relay, page)).status_code == 200

    def test_a_stranger_notes_no_answer(self, cast, relay):
        call = call_at(relay, cast.grid)
        body = {"receipt": "carried", "via": "phone"}
        path = address(relay, f"calls/{call.pk}/answer/")
        assert as_(cast.stranger).post(path, body).status_code == 404
        assert call_at(relay, cast.grid).carried_at is None
        assert as_(cast.officer).post(path, body).status_code == 303
        assert call_at(relay, cast.grid).carried_at is not None

    def test_who_answers_below_cannot_withdraw(self, cast, relay):
        answer = as_(cast.secretary).post(address(relay, "withdraw/"), {"reason": "误发"})
        assert answer.status_code == 403
        assert Notice.objects.get(pk=relay.notice_id).state == NoticeState.STARTED

    def test_a_secretary_watches_his_own_branch_only(self, cast, relay):
        client = as_(cast.secretary)
        page = client.get(address(relay)).content.decode()
        assert cast.grid.name in page
        assert (
            client.get(address(relay, f"calls/{call_at(relay, cast.street).pk}/")).status_code
            == 404
        )
        assert (
            client.get(address(relay, f"calls/{call_at(relay, cast.grid).pk}/")).status_code == 200
        )

    def test_telephone_numbers_are_for_who_may_see_people(self, cast, relay, make_looker):
        number = "13900000002"
        assert number in as_(cast.officer).get(address(relay)).content.decode()
        assert number not in as_(make_looker).get(address(relay)).content.decode()


@pytest.fixture
def make_looker(cast):
    """Somebody who may see warnings and nothing of people."""
    from tests import make

    looker = make.person("顾旁观", cast.street)
    make.grant(looker, "looker", cast.street)
    return looker


class TestTheBoard:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("page", PAGES)
    def test_every_page_speaks_both_languages(self, cast, relay, page, language):
        assert as_(cast.officer, language).get(address(relay, page)).status_code == 200

    def test_it_names_the_missing_and_what_comes_next(self, cast, relay):
        page = as_(cast.officer).get(address(relay)).content.decode()
        assert cast.worker.name in page
        assert "tel:13900000002" in page
        assert "走南门" in page

    def test_a_unit_unfolds_by_the_address(self, cast, relay):
        client = as_(cast.officer)
        folded = client.get(address(relay)).content.decode()
        top, community = call_at(relay, cast.street), call_at(relay, cast.community)
        unfolded = client.get(address(relay, f"?open={community.pk}")).content.decode()
        row = f'id="toggle-{call_at(relay, cast.grid).pk}"'
        assert row not in folded
        assert row in unfolded
        assert client.get(address(relay, f"?open=x.{top.pk}.99999")).status_code == 200

    def test_nothing_new_is_304_and_a_receipt_is_not(self, cast, relay):
        client = as_(cast.officer)
        first = client.get(address(relay, "live/"))
        again = client.get(
            address(relay, f"live/?since={first['X-Seq']}"),
            headers={"If-None-Match": first["ETag"]},
        )
        assert again.status_code == 304
        call = call_at(relay, cast.grid)
        body = {"receipt": "understood", "via": "phone"}
        client.post(address(relay, f"calls/{call.pk}/answer/"), body)
        seal_all()
        fresh = client.get(
            address(relay, f"live/?since={first['X-Seq']}"),
            headers={"If-None-Match": first["ETag"]},
        )
        assert fresh.status_code == 200
        assert int(fresh["X-Seq"]) > int(first["X-Seq"])

    def test_the_map_has_the_coverage_of_each_unit(self, cast, relay):
        square = '{"type":"Polygon","coordinates":[[[106.5,29.5],[106.6,29.5],[106.6,29.6],[106.5,29.5]]]}'
        type(cast.grid).objects.filter(pk=cast.grid.pk).update(boundary=square)
        features = as_(cast.officer).get(address(relay, "units.json")).json()["features"]
        assert [one["properties"]["name"] for one in features] == [cast.grid.name]
        assert features[0]["geometry"]["type"] == "Polygon"

    def test_the_missing_can_be_taken_away(self, cast, relay):
        client = as_(cast.officer)
        text = client.get(address(relay, "missing/?format=csv")).content.decode("utf-8-sig")
        assert cast.leader.name in text
        assert "13900000002" in text
        book = client.get(address(relay, "coverage/?format=xlsx"))
        assert book.content.startswith(b"PK")

    @pytest.mark.parametrize("page", ["", "live/", "missing/", "story/", "sheet/"])
    def test_statements_are_few(self, cast, relay, page):
        assert cost(as_(cast.officer), address(relay, page)) <= 16

    def test_more_posts_need_no_more_statements(self, cast, relay):
        client = as_(cast.officer)
        few = cost(client, address(relay))
        call = call_at(relay, cast.contact_household)
        for number in range(30):
            call.pk = None
            call.post_id, call.path = uuid4(), f"{cast.group.path}x{number}/"
            call.save(force_insert=True)
        assert cost(client, address(relay)) == few


class TestNotingAnswers:
    @pytest.mark.parametrize(
        "body", [{}, {"receipt": "read", "via": "phone"}, {"receipt": "carried", "via": "drum"}]
    )
    def test_an_answer_that_is_none(self, cast, relay, body):
        call = call_at(relay, cast.group)
        answer = as_(cast.officer).post(address(relay, f"calls/{call.pk}/answer/"), body)
        assert answer.status_code == 422
        assert call_at(relay, cast.group).understood_at is None

    def test_somebody_was_rung_and_has_carried_it_on(self, cast, relay):
        call = call_at(relay, cast.contact_household)
        body = {"receipt": "carried", "via": "phone", "households": "7"}
        answer = as_(cast.officer).post(address(relay, f"calls/{call.pk}/answer/"), body)
        assert answer.status_code == 303
        after = call_at(relay, cast.contact_household)
        assert (after.state, after.covered, after.answered_via) == (CallState.CARRIED, 7, "phone")

    def test_a_loudspeaker_round_is_a_receipt_once(self, cast, relay):
        call = call_at(relay, cast.contact_household)
        body = {
            "round-round_id": str(uuid4()),
            "round-kind": "loudspeaker",
            "round-households": "9",
            "round-answered": "on",
            "round-witness": "门卫",
        }
        client, path = as_(cast.officer), address(relay, f"calls/{call.pk}/round/")
        assert client.post(path, body).status_code == 303
        assert client.post(path, body).status_code == 303
        assert Round.objects.get().witness == "门卫"
        assert call_at(relay, cast.contact_household).covered == 9

    @pytest.mark.parametrize(
        "change", [{"round-round_id": "1"}, {"round-kind": "drum"}, {"round-households": "-3"}]
    )
    def test_a_round_that_is_none(self, cast, relay, change):
        call = call_at(relay, cast.contact_household)
        body = {
            "round-round_id": str(uuid4()), "round-kind": "gong", "round-households": "9", **change
        }  # fmt: skip
        answer = as_(cast.officer).post(address(relay, f"calls/{call.pk}/round/"), body)
        assert answer.status_code == 422
        assert not Round.objects.exists()


class TestWithdrawing:
    def test_a_reason_is_needed(self, cast, relay):
        as_(cast.officer).post(address(relay, "withdraw/"), {"reason": ""})
        assert Notice.objects.get(pk=relay.notice_id).state == NoticeState.STARTED

    def test_nobody_is_asked_any_more_and_the_reason_is_kept(self, cast, relay):
        as_(cast.officer).post(address(relay, "withdraw/"), {"reason": "误发"})
        assert Notice.objects.get(pk=relay.notice_id).state == NoticeState.WITHDRAWN
        assert "误发" in Entry.objects.get(verb="outreach.withdrawn").body

    def test_words_taken_back_take_no_answer(self, cast, relay):
        client, call = as_(cast.officer), call_at(relay, cast.group)
        client.post(address(relay, "withdraw/"), {"reason": "误发"})
        body = {"receipt": "carried", "via": "phone"}
        answer = client.post(address(relay, f"calls/{call.pk}/answer/"), body, follow=True)
        assert answer.status_code == 200
        assert call_at(relay, cast.group).carried_at is None


class TestACallSheet:
    """When electronics are dead the sheet is printed, filled in by hand, and typed in afterwards."""

    def typed(self, relay, unit, **changes) -> dict:
        pk = call_at(relay, unit).pk
        said = {"said": "carried", "at": "2026-07-15T09:20", **changes}
        return {f"{name}-{pk}": value for name, value in said.items()}

    @pytest.fixture
    def relay(self, cast, now):
        """A warning whose relay began half an hour before it is looked at."""
        return relayed(cast, now - timedelta(minutes=30))

    def test_a_stranger_types_nothing_in(self, cast, relay):
        path = address(relay, "sheet/enter/")
        assert as_(cast.stranger).post(path, self.typed(relay, cast.grid)).status_code == 404
        assert call_at(relay, cast.grid).carried_at is None

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_its_lines_bear_the_numbers_of_the_paper(self, cast, relay, language):
        client = as_(cast.officer, language)
        number = str(call_at(relay, cast.grid).pk)
        assert number in client.get(address(relay, "sheet/")).content.decode()
        assert number in client.get(address(relay, "sheet/enter/")).content.decode()

    @pytest.mark.parametrize("change", [{"at": ""}, {"at": "x"}, {"at": "2036-01-01T00:00"}])
    def test_one_wrong_line_lets_nothing_in(self, cast, relay, change):
        body = self.typed(relay, cast.grid, **change) | self.typed(relay, cast.community)
        answer = as_(cast.officer).post(address(relay, "sheet/enter/"), body)
        assert answer.status_code == 422
        assert "09:20" in answer.content.decode()
        assert call_at(relay, cast.community).carried_at is None

    def test_answers_keep_the_time_of_the_paper_and_count_once(self, cast, relay):
        body = self.typed(relay, cast.grid) | self.typed(relay, cast.contact_household, told="7")
        for _ in range(2):
            assert as_(cast.officer).post(address(relay, "sheet/enter/"), body).status_code == 303
        grid, house = call_at(relay, cast.grid), call_at(relay, cast.contact_household)
        assert grid.carried_at.isoformat() == "2026-07-15T01:20:00+00:00"
        assert (grid.answered_via, house.covered) == ("phone", 7)
        assert call_at(relay, cast.community).carried_at is None


class TestWhatTheAuditorFound:
    @pytest.fixture
    def stalled(self, relay, now):
        notice = Notice.objects.get(pk=relay.notice_id)
        return Stall.objects.create(
            id=uuid4(), kind="overdue", notice=notice, number=4, first_at=now, seen_at=now
        )

    @pytest.mark.parametrize("page", ["", "live/"])
    def test_the_board_says_what_does_not_go_on(self, cast, relay, stalled, page):
        shown = as_(cast.officer).get(address(relay, page)).content.decode()
        with translation.override("zh-hans"):
            assert describe_stall("overdue", 4) in shown

    def test_so_does_the_first_page_but_not_to_a_stranger(self, cast, relay, stalled):
        with translation.override("zh-hans"):
            words = describe_stall("overdue", 4)
        assert words in as_(cast.officer).get("/desk/").content.decode()
        assert words not in as_(cast.stranger).get("/desk/").content.decode()

    def test_when_it_goes_on_nothing_is_said(self, cast, relay, stalled, now):
        Stall.objects.update(ended_at=now)
        with translation.override("zh-hans"):
            words = describe_stall("overdue", 4)
        assert words not in as_(cast.officer).get(address(relay)).content.decode()

    def test_whoever_rests_is_shown_as_such(self, cast, relay, now):
        Call.objects.filter(notice_id=relay.notice_id, path=cast.grid.path).update(
            state="asking", quiet_until=now, due_at=now, channel=""
        )
        shown = as_(cast.officer).get(address(relay, "missing/")).content.decode()
        assert "免打扰时段" in shown
