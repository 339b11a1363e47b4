"""Warnings that came as words only: what the words say is read, what they do not say stays empty."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.desk_pages import as_

from renwang.alerts import cap
from renwang.alerts.models import Alert, AlertUnit
from renwang.alerts.plain_text import Act, Entered, is_plain, read_plain, read_words, say_as_cap
from renwang.alerts.rules import plain_code
from renwang.chain import reach
from renwang.chain.routes import rebuild_routes

RAIN = (
    "柳湾区气象台2026年07月15日09时20分发布暴雨橙色预警[Ⅱ级/严重]：预计未来6小时内本区大部分街镇"
    "将出现50毫米以上降雨，请注意防范。（预警信息来源：柳湾区预警信息发布中心）"
)
ISSUED = datetime(2026, 7, 15, 9, 20, tzinfo=cap.BEIJING)


@pytest.mark.parametrize(
    "before", ["", "【预警信息】", "各社区：", "  \n", "柳湾区发布暴雨橙色预警\n"]
)
def test_type_colour_level_issuer_time_and_end_are_read(before):
    read = read_words(before + RAIN)
    said = read.said
    assert (said.issuer, said.issued_at) == ("柳湾区气象台", ISSUED)
    assert (said.hazard, said.colour, said.level, said.level_word) == (
        "暴雨",
        "Orange",
        "Ⅱ级",
        "严重",
    )
    assert read.expires_at == ISSUED + timedelta(hours=6)
    assert "暴雨橙色预警" in read.headline
    assert read.words == (before + RAIN).strip()


def test_what_the_words_do_not_say_stays_empty():
    read = read_words("街道应急办发布大风预警，请注意")
    assert (read.said.hazard, read.said.colour, read.said.issued_at) == ("大风", None, None)
    assert read.expires_at is None
    lifted = read_words("柳湾区气象台2026年07月15日18时解除暴雨橙色预警")
    assert lifted.said.act is Act.LIFTED


@pytest.mark.parametrize("text", ["", "  ", "<alert/>", '{"a": 1}', "今天天气很好", "PK\x03\x04"])
def test_what_is_no_warning_in_words_is_left_to_others(text):
    assert read_words(text) is None


@given(
    st.text(max_size=300)
    | st.text("预警发布【】[]：:，。 \n暴雨红色年月日时分0123456789小时未来", max_size=200)
)
def test_no_text_does_harm(text):
    read = read_plain(text)
    assert len(read.headline) <= 60
    assert is_plain(text) or read_words(text) is None


def test_the_same_words_are_the_same_message():
    one = Entered(
        "暴雨橙色预警", RAIN, "柳湾区气象台", ISSUED, "暴雨", "Orange", "青石街道", "990105001"
    )
    first, second = (say_as_cap(one, sender="hand@RW") for _ in range(2))
    assert cap.write(first) == cap.write(second)
    read = cap.read(cap.write(first)).alert
    assert (read.infos[0].description, read.infos[0].sender_name) == (RAIN, "柳湾区气象台")
    assert plain_code(read.infos[0].areas[0].geocodes[0].value) == "990105001"


class TestAtTheDesk:
    @pytest.fixture(autouse=True)
    def _routes(self, cast):
        rebuild_routes()

    def filled(self, page, **changes):
        form = page.context["form"]
        said = {name: form.initial.get(name) or "" for name in form.fields}
        return {**said, "issued_at": "2026-07-15T09:20", "ends_at": "2026-07-15T15:20", **changes}

    def paste(self, client, text=RAIN):
        return client.post("/desk/alerts/receive/", {"text": text})

    def test_only_who_may_bring_warnings_in(self, cast):
        assert as_(cast.worker).get("/desk/alerts/enter/").status_code == 403
        assert as_(cast.worker).post("/desk/alerts/enter/", {}).status_code == 403

    def test_nobody_enters_one_for_a_place_that_is_not_his(self, cast):
        client = as_(cast.stranger)
        page = self.paste(client)
        sent = client.post("/desk/alerts/enter/", self.filled(page, unit=cast.community.ref))
        assert sent.status_code == 422
        assert not Alert.objects.exists()

    def test_pasted_words_fill_the_form_and_are_taken_in_once(self, cast):
        client = as_(cast.officer)
        page = self.paste(client)
        assert page.status_code == 200
        assert page.context["form"].initial["colour"] == "orange"
        assert not Alert.objects.exists()
        body = self.filled(page, unit=cast.community.ref)
        for _twice in range(2):
            assert client.post("/desk/alerts/enter/", body).status_code == 303
        alert = Alert.objects.get()
        assert (alert.description, alert.colour, alert.event) == (RAIN, "orange", "暴雨")
        assert (alert.sender_name, alert.signature) == ("柳湾区气象台", "unsigned")
        assert AlertUnit.objects.get(alert=alert).path == cast.community.path

    def test_a_unit_without_a_code_is_chosen_by_the_person(self, cast):
        client = as_(cast.officer)
        body = self.filled(self.paste(client), unit=cast.group.ref)
        assert client.post("/desk/alerts/enter/", body).status_code == 303
        assert AlertUnit.objects.get().path == cast.group.path

    @pytest.mark.parametrize(
        "change",
        [
            {"words": ""},
            {"unit": "U-none"},
            {"ends_at": "2026-07-15T09:00"},
            {"headline": "\x01"},
            {"colour": "pink"},
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, cast, change):
        client = as_(cast.officer)
        sent = client.post(
            "/desk/alerts/enter/", self.filled(self.paste(client), unit=cast.community.ref) | change
        )
        assert sent.status_code == 422
        assert sent.context["form"].errors
        assert not Alert.objects.exists()

    def test_one_above_by_its_own_right(self, cast):
        assert cast.viewer(cast.officer).may("alerts.receive", cast.community.path)
        with pytest.raises(reach.NotInReach):
            reach.require(cast.viewer(cast.stranger), "alerts.receive", at=cast.community.path)
