"""The field's doors, and the page of the private code: refusals first, then three taps, then who looked."""

import re

import pytest
from django.test import Client

from renwang.base.models import Entry
from renwang.registers.care import services
from renwang.registers.care.models import CareEntry, Visit
from renwang.registers.care.services.pairing import pair_helper
from tests.registers.care.listed import SECRETS, entered, entry, keeper
from tests.web.desk_pages import LANGUAGES, as_, cost


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


class TestDoors:
    def test_a_neighbour_helper_is_refused_beside_the_one_who_is_paired(self, cast):
        mine, other = entry(cast), entry(cast)
        pair_helper(mine.pk, cast.head, by=keeper(cast), now=cast.now)
        pair_helper(other.pk, cast.leader, by=keeper(cast), now=cast.now)
        client = as_(cast.head)
        assert client.get(f"/field/doors/{other.pk}/").status_code == 404
        assert client.post(f"/field/doors/{other.pk}/visit/").status_code == 404
        assert client.get(f"/field/doors/{mine.pk}/").status_code == 200
        text = client.get("/field/doors/").content.decode()
        assert str(mine.pk) in text and str(other.pk) not in text
        assert [one for one in SECRETS if one in text] == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_nothing_yet(self, cast, language):
        assert as_(cast.head, language).get("/field/doors/").status_code == 200

    @pytest.mark.parametrize("outcome", ["well", "needs", "nobody"])
    def test_list_door_and_a_tap(self, cast, outcome):
        made = entry(cast)
        pair_helper(made.pk, cast.head, by=keeper(cast), now=cast.now)
        client = as_(cast.head)
        page = client.get(f"/field/doors/{made.pk}/").content.decode()
        assert [one for one in SECRETS if one in page] == []
        key = re.search(r'name="id" value="([^"]+)"', page)[1]
        body = {"id": key, "outcome": outcome, "want": "要米"}
        assert client.post(f"/field/doors/{made.pk}/visit/", body).status_code == 303
        assert Visit.objects.get().outcome == outcome
        # To record a visit nobody has to look: the seal stayed closed.
        assert not Entry.objects.filter(verb="care.seen").exists()

    def test_the_seal_opens_for_the_paired_and_that_is_recorded(self, cast):
        made = entry(cast)
        pair_helper(made.pk, cast.head, by=keeper(cast), now=cast.now)
        answer = as_(cast.head).post(f"/field/doors/{made.pk}/open/")
        assert [one for one in SECRETS if one not in answer.content.decode()] == []
        assert answer["Cache-Control"] == "no-store"
        assert Entry.objects.get(verb="care.seen").facts == {"why": "paired"}

    def test_few_statements(self, cast):
        for _ in range(3):
            made = entry(cast)
            pair_helper(made.pk, cast.head, by=keeper(cast), now=cast.now)
        client = as_(cast.head)
        assert cost(client, "/field/doors/") <= 6 + 4
        assert cost(client, f"/field/doors/{made.pk}/") <= 12


class TestWhoLooked:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_without_the_code_nothing_is_shown(self, cast, language):
        made = entered(cast)
        client = Client()
        client.cookies["renwang_language"] = language
        assert client.get("/field/looked/").status_code == 200
        answer = client.post("/field/looked/", {"code": "ABCD-EFGH-JKMN-PQRS"})
        assert made.entry.ref not in answer.content.decode()
        assert client.post("/field/looked/withdraw/", {"code": "x"}).status_code == 303
        assert CareEntry.objects.exists()
        # The code stands in no address: asked for by GET it shows nothing.
        assert "withdraw" not in client.get("/field/looked/", {"code": made.code}).content.decode()

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_with_it_who_when_and_why_in_plain_words(self, cast, language):
        made = entered(cast)
        pair_helper(made.entry.pk, cast.head, by=keeper(cast), now=cast.now)
        services.look_into(made.entry.pk, by=cast.viewer(cast.head), now=cast.now)
        client = Client()
        client.cookies["renwang_language"] = language
        text = client.post("/field/looked/", {"code": made.code.lower()}).content.decode()
        assert "钟心兰" in text
        assert {"zh-hans": "联系这扇门", "en": "looks after this door"}[language] in text
        assert [one for one in SECRETS if one in text] == []  # not even his own needs

    def test_one_press_and_he_is_forgotten(self, cast):
        made = entered(cast)
        client = Client()
        answer = client.post("/field/looked/withdraw/", {"code": made.code}, follow=True)
        assert "已经忘记" in answer.content.decode()
        assert not CareEntry.objects.exists()
