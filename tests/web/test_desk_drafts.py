"""The warning desk: refusals first, then the way of a draft from the first word to its taking back."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.alerts.composing_rules import DraftState, Follow, Kind
from renwang.alerts.drafts import Draft, Wording
from renwang.alerts.models import Alert, Relay
from renwang.alerts.services import submit_draft, write_following
from renwang.alerts.signing import make_key
from renwang.base.pure.clock import read_clock
from renwang.chain.routes import rebuild_routes
from renwang.outreach.sending import send_due
from tests import make
from tests.alerts.composing import advice, agreed, issued
from tests.web.desk_pages import LANGUAGES, as_, cost, received


@pytest.fixture(autouse=True)
def _home(cast, tmp_path, settings, now):
    settings.HOME = tmp_path
    make_key("柳湾区", now=now)
    rebuild_routes()


def url(draft: Draft, deed: str = "") -> str:
    """The address of a draft's page, or of something done with it."""
    return f"/desk/drafts/{draft.pk}/{deed}"


class TestWhoMayNot:
    @pytest.mark.parametrize("path", ["", "start/"])
    def test_a_visitor_is_led_to_signing_in(self, db, path):
        assert Client().get(f"/desk/drafts/{path}")["Location"].startswith("/account/login/")

    def test_a_stranger_sees_nothing_of_it_and_decides_nothing(self, cast, now):
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        stranger = as_(cast.stranger)
        for deed in ("", "edit/", "area/", "units.json"):
            assert stranger.get(url(draft, deed)).status_code == 404
        for deed in ("submit/", "approve/", "issue/", "return/", "drop/"):
            assert stranger.post(url(draft, deed)).status_code == 404
        assert str(draft) not in stranger.get("/desk/drafts/").content.decode()
        assert as_(cast.operator).get(url(draft)).status_code == 200

    def test_the_author_is_refused_and_told_who_may_and_how_to_reach_them(self, cast, now):
        make.contact(cast.operator, "phone", "13900000009")
        make.grant(cast.secretary, "duty_officer", cast.street)
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        answer = as_(cast.officer).post(url(draft, "approve/"), {"revision": draft.revision})
        assert answer.status_code == 303 and answer["Location"].endswith("#hands")
        page = as_(cast.officer).get(url(draft)).content.decode()
        assert "石书勤" in page and "tel:13900000001" in page  # of his own place, by name
        assert "程运维" not in page  # above him: the office, not the name
        assert "柳湾区" in page
        draft.refresh_from_db()
        assert draft.state == DraftState.SUBMITTED

    def test_below_county_level_no_warning_is_begun_and_the_ways_out_are_named(self, cast):
        body = {"kind": "warning", "unit": str(cast.street.pk), "hazard": "rainstorm",
                "colour": "red"}  # fmt: skip
        answer = as_(cast.officer, "en").post("/desk/drafts/start/", body)
        page = answer.content.decode()
        assert answer.status_code == 422 and not Draft.objects.exists()
        assert "below county level" in page and "kind=advice" in page and "柳湾区" in page

    def test_a_grid_worker_writes_nothing(self, cast, now):
        draft = advice(cast, now)
        assert as_(cast.worker).get("/desk/drafts/start/").status_code == 403
        assert as_(cast.worker).post(url(draft, "submit/")).status_code == 404


