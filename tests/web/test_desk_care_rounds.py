"""Paper and check rounds at the desk, and the door of one in the field."""

import pytest

from renwang.registers.care.models import CheckRound, Paper, RoundDoor
from renwang.registers.care.services.pairing import pair_helper
from tests.registers.care.listed import SECRETS, entry, keeper, opener
from tests.response.test_check_rounds import started
from tests.web.desk_pages import LANGUAGES, as_, cost


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


class TestWhoMayNot:
    def test_strangers_see_no_round_and_no_paper(self, cast):
        entry(cast)
        made = started(cast)
        for who in (cast.stranger, cast.operator, cast.worker):
            client = as_(who)
            assert made.ref not in client.get("/desk/care/rounds/").content.decode()
            for deed in ("", "order/", "send/", "note/"):
                address = f"/desk/care/rounds/{made.pk}/{deed}"
                answer = client.post(address) if deed else client.get(address)
                assert answer.status_code == 404, deed
            assert client.get("/desk/care/papers/").status_code == 403


class TestPaper:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_printed_shown_once_and_accounted_for(self, cast, language):
        entry(cast)
        keeper(cast)
        client = as_(cast.secretary, language)
        assert client.get("/desk/care/papers/").status_code == 200
        body = {
            "unit": cast.community.ref, "holder": str(cast.worker.pk), "until_at": "2026-07-16T12:00",
        }  # fmt: skip
        assert (
            client.post("/desk/care/papers/", body | {"until_at": "2027-01-01T00:00"}).status_code
            == 422
        )
        answer = client.post("/desk/care/papers/", body)
        assert [one for one in SECRETS if one not in answer.content.decode()] == []
        assert answer["Cache-Control"] == "no-store"
        paper = Paper.objects.get()
        page = client.get("/desk/care/papers/").content.decode()
        assert paper.ref in page
        assert [one for one in SECRETS if one in page] == []
        address = f"/desk/care/papers/{paper.pk}/"
        assert client.post(address, {"do": "burn"}).status_code == 404
        assert client.post(address, {"do": "destroy"}).status_code == 303
        client.post(address, {"do": "return"})
        paper.refresh_from_db()
        assert paper.state == "destroyed"


class TestRounds:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_in_order_and_the_reasons_only_when_asked(self, cast, language):
        entry(cast, "oxygen")
        made = started(cast)
        opener(cast)
        client = as_(cast.officer, language)
        address = f"/desk/care/rounds/{made.pk}/"
        reason = {"zh-hans": "在家吸氧", "en": "Oxygen at home"}[language]
        assert reason not in client.get(address).content.decode()
        assert reason in client.post(f"{address}order/").content.decode()

    def test_send_note_and_count(self, cast):
        entry(cast)
        made = started(cast)
        one = made.doors.get()
        opener(cast)
        client, address = as_(cast.officer), f"/desk/care/rounds/{made.pk}/"
        assert client.post(f"{address}send/", {"door": one.pk}).status_code == 422
        body = {"door": [one.pk, "x", 10**30], "person": str(cast.worker.pk)}
        assert client.post(f"{address}send/", body).status_code == 303
        assert RoundDoor.objects.get().person == cast.worker
        assert client.post(f"{address}note/", {"note": f"{one.pk}:x"}).status_code == 404
        assert client.post(f"{address}note/", {"note": f"{one.pk}:clinic"}).status_code == 303
        assert RoundDoor.objects.get().outcome == "clinic"

    def test_few_statements(self, cast):
        for _ in range(3):
            entry(cast)
        made = started(cast)
        opener(cast)
        client = as_(cast.officer)
        assert cost(client, "/desk/care/rounds/") <= 6 + 4
        assert cost(client, f"/desk/care/rounds/{made.pk}/") <= 12


class TestInTheField:
    def test_two_taps_from_the_list(self, cast):
        mine = entry(cast)
        pair_helper(mine.pk, cast.head, by=keeper(cast), now=cast.now)
        started(cast)
        client = as_(cast.head)
        one = RoundDoor.objects.get()
        page = client.get(f"/field/doors/{mine.pk}/").content.decode()
        assert f'value="{one.pk}"' in page
        address = f"/field/doors/{mine.pk}/round/"
        assert client.post(address, {"door": "x"}).status_code == 404
        assert client.post(address, {"door": one.pk, "outcome": "nobody"}).status_code == 303
        assert RoundDoor.objects.get().outcome == "nobody"
        assert CheckRound.objects.get().ended_at is None
