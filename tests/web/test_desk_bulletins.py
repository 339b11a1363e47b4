"""Bulletins at the desk: refusals first, then writing, approving by another, publishing, correcting, taking back."""

import pytest
from django.test import Client

from renwang.bulletins.models import Bulletin, PlaceInfo
from renwang.bulletins.rules import BulletinState
from renwang.chain import routes
from tests.bulletins.said import ENGLISH, published, waiting
from tests.web.desk_pages import LANGUAGES, as_, cost


def words(cast, **changes) -> dict:
    """What somebody sends who writes a bulletin."""
    return {
        "unit": cast.community.ref,
        "text0-language": "zh-Hans", "text0-title": "今晚停水", "text0-text": "今晚20:00到22:00停水。",
        "text1-language": "en", "text1-title": "", "text1-text": "",
        "source0-who": "自来水公司", "source0-where": "通知单",
        "is_public": "on", "chain": "nobody", "do": "submit", **changes,
    }  # fmt: skip


class TestWhoMayNot:
    @pytest.mark.parametrize("path", ["bulletins/", "bulletins/write/", "settings/places/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        assert Client().get(f"/desk/{path}")["Location"].startswith("/account/login/?next=")

    def test_a_stranger_sees_neither_the_page_nor_the_row(self, cast):
        made = waiting(cast)
        client = as_(cast.stranger)
        assert client.get(f"/desk/bulletins/{made.pk}/").status_code == 404
        assert made.title not in client.get("/desk/bulletins/").content.decode()
        assert client.post(f"/desk/bulletins/{made.pk}/act/approve/").status_code == 404
        assert as_(cast.deputy).get(f"/desk/bulletins/{made.pk}/").status_code == 200

    def test_a_grid_worker_writes_nothing(self, cast):
        assert as_(cast.worker).get("/desk/bulletins/").status_code == 403
        assert as_(cast.worker).post("/desk/bulletins/write/", words(cast)).status_code == 403
        assert not Bulletin.objects.exists()

    def test_nobody_writes_for_a_place_that_is_not_his(self, cast):
        answer = as_(cast.stranger).post("/desk/bulletins/write/", words(cast))
        assert answer.status_code == 422
        assert not Bulletin.objects.exists()

    def test_who_wrote_it_is_told_to_let_another_approve(self, cast):
        made = waiting(cast)
        client = as_(cast.secretary)
        page = client.get(f"/desk/bulletins/{made.pk}/").content.decode()
        assert "/act/approve/" not in page
        answer = client.post(f"/desk/bulletins/{made.pk}/act/approve/", follow=True)
        assert "请由另一个人审阅批准" in answer.content.decode()
        made.refresh_from_db()
        assert made.state == BulletinState.WAITING

    def test_a_place_elsewhere_keeps_its_words(self, cast):
        client = as_(cast.stranger)
        assert client.get(f"/desk/settings/places/{cast.community.ref}/").status_code == 404
        assert client.get(f"/desk/settings/places/{cast.strangers_street.ref}/").status_code == 200


class TestWriting:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_an_empty_list_says_what_to_do(self, cast, language):
        page = as_(cast.officer, language).get("/desk/bulletins/").content.decode()
        assert "/desk/bulletins/write/" in page

    def test_written_by_one_approved_and_published_by_another(self, cast):
        answer = as_(cast.secretary).post("/desk/bulletins/write/", words(cast))
        made = Bulletin.objects.get()
        assert answer["Location"] == f"/desk/bulletins/{made.pk}/"
        assert (made.state, made.path) == (BulletinState.WAITING, cast.community.path)
        as_(cast.officer).post(f"/desk/bulletins/{made.pk}/act/issue/")
        made.refresh_from_db()
        assert made.state == BulletinState.PUBLISHED
        assert "今晚停水" in Client().get(f"/bulletins/{made.ref}/").content.decode()

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"text0-text": ""}, "标题和正文都要填写"),
            ({"source0-who": "", "source0-where": ""}, "请写明这话是谁说的"),
            ({"is_public": ""}, "没有人会收到"),
            ({"ends_at": "2020-01-01T10:00"}, "还没人看到就过期了"),
            ({"text1-title": "Water"}, "标题和正文都要填写"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, cast, changes, sentence):
        answer = as_(cast.secretary).post("/desk/bulletins/write/", words(cast, **changes))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in text
        assert "今晚停水" in text
        assert not Bulletin.objects.filter(state=BulletinState.WAITING).exists()

    @pytest.mark.parametrize("address", ["write/", "preview/"])
    def test_the_preview_marks_what_is_hard_to_read_and_keeps_nothing(self, cast, address):
        body = words(cast, **{"text0-text": "请广大居民切勿涉水。", "do": "preview"})
        answer = as_(cast.secretary).post(f"/desk/bulletins/{address}", body)
        assert answer.status_code == 200
        assert "广大居民</mark>" in answer.content.decode()
        assert not Bulletin.objects.exists()

    def test_advice_stops_nobody(self, cast):
        body = words(cast, **{"text0-text": "请广大居民切勿涉水。"})
        as_(cast.secretary).post("/desk/bulletins/write/", body)
        assert Bulletin.objects.get().state == BulletinState.WAITING

    def test_only_some_posts_are_told(self, cast):
        routes.rebuild_routes()
        body = words(cast, chain="some", roles=["grid_worker"], is_public="")
        as_(cast.secretary).post("/desk/bulletins/write/", body)
        made = Bulletin.objects.get()
        assert (made.chain, made.roles, made.is_public) == ("some", ["grid_worker"], False)