class TestWriting:
    def begin(self, cast, **changes) -> Draft:
        body = {"kind": "advice", "unit": str(cast.street.pk), "hazard": "rainstorm", **changes}
        answer = as_(cast.officer).post("/desk/drafts/start/", body)
        assert answer.status_code == 303
        return Draft.objects.get()

    def fields(self, draft: Draft, **changes) -> dict:
        texts = {}
        for number, said in enumerate(draft.said.values()):
            texts |= {f"{part}_{number}": text for part, text in said.items()}
        return {
            "revision": draft.revision, "hazard": draft.hazard, "contact": "值班室 023-1",
            "begins_at": "", "ends_at": "2026-07-15T18:00", "place_words": "", "note": "",
            **texts, **changes,
        }  # fmt: skip

    def test_it_begins_filled_in_and_the_proposal_is_kept(self, cast):
        body = {"kind": "advice", "unit": str(cast.street.pk), "hazard": "typhoon"}
        key = "0198c000-0000-7000-8000-000000000001"
        as_(cast.officer).post(f"/desk/drafts/start/?proposal={key}", body)
        draft = Draft.objects.get()
        assert (str(draft.proposal_id), draft.hazard) == (key, "typhoon")
        assert "台风" in draft.title

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_the_address_chose_is_chosen(self, cast, language):
        page = as_(cast.officer, language).get("/desk/drafts/start/?hazard=typhoon&kind=exercise")
        assert 'value="typhoon" selected' in page.content.decode()

    def test_words_are_kept_and_the_times_are_of_the_place(self, cast):
        draft = self.begin(cast)
        answer = as_(cast.officer).post(url(draft, "edit/"), self.fields(draft, headline_0="甲"))
        assert answer.status_code == 303
        draft.refresh_from_db()
        assert draft.texts["zh-CN"]["headline"] == "甲"
        assert draft.ends_at.isoformat() == "2026-07-15T10:00:00+00:00"

    def test_a_language_is_added_flagged_and_taken_out(self, cast):
        draft = self.begin(cast)
        client = as_(cast.officer)
        body = self.fields(draft, deed="add", language="vi")
        client.post(url(draft, "edit/"), body)
        draft.refresh_from_db()
        assert list(draft.said) == ["zh-CN", "en", "vi"]
        assert "不会发出" in client.get(url(draft, "edit/")).content.decode()
        client.post(url(draft, "edit/"), self.fields(draft, deed="remove:vi"))
        draft.refresh_from_db()
        assert list(draft.said) == ["zh-CN", "en"]

    def test_another_hazard_fills_the_words_anew(self, cast):
        draft = self.begin(cast)
        body = self.fields(draft, deed="refill", hazard="heat")
        as_(cast.officer).post(url(draft, "edit/"), body)
        draft.refresh_from_db()
        assert "高温" in draft.texts["zh-CN"]["headline"]

    def test_two_who_write_at_once_do_not_overwrite_each_other(self, cast):
        draft = self.begin(cast)
        client = as_(cast.officer)
        client.post(url(draft, "edit/"), self.fields(draft, headline_0="甲"))
        client.post(url(draft, "edit/"), self.fields(draft, headline_0="乙"))
        draft.refresh_from_db()
        assert draft.texts["zh-CN"]["headline"] == "甲"

    def test_the_area_is_chosen_drawn_and_typed_in_its_datum(self, cast):
        draft = self.begin(cast)
        body = {
            "revision": draft.revision, "units": [str(cast.community.pk)], "datum": "gcj02",
            "polygon": "106.55,29.56\n106.56,29.56\n106.56,29.57", "centre": "106.5,29.5",
            "radius_m": "500",
        }  # fmt: skip
        assert as_(cast.officer).post(url(draft, "area/"), body).status_code == 303
        draft.refresh_from_db()
        assert draft.units == [str(cast.community.pk)]
        assert [shape["type"] for shape in draft.shapes] == ["Polygon", "Circle"]
        assert draft.shapes[0]["coordinates"][0][0] != [106.55, 29.56]  # WGS-84 by now

    @pytest.mark.parametrize(
        "wrong",
        [{"polygon": "1,2"}, {"polygon": "eins zwei"}, {"centre": "106,29"}, {"radius_m": "-1"},
         {"polygon": "0,0\n1,1\n0,1\n1,0"}, {"centre": "900,900", "radius_m": "5"}],
    )  # fmt: skip
    def test_coordinates_that_make_no_shape_are_answered(self, cast, wrong):
        draft = self.begin(cast)
        body = {"revision": draft.revision, "units": [], "datum": "wgs84", **wrong}
        assert as_(cast.officer).post(url(draft, "area/"), body).status_code == 422


