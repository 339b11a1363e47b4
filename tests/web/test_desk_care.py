"""The care list at the desk: refusals first, then entering with consent, opening the seal, being forgotten."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from renwang.base.models import Entry
from renwang.registers.care import finding, services
from renwang.registers.care.models import CareEntry, Opening, Pairing, Visit
from renwang.registers.care.services.pairing import pair_helper
from tests import make
from tests.registers.care.listed import SECRETS, content, door, entered, entry, keeper, opener
from tests.web.desk_pages import LANGUAGES, as_, cost


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


def entry_form(cast, **changes) -> dict:
    """What a keeper sends who enters somebody."""
    house = door(cast)
    return {
        "building": str(house.building.pk), "door": house.door, "name": "钱奶奶",
        "needs": ["oxygen", "stairs"], "telephone": "13911112222", "warn": "敲两下再喊",
        "leave": "背下楼", "stay": "氧气瓶在床边", "other0": "钱家儿子", "tie0": "儿子",
        "ring0": "13933334444", "how": "signed", "given_on": "2026-07-15", "until_on": "2027-07-14",
        **changes,
    }  # fmt: skip


class TestWhoMayNot:
    def test_a_visitor_is_led_to_signing_in(self, db):
        for address in (
            "/desk/care/",
            "/desk/care/enter/",
            "/desk/care/openings/",
            "/field/doors/",
        ):
            assert Client().get(address)["Location"].startswith("/account/login/?next=")

    def test_stranger_operator_and_neighbour_helper_see_nothing_and_do_nothing(self, cast):
        made, by = entry(cast), keeper(cast)
        pair_helper(entry(cast).pk, cast.leader, by=by, now=cast.now)
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        address = f"/desk/care/{made.pk}/"
        deeds = (
            "open/", "change/", "slip/", "pair/", "consent/", "visit/", "act/withdraw/", "act/confirm/",
        )  # fmt: skip
        for who in (cast.stranger, cast.operator, cast.leader, cast.worker, cast.officer):
            client = as_(who)
            assert client.get(address).status_code == 404
            assert client.get(f"/field/doors/{made.pk}/").status_code == 404
            assert client.post(f"/field/doors/{made.pk}/open/").status_code == 404
            assert made.ref not in client.get("/desk/care/").content.decode()
            for deed in deeds:
                assert client.post(address + deed).status_code in (403, 404), (who.name, deed)
        assert CareEntry.objects.count() == 2
        assert not Entry.objects.filter(verb="care.seen").exists()
        assert as_(cast.secretary).get(address).status_code == 200

    def test_the_list_shows_doors_and_no_page_shows_a_secret_unasked(self, cast):
        made = entry(cast)
        keeper(cast)
        client = as_(cast.secretary)
        for address in ("/desk/care/", f"/desk/care/{made.pk}/", "/desk/care/openings/"):
            text = client.get(address).content.decode()
            assert [one for one in SECRETS if one in text] == []
        assert made.household.door in client.get("/desk/care/").content.decode()

    def test_there_is_no_file_of_it(self, cast):
        entry(cast)
        keeper(cast)
        answer = as_(cast.secretary).get("/desk/care/?format=csv")
        assert answer["Content-Type"].startswith("text/html")
        assert "download>" not in answer.content.decode()

    def test_what_is_under_seal_is_not_searched(self, cast):
        made = entry(cast)
        keeper(cast)
        client = as_(cast.secretary)
        assert made.ref not in client.get("/desk/care/?q=钱奶奶").content.decode()
        assert made.ref in client.get("/desk/care/?q=1号楼").content.decode()


class TestEntering:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_entered_with_consent_and_the_slip_is_shown_once(self, cast, language):
        keeper(cast)
        client = as_(cast.secretary, language)
        assert client.get("/desk/care/enter/").status_code == 200
        answer = client.post("/desk/care/enter/", entry_form(cast))
        code = re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", answer.content.decode())[0]
        assert answer["Cache-Control"] == "no-store"
        made = CareEntry.objects.get()
        assert finding.entry_by_code(code) == made
        page = client.get(f"/desk/care/{made.pk}/").content.decode()
        assert code not in page

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"door": "没有"}, "没有这扇门"),
            ({"needs": []}, ""),
            ({"until_on": "2030-01-01"}, "最长一年"),
            ({"given_on": "2026-08-01"}, "还没有到"),
            ({"building": "x"}, ""),
            ({"name": ""}, ""),
        ],
    )
    def test_bad_input_is_answered(self, cast, changes, sentence):
        keeper(cast)
        answer = as_(cast.secretary).post("/desk/care/enter/", entry_form(cast, **changes))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not CareEntry.objects.exists()


class TestTheSeal:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_opened_it_shows_all_is_recorded_and_not_kept_by_the_browser(self, cast, language):
        made = entry(cast)
        keeper(cast)
        answer = as_(cast.secretary, language).post(f"/desk/care/{made.pk}/open/")
        text = answer.content.decode()
        assert [one for one in SECRETS if one not in text] == []
        assert answer["Cache-Control"] == "no-store"
        assert Entry.objects.filter(verb="care.seen", subject_id=str(made.pk)).count() == 1

    def test_a_lost_key_is_a_sentence(self, cast, settings, tmp_path):
        made = entry(cast)
        keeper(cast)
        settings.RENWANG_CARE_KEYS = str(tmp_path / "elsewhere")
        answer = as_(cast.secretary).post(f"/desk/care/{made.pk}/open/", follow=True)
        assert answer.status_code == 200
        assert "密钥" in answer.content.decode()

    def test_changed_from_the_version_that_was_opened(self, cast):
        made = entry(cast)
        keeper(cast)
        client = as_(cast.secretary)
        body = {"name": "钱奶奶", "needs": ["hearing"], "version": 1}
        assert client.post(f"/desk/care/{made.pk}/change/", body).status_code == 303
        assert client.post(f"/desk/care/{made.pk}/change/", body).status_code == 422
        look = services.look_into(made.pk, by=keeper(cast), now=cast.now)
        assert look.content.needs == ("hearing",)

    def test_in_an_emergency(self, cast):
        made = entry(cast)
        opener(cast)
        client = as_(cast.officer)
        body = {"unit": cast.community.ref, "reason": "楼里起火", "until_at": "2026-07-15T12:00"}
        assert client.post("/desk/care/openings/", body | {"reason": ""}).status_code == 422
        late = {"until_at": "2026-07-17T12:00"}
        assert client.post("/desk/care/openings/", body | late).status_code == 422
        assert client.post("/desk/care/openings/", body).status_code == 303
        assert "钱奶奶" in client.post(f"/desk/care/{made.pk}/open/").content.decode()
        opening = Opening.objects.get()
        keeper(cast)
        assert "楼里起火" in as_(cast.secretary).get("/desk/care/openings/").content.decode()
        assert (
            as_(cast.secretary).post(f"/desk/care/openings/{opening.pk}/close/").status_code == 303
        )
        assert client.get(f"/desk/care/{made.pk}/").status_code == 404


class TestPairingAndVisits:
    def test_paired_by_a_press_on_the_nearest(self, cast):
        made = entry(cast)
        keeper(cast)
        client, address = as_(cast.secretary), f"/desk/care/{made.pk}/"
        text = client.get(address).content.decode()
        assert text.index("钟心兰") < text.index("王格平")  # the contact household before the grid
        body = {"person": str(cast.head.pk), "rank": "0"}
        assert client.post(f"{address}pair/", body).status_code == 303
        assert client.post(f"{address}pair/", body | {"rank": "1"}).status_code == 422
        assert Pairing.objects.get().person == cast.head
        client.post(f"{address}act/unpair-helper/")
        assert not Pairing.objects.exists()

    def test_visited_twice_with_one_press_is_one_visit(self, cast):
        made = entry(cast)
        keeper(cast)
        client, address = as_(cast.secretary), f"/desk/care/{made.pk}/"
        page = client.get(address).content.decode()
        key = re.search(r'name="id" value="([^"]+)"', page)[1]
        body = {"id": key, "outcome": "needs", "want": "药没了"}
        for _ in range(2):
            assert client.post(f"{address}visit/", body).status_code == 303
        assert Visit.objects.count() == 1
        assert "药没了" in client.post(f"{address}open/").content.decode()
        client.post(f"{address}act/settle/")
        made.refresh_from_db()
        assert (made.wants_at, made.want) == (None, "")
        assert client.post(f"{address}visit/", {"id": "x", "outcome": "y"}).status_code == 404


class TestAnotherDoor:
    def test_neither_a_helper_nor_a_stranger_nor_a_keeper_of_another_place(self, cast):
        made = entry(cast)
        pair_helper(made.pk, cast.leader, by=keeper(cast), now=cast.now)
        address = f"/desk/care/{made.pk}/move/"
        for who in (cast.stranger, cast.operator, cast.leader):
            assert as_(who).get(address).status_code == 403
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        assert as_(cast.stranger).get(address).status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_door_off_the_books_is_left_for_one_that_is_on_them(self, cast, language):
        made, other = entry(cast), door(cast)
        keeper(cast)
        made.household.delete()
        client, address = as_(cast.secretary, language), f"/desk/care/{made.pk}/move/"
        page = client.get(f"/desk/care/{made.pk}/").content.decode()
        assert address in page
        assert client.get(address).status_code == 200
        body = {"building": str(other.building_id), "door": "9999"}
        assert client.post(address, body).status_code == 422
        assert client.post(address, body | {"door": other.door}).status_code == 303
        made.refresh_from_db()
        assert made.household == other
        assert Entry.objects.filter(verb="care.moved").count() == 1


class TestBeingForgotten:
    def test_one_press(self, cast):
        made = entry(cast)
        keeper(cast)
        client = as_(cast.secretary)
        answer = client.post(f"/desk/care/{made.pk}/act/withdraw/", follow=True)
        assert "已经忘记" in answer.content.decode()
        assert client.get(f"/desk/care/{made.pk}/").status_code == 404
        assert not CareEntry.objects.exists()


class TestCosts:
    def test_few_statements(self, cast):
        for _ in range(3):
            made = entry(cast)
            pair_helper(made.pk, cast.leader, by=keeper(cast), now=cast.now)
        client = as_(cast.secretary)
        assert cost(client, "/desk/care/") <= 6 + 4
        assert cost(client, f"/desk/care/{made.pk}/") <= 15

    def test_late_visits_stand_at_the_top_of_the_desk_when_they_have_climbed(self, cast):
        made = entry(cast)
        keeper(cast)
        client = as_(cast.secretary)
        assert "care/?state=late" not in client.get("/desk/").content.decode()
        CareEntry.objects.filter(pk=made.pk).update(
            rung=3, visit_on=cast.now.date() - timedelta(days=8)
        )
        assert "care/?state=late" in client.get("/desk/").content.decode()
        assert made.ref in client.get("/desk/care/?state=late").content.decode()


def test_the_person_is_in_no_address(cast):
    made = entered(cast)
    assert made.code not in f"/desk/care/{made.entry.pk}/"
    assert content().name not in str(made.entry)