class TestAfterwards:
    def test_a_correction_begins_from_the_wrong_words_and_says_why(self, cast):
        wrong = published(cast)
        client = as_(cast.secretary)
        page = client.get(f"/desk/bulletins/{wrong.pk}/correct/").content.decode()
        assert wrong.title in page
        lacking = client.post(f"/desk/bulletins/{wrong.pk}/correct/", words(cast))
        assert lacking.status_code == 422
        client.post(f"/desk/bulletins/{wrong.pk}/correct/", words(cast, reason="写错了时间"))
        right = Bulletin.objects.exclude(pk=wrong.pk).get()
        as_(cast.officer).post(f"/desk/bulletins/{right.pk}/act/issue/")
        text = Client().get(f"/bulletins/{right.ref}/").content.decode()
        assert "写错了时间" in text
        assert "<del>" in text
        assert f"/bulletins/{wrong.ref}/" in text
        old = Client().get(f"/bulletins/{wrong.ref}/").content.decode()
        assert f"/bulletins/{right.ref}/" in old

    def test_taken_back_with_the_reason_or_not_at_all(self, cast):
        made = published(cast)
        client, address = as_(cast.officer), f"/desk/bulletins/{made.pk}/reason/withdraw/"
        client.post(address, {"reason": ""})
        made.refresh_from_db()
        assert made.state == BulletinState.PUBLISHED
        client.post(address, {"reason": "水管没有坏"})
        assert "水管没有坏" in Client().get(f"/bulletins/{made.ref}/").content.decode()

    def test_a_deed_nobody_knows_is_not_there(self, cast):
        made = waiting(cast)
        for path in ("act/eat", "reason/eat"):
            answer = as_(cast.officer).post(f"/desk/bulletins/{made.pk}/{path}/", {"reason": "x"})
            assert answer.status_code == 404

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, language):
        made = published(cast, *waiting_texts())
        client = as_(cast.officer, language)
        for path in ("", "write/", f"{made.pk}/", f"{made.pk}/correct/"):
            assert client.get(f"/desk/bulletins/{path}").status_code == 200

    def test_lists_and_pages_need_few_statements(self, cast):
        for _ in range(3):
            made = published(cast)
        client = as_(cast.officer)
        assert cost(client, "/desk/bulletins/") <= 6 + 4
        assert cost(client, f"/desk/bulletins/{made.pk}/") <= 12

    def test_the_list_is_given_as_a_file(self, cast):
        published(cast)
        answer = as_(cast.officer).get("/desk/bulletins/?format=csv")
        assert "今晚停水两小时" in answer.content.decode()

    def test_search_finds_it(self, cast):
        made = published(cast)
        text = as_(cast.officer).get("/desk/search", {"q": "停水"}).content.decode()
        assert f"/desk/bulletins/{made.pk}/" in text


def waiting_texts():
    """Words in two languages."""
    from tests.bulletins.said import WATER

    return WATER, ENGLISH


class TestPlaces:
    def test_what_is_set_stands_on_the_public_page(self, cast):
        body = {
            "telephone": "023-66660000", "office": "石桥路1号", "hours": "8:30到18:00",
            "shelter0-name": "中心小学", "shelter0-address": "滨江路2号", "shelter0-note": "",
            "advice_rainstorm": "去二楼。",
        }  # fmt: skip
        address = f"/desk/settings/places/{cast.community.ref}/"
        assert as_(cast.secretary).post(address, body).status_code == 303
        info = PlaceInfo.objects.get()
        assert info.shelters == [{"name": "中心小学", "address": "滨江路2号", "note": ""}]
        text = Client().get(f"/places/{cast.grid.ref}/").content.decode()
        for part in ("023-66660000", "石桥路1号", "中心小学", "去二楼。"):
            assert part in text

    def test_a_place_without_a_name_is_said(self, cast):
        body = {"shelter0-name": "", "shelter0-address": "滨江路2号"}
        address = f"/desk/settings/places/{cast.community.ref}/"
        answer = as_(cast.secretary).post(address, body)
        assert answer.status_code == 422
        assert "请填写名称" in answer.content.decode()

    def test_the_list_needs_few_statements(self, cast):
        assert cost(as_(cast.officer), "/desk/settings/places/") <= 6 + 4


def test_the_better_word_is_offered_in_the_readers_language(cast):
    body = words(cast, **{"text0-text": "请勿研判。", "do": "preview"})
    for language, offer in (("zh-hans", "可改为：判断"), ("en", "Better: 判断")):
        answer = as_(cast.secretary, language).post("/desk/bulletins/preview/", body)
        assert offer in answer.content.decode()