class TestTwoHands:
    def test_a_second_person_approves_and_it_goes_out_at_once(self, cast, now):
        draft = advice(cast, now)
        as_(cast.officer).post(url(draft, "submit/"), {"revision": draft.revision})
        page = as_(cast.operator).get(url(draft)).content.decode()
        assert 'value="issue"' in page
        body = {"revision": draft.revision, "deed": "issue"}
        as_(cast.operator).post(url(draft, "approve/"), body)
        draft.refresh_from_db()
        assert draft.state == DraftState.ISSUED
        assert Relay.objects.filter(alert=draft.alert).exists()

    def test_without_a_key_the_approval_stands_and_nothing_goes_out(self, cast, now, settings,
                                                                    tmp_path):  # fmt: skip
        settings.HOME = tmp_path / "empty"
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        as_(cast.operator).post(url(draft, "approve/"), {"deed": "issue"})
        draft.refresh_from_db()
        assert (draft.state, Alert.objects.count()) == (DraftState.APPROVED, 0)
        assert "renwang cap key make" in as_(cast.officer).get(url(draft)).content.decode()

    def test_it_is_given_back_and_the_remark_is_read(self, cast, now):
        draft = advice(cast, now)
        submit_draft(draft.pk, by=cast.viewer(cast.officer), now=now)
        as_(cast.operator).post(url(draft, "return/"), {"remark": "请写明安置点"})
        assert "请写明安置点" in as_(cast.officer).get(url(draft)).content.decode()

    def test_what_is_incomplete_says_all_that_is_missing(self, cast, now):
        draft = advice(cast, now, ends_at=None, contact="")
        as_(cast.officer).post(url(draft, "submit/"), {"revision": draft.revision})
        draft.refresh_from_db()
        assert draft.state == DraftState.DRAFT
        assert as_(cast.officer, "en").get(url(draft)).content.decode().count("<li>") > 1

    def test_nonsense_in_the_form_is_answered(self, cast, now):
        draft = agreed(advice(cast, now), cast, now)
        assert (
            as_(cast.officer).post(url(draft, "approve/"), {"revision": "x" * 99}).status_code
            == 303
        )
        assert as_(cast.officer).post(f"/desk/alerts/{draft.pk}/follow/").status_code == 404


class TestPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("deed", ["", "edit/", "area/"])
    def test_every_page_is_in_both_languages(self, cast, now, language, deed):
        draft = advice(cast, now, kind=Kind.EXERCISE, colour="red")
        assert as_(cast.officer, language).get(url(draft, deed)).status_code == 200

    @pytest.mark.parametrize(
        "query", ["", "?q=暴雨", "?kind=advice", "?state=draft", "?hazard=rainstorm"]
    )
    def test_the_list_finds_it(self, cast, now, query):
        draft = advice(cast, now)
        assert draft.title in as_(cast.officer).get(f"/desk/drafts/{query}").content.decode()

    @pytest.mark.parametrize(
        "query", ["?q=台风", "?kind=relay", "?state=issued", "?sort=x&after=y"]
    )
    def test_the_list_passes_others_by(self, cast, now, query):
        draft = advice(cast, now)
        page = as_(cast.officer).get(f"/desk/drafts/{query}")
        assert page.status_code == 200
        assert (draft.title in page.content.decode()) == query.startswith("?sort")

    def test_the_list_can_be_taken_away(self, cast, now):
        draft = advice(cast, now)
        text = as_(cast.officer).get("/desk/drafts/?format=csv").content.decode("utf-8-sig")
        assert draft.ref in text

    def test_what_pages_cost(self, cast, now):
        for _ in range(8):
            advice(cast, now)
        assert cost(as_(cast.operator), "/desk/drafts/") <= 8  # four of them the navigation's
        draft = Draft.objects.first()
        assert cost(as_(cast.operator), url(draft)) <= 24

    def test_a_text_message_is_counted_and_read_aloud_text_is_spelled_out(self, cast, now):
        page = as_(cast.officer).get(url(advice(cast, now))).content.decode()
        assert "ucs2" in page and "七月十五日十五时三十分" in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_empty_list_says_what_to_do(self, cast, language):
        assert (
            "/desk/drafts/start/"
            in as_(cast.officer, language).get("/desk/drafts/").content.decode()
        )


class TestWhatFollows:
    def test_the_page_of_an_issued_message_offers_what_can_be_done(self, cast, now):
        draft = issued(advice(cast, now), cast, now)
        page = as_(cast.officer).get(f"/desk/alerts/{draft.alert_id}/").content.decode()
        assert 'value="take_back"' in page and 'value="upgrade"' not in page
        body = {"follow": "take_back"}
        answer = as_(cast.officer).post(f"/desk/alerts/{draft.alert_id}/follow/", body)
        assert answer.status_code == 303
        assert Draft.objects.get(about=draft.alert).follow == Follow.TAKE_BACK

    def test_a_received_warning_is_not_ours_to_change(self, cast, now):
        alert = received(now)
        page = as_(cast.officer).get(f"/desk/alerts/{alert.pk}/").content.decode()
        assert 'name="follow"' not in page
        as_(cast.officer).post(f"/desk/alerts/{alert.pk}/follow/", {"follow": "lift"})
        assert not Draft.objects.exists()

    def test_a_relay_with_a_note_is_begun_from_its_page(self, cast, now):
        alert = received(now)
        answer = as_(cast.officer).post(f"/desk/alerts/{alert.pk}/note/")
        assert answer.status_code == 303
        draft = Draft.objects.get()
        assert (draft.kind, draft.about) == (Kind.RELAY, alert)
        client = as_(cast.officer)
        client.post(url(draft, "edit/"), {"revision": draft.revision, "note": "走南门"})
        assert "走南门" in client.get(url(draft)).content.decode()


class TestTheHistory:
    def two_versions(self, cast, now) -> Draft:
        first = issued(advice(cast, now), cast, now)
        send_due(now, read_clock)
        later = now + timedelta(minutes=20)
        draft = write_following(
            first.alert_id, Follow.UPDATE, by=cast.viewer(cast.officer), now=later
        )
        draft.contact = "新电话 12345"
        texts = {**draft.texts}
        texts["zh-CN"] = {**texts["zh-CN"], "headline": "提示：请青石街道居民注意防范大暴雨"}
        draft.texts = texts
        draft.save()
        return issued(draft, cast, later)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_versions_stand_side_by_side_with_what_changed(self, cast, now, language):
        draft = self.two_versions(cast, now)
        page = as_(cast.officer, language).get(
            f"/desk/alerts/{draft.alert_id}/history/?language=zh"
        ).content.decode()  # fmt: skip
        was_not_there = {"en": "is now:", "zh-hans": "改为："}[language]
        assert f'<ins><span class="unseen">{was_not_there} </span>大</ins>' in page

    def test_it_says_which_words_each_post_had_at_a_moment(self, cast, now):
        draft = self.two_versions(cast, now)
        address = f"/desk/alerts/{draft.alert_id}/history/"
        client = as_(cast.officer, "en")
        early = client.get(f"{address}?by=at&at=2026-07-15T09:35:00").content.decode()
        assert "Version 1" in early
        text = client.get(f"{address}?format=csv&by=at&at=2026-07-15T09:35:00")
        rows = text.content.decode("utf-8-sig").splitlines()
        assert len(rows) == 6 and ",1," in rows[1]
        before = client.get(f"{address}?format=csv&by=at&at=2026-07-15T08:00:00")
        assert ",0," in before.content.decode("utf-8-sig").splitlines()[1]

    def test_the_slider_works_without_script_and_nonsense_is_answered(self, cast, now):
        draft = self.two_versions(cast, now)
        address = f"/desk/alerts/{draft.alert_id}/history/"
        for query in ("?by=notch&notch=3", "?at=nonsense", "?by=notch&notch=99999", "?q=网格",
                      "?at=2026-13-45T99:00"):  # fmt: skip
            assert as_(cast.officer).get(address + query).status_code == 200

    def test_a_stranger_sees_neither_it_nor_its_names(self, cast, now):
        draft = self.two_versions(cast, now)
        address = f"/desk/alerts/{draft.alert_id}/history/"
        assert as_(cast.stranger).get(address).status_code == 404
        page = as_(cast.head).get(address).content.decode()
        assert "杜值守" not in page

    def test_what_it_costs(self, cast, now):
        draft = self.two_versions(cast, now)
        assert cost(as_(cast.operator), f"/desk/alerts/{draft.alert_id}/history/") <= 18


class TestWordings:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_they_are_listed_and_read(self, cast, language):
        client = as_(cast.officer, language)
        assert "/desk/settings/wordings/rainstorm/warning-red/" in client.get(
            "/desk/settings/wordings/"
        ).content.decode()  # fmt: skip
        assert client.get("/desk/settings/wordings/rainstorm/advice/en/").status_code == 200

    @pytest.mark.parametrize("path", ["x/advice/en/", "rainstorm/x/en/", "rainstorm/advice/xx/"])
    def test_what_there_is_not_is_not_found(self, cast, path):
        assert as_(cast.officer).get(f"/desk/settings/wordings/{path}").status_code == 404

    def test_only_an_operator_changes_them_and_every_version_is_kept(self, cast, now):
        address = "/desk/settings/wordings/rainstorm/advice/zh-CN/"
        body = {"headline": "{地点}要下雨", "description": "甲", "instruction": "乙"}
        assert as_(cast.officer).post(address, body).status_code == 403
        assert not Wording.objects.exists()
        as_(cast.operator).post(address, body)
        as_(cast.operator).post(address, {**body, "headline": "再改"})
        assert [one.version for one in Wording.objects.order_by("pk")] == [1, 2]
        assert advice(cast, now).texts["zh-CN"]["headline"] == "再改"
        as_(cast.operator).post(address, {"deed": "shipped"})
        assert "暴雨" in advice(cast, now).texts["zh-CN"]["headline"]
