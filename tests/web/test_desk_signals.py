"""Signals, matters, proposals, sensors and triggers on the desk: refusals first, then a signal's whole way."""

from datetime import timedelta

import pytest

from renwang.signals import services
from renwang.signals.models import Matter, Proposal, Referral, Sensor, Series, Signal, Trigger
from renwang.signals.rules import Source
from renwang.signals.scale_rules import Category, Judgement
from renwang.signals.services import Report
from tests.signals.conftest import MINUTE, gauge, hand_in, operator, river  # noqa: F401
from tests.web.desk_pages import LANGUAGES, as_, cost

RAIN = {"levels": [{"level": "yellow", "when": 'sum("rain", "6h") >= 50', "clear_for": 600}]}


@pytest.fixture
def signal(cast) -> Signal:
    """Water in a lane, as a resident told it."""
    report = Report(Source.RESIDENT, "巷口积水没过脚踝", cast.now, hazard="rainstorm", place="巷口")
    return services.receive_signal(report, cast.grid, by=cast.viewer(cast.worker), now=cast.now)


@pytest.fixture
def trigger(cast, gauge, operator) -> Trigger:  # noqa: F811
    """A rainstorm trigger that watches every gauge of the sub-district."""
    made = services.add_trigger(
        "暴雨", "rainstorm", RAIN, cast.street, by=operator, now=cast.now, each={"rain": "rain"}
    )
    return services.switch_trigger(made.pk, True, by=operator, now=cast.now)


@pytest.fixture
def proposal(cast, trigger) -> Proposal:
    """What it proposed after an hour of heavy rain."""
    hand_in("r07.rain", [20, 20, 20], start=cast.now + MINUTE, step=5 * MINUTE)
    services.evaluate_changed(cast.now + timedelta(hours=1))
    return Proposal.objects.get()


class TestWhoMayNot:
    def test_a_visitor_is_led_to_sign_in(self, client, db):
        for path in ("signals", "matters", "referrals", "proposals", "sensors", "triggers"):
            assert client.get(f"/desk/{path}/").status_code == 303

    def test_a_stranger_finds_nothing_of_another_place(self, cast, signal, proposal):
        client = as_(cast.stranger)
        for path in ("signals", "matters", "proposals", "sensors", "triggers"):
            page = client.get(f"/desk/{path}/").content.decode()
            assert "积水" not in page
            assert "石桥" not in page
        for path in (
            f"signals/{signal.ref}", f"proposals/{proposal.ref}",
            f"sensors/{Sensor.objects.get().ref}", f"triggers/{Trigger.objects.get().ref}",
        ):  # fmt: skip
            assert client.get(f"/desk/{path}/").status_code == 404

    def test_who_only_sees_may_not_judge(self, cast, signal):
        client = as_(cast.worker)
        assert client.get(f"/desk/signals/{signal.ref}/").status_code == 200
        for deed in ("aside", "reopen", "note", "meet", "link", "unlink"):
            answer = client.post(f"/desk/signals/{signal.ref}/{deed}/", {"aside-reason": "无"})
            assert answer.status_code == 403
        signal.refresh_from_db()
        assert signal.state == "new"

    def test_only_who_sets_sensors_up_changes_them(self, cast, gauge, trigger):  # noqa: F811
        client = as_(cast.officer)
        for path in (
            "sensors/add/", f"sensors/{gauge.ref}/change/", f"sensors/{gauge.ref}/series/",
            "triggers/add/", f"triggers/{trigger.ref}/change/", f"triggers/{trigger.ref}/watch/",
        ):  # fmt: skip
            assert client.get(f"/desk/{path}").status_code == 403
        assert client.post(f"/desk/triggers/{trigger.ref}/switch/").status_code == 403


class TestJudging:
    def test_what_somebody_says_is_taken_in_word_for_word(self, cast):
        words = "  河水一小时涨了半米！\n老桥下  "
        form = {"words": words, "source": "patrol", "unit": cast.community.ref, "hazard": "flood"}
        answer = as_(cast.officer).post("/desk/signals/bring-in/", form)
        assert answer.status_code == 303
        assert "涨了半米" in Signal.objects.get().words

    @pytest.mark.parametrize("change", [{"words": ""}, {"unit": "U0"}, {"source": "sensor"}])
    def test_what_cannot_be_taken_in(self, cast, change):
        form = {"words": "积水", "source": "patrol", "unit": cast.community.ref, **change}
        assert as_(cast.officer).post("/desk/signals/bring-in/", form).status_code == 422
        assert not Signal.objects.exists()

    def test_a_note_goes_beside_and_the_words_stay(self, cast, signal):
        client = as_(cast.officer)
        client.post(f"/desk/signals/{signal.ref}/note/", {"words": "已派人查看"})
        page = client.get(f"/desk/signals/{signal.ref}/").content.decode()
        assert "巷口积水没过脚踝" in page
        assert "已派人查看" in page
        assert "杜值守" in page

    def test_put_aside_with_a_reason_and_opened_again(self, cast, signal):
        client, path = as_(cast.officer), f"/desk/signals/{signal.ref}/"
        client.post(f"{path}aside/", {"aside-reason": ""})
        signal.refresh_from_db()
        assert signal.state == "new"
        client.post(f"{path}aside/", {"aside-reason": "同一处已报"})
        signal.refresh_from_db()
        assert signal.state == "aside"
        page = client.get(path).content.decode()
        assert "reopen/" in page
        assert "assess/" not in page
        client.post(f"{path}reopen/")
        signal.refresh_from_db()
        assert signal.state == "new"

    def test_fragments_about_one_thing_are_suggested_and_linked(self, cast, signal):
        other = services.receive_signal(
            Report(Source.PATROL, "一号楼门前水深", cast.now, hazard="rainstorm"),
            cast.grid, by=cast.viewer(cast.worker), now=cast.now,
        )  # fmt: skip
        client = as_(cast.officer)
        assert other.ref in client.get(f"/desk/signals/{signal.ref}/").content.decode()
        client.post(f"/desk/signals/{signal.ref}/link/", {"other": other.ref})
        matter = Matter.objects.get()
        assert matter.signals.count() == 2
        client.post(f"/desk/signals/{other.ref}/unlink/")
        assert matter.signals.count() == 1
        assert (
            client.post(f"/desk/signals/{signal.ref}/link/", {"other": "nothing"}).status_code
            == 404
        )

    def test_an_official_warning_meets_it(self, cast, signal):
        as_(cast.officer).post(f"/desk/signals/{signal.ref}/meet/", {"warning": "RWA-260715-0001"})
        signal.refresh_from_db()
        assert (signal.state, signal.met_by) == ("met", "RWA-260715-0001")


def judgement(cast, **changes) -> dict:
    return {
        "category": "natural", "nature": "低洼处内涝", "likely_harm": "车库进水",
        "confidence": "likely", "reason": "两处目击", "event_level": "", "warning_level": "yellow",
        "response_level": "IV", "hazard": "rainstorm", "unit": cast.grid.ref, **changes,
    }  # fmt: skip


class TestMatters:
    @pytest.fixture
    def matter(self, cast, signal) -> Matter:
        as_(cast.officer).post(f"/desk/signals/{signal.ref}/assess/", judgement(cast))
        return Matter.objects.get()

    def test_an_assessment_keeps_three_scales_and_who_is_exposed(self, cast, matter):
        last = matter.assessment
        assert (last.event_level, last.warning_level, last.response_level) == ("", "yellow", "IV")
        assert last.exposed["places"] == ["第一网格"]
        page = as_(cast.officer).get(f"/desk/matters/{matter.ref}/").content.decode()
        assert "低洼处内涝" in page

    def test_a_warning_level_is_refused_where_there_is_none(self, cast, signal):
        form = judgement(cast, category="security")
        answer = as_(cast.officer).post(f"/desk/signals/{signal.ref}/assess/", form)
        assert answer.status_code == 422
        assert not Matter.objects.exists()

    def test_a_later_assessment_leaves_the_earlier_one_standing(self, cast, matter):
        as_(cast.officer).post(
            f"/desk/matters/{matter.ref}/assess/", judgement(cast, warning_level="orange")
        )
        assert [one.warning_level for one in matter.assessments.order_by("number")] == [
            "yellow", "orange",
        ]  # fmt: skip

    def test_a_question_goes_up_is_answered_there_and_nowhere_else(self, cast, matter):
        secretary, officer = as_(cast.secretary), as_(cast.officer)
        form = {"refer-question": "是否转移？", "refer-term": "1800"}
        assert secretary.post(f"/desk/matters/{matter.ref}/refer/", form).status_code == 303
        asked = Referral.objects.get()
        assert asked.asked == cast.street
        assert "是否转移" in officer.get("/desk/referrals/?side=owed").content.decode()
        stranger = as_(cast.stranger)
        path = f"/desk/referrals/{asked.ref}/"
        assert stranger.post(path, {"answer": "转移"}).status_code == 404
        assert secretary.post(path, {"answer": "转移"}).status_code in (403, 422)
        assert officer.post(path, {"answer": ""}).status_code == 422
        assert officer.post(path, {"answer": "立即转移"}).status_code == 303
        asked.refresh_from_db()
        assert (asked.state, asked.answer) == ("answered", "立即转移")

    def test_a_warning_is_asked_for_with_a_reason(self, cast, matter, signal):
        client = as_(cast.officer)
        client.post(f"/desk/matters/{matter.ref}/ask/", {"ask-reason": ""})
        signal.refresh_from_db()
        assert signal.state == "assessed"
        client.post(f"/desk/matters/{matter.ref}/ask/", {"ask-reason": "仍在下"})
        signal.refresh_from_db()
        assert signal.state == "proposed"


class TestProposals:
    def test_it_explains_itself_with_its_numbers(self, cast, proposal):
        page = as_(cast.officer).get(f"/desk/proposals/{proposal.ref}/").content.decode()
        assert "60 mm" in page
        assert proposal.expression.split("(")[0] in page

    def test_it_is_dismissed_with_a_reason_only(self, cast, proposal):
        client, path = as_(cast.officer), f"/desk/proposals/{proposal.ref}/dismiss/"
        client.post(path, {"dismiss-reason": " "})
        proposal.refresh_from_db()
        assert proposal.state == "open"
        client.post(path, {"dismiss-reason": "仪器检修"})
        proposal.refresh_from_db()
        assert proposal.state == "dismissed"

    def test_handing_it_on_leads_to_where_the_message_is_written(self, cast, proposal):
        answer = as_(cast.officer).post(f"/desk/proposals/{proposal.ref}/hand-on/")
        assert f"proposal={proposal.pk}" in answer["Location"]
        proposal.refresh_from_db()
        assert proposal.state == "handed"


class TestSensors:
    def test_one_is_set_up_with_what_it_measures(self, cast):
        client = as_(cast.operator)
        form = {"name": "云溪雨量站", "code": "R-11", "unit": cast.neighbour_community.ref}
        client.post("/desk/sensors/add/", form)
        sensor = Sensor.objects.get()
        series = {
            "key": "r11.rain", "quantity": "rain", "unit_of_measure": "mm", "every": "300",
            "stuck_for": "0", "lines": "50 黄色\n80 红色",
        }  # fmt: skip
        assert client.post(f"/desk/sensors/{sensor.ref}/series/", series).status_code == 303
        assert [list(one) for one in Series.objects.get().lines] == [[50.0, "黄色"], [80.0, "红色"]]
        wrong = {**series, "key": "r11.two", "lines": "高 50"}
        assert client.post(f"/desk/sensors/{sensor.ref}/series/", wrong).status_code == 422
        assert client.post("/desk/sensors/add/", form).status_code == 422

    def test_its_readings_are_drawn_and_taken_away_as_a_file(self, cast, gauge):  # noqa: F811
        hand_in("r07.rain", [1, 2.5], start=cast.now - 9 * MINUTE, step=5 * MINUTE, now=cast.now)
        client = as_(cast.officer)
        page = client.get(f"/desk/sensors/{gauge.ref}/").content.decode()
        assert "2.5" in page
        assert b"2.5" in client.get(f"/desk/sensors/{gauge.ref}/?format=csv").content
        for query in ("?hours=6", "?hours=x", "?series=none", "?begin=x&end=y"):
            assert client.get(f"/desk/sensors/{gauge.ref}/{query}").status_code == 200

    def test_it_is_changed_and_taken_out_of_use(self, cast, gauge):  # noqa: F811
        client = as_(cast.operator)
        form = {"name": "石桥二号站", "unit": cast.community.ref, "lon": "106.5", "lat": ""}
        assert client.post(f"/desk/sensors/{gauge.ref}/change/", form).status_code == 422
        form["lat"] = "29.5"
        assert client.post(f"/desk/sensors/{gauge.ref}/change/", form).status_code == 303
        client.post(f"/desk/sensors/{gauge.ref}/use/")
        gauge.refresh_from_db()
        assert (gauge.name, gauge.is_active) == ("石桥二号站", False)


class TestTriggers:
    def form(self, cast, **changes) -> dict:
        return {
            "name": "河道涨水", "hazard": "flood", "unit": cast.street.ref, "each": "",
            "orange_when": 'last("level") > 5', "orange_clear_for": "10", "source": "街道预案", **changes,
        }  # fmt: skip

    def test_one_is_written_bound_tried_and_switched_on(self, cast, river):  # noqa: F811
        client = as_(cast.operator)
        assert client.post("/desk/triggers/add/", self.form(cast)).status_code == 303
        trigger = Trigger.objects.get()
        path = f"/desk/triggers/{trigger.ref}/"
        client.post(f"{path}switch/")
        trigger.refresh_from_db()
        assert not trigger.is_on
        client.post(f"{path}watch/", {"series-level": "l01.level", "label": "清溪"})
        watch = trigger.watches.get()
        hand_in(
            "l01.level", [4, 4.6, 5.2, 5.4], start=cast.now - 9 * MINUTE, step=MINUTE, now=cast.now
        )
        page = client.get(f"{path}?watch={watch.pk}").content.decode()
        assert page.count("二级") + page.count("橙色") >= 1
        client.post(f"{path}switch/")
        trigger.refresh_from_db()
        assert trigger.is_on
        client.post(f"{path}watches/{watch.pk}/stop/")
        assert not trigger.watches.exists()

    @pytest.mark.parametrize(
        "condition",
        [
            "",
            'last("level"',
            'nothing("level") > 1',
            'sum("level", "9y") > 1',
            '1 / 0 > last("level")',
        ],
    )
    def test_a_condition_that_makes_no_sense_is_refused(self, cast, condition):
        form = self.form(cast, orange_when=condition)
        assert as_(cast.operator).post("/desk/triggers/add/", form).status_code == 422
        assert not Trigger.objects.exists()

    def test_one_that_comes_along_is_copied_for_a_place_of_ones_own(self, cast, gauge):  # noqa: F811
        form = {"key": "rainstorm", "unit": cast.district.ref}
        assert as_(cast.officer).post("/desk/triggers/copy/", form).status_code == 403
        client = as_(cast.operator)
        assert client.post("/desk/triggers/copy/", form | {"unit": "U0"}).status_code == 404
        assert client.post("/desk/triggers/copy/", form | {"key": "none"}).status_code == 303
        assert not Trigger.objects.exists()
        assert client.post("/desk/triggers/copy/", form).status_code == 303
        made = Trigger.objects.get()
        assert (made.is_on, made.hazard, made.watches.count()) == (False, "rainstorm", 1)

    def test_a_new_version_holds_from_then_on(self, cast, trigger):
        client = as_(cast.operator)
        form = {"yellow_when": 'sum("rain", "6h") >= 40', "note": "本地易涝"}
        assert client.post(f"/desk/triggers/{trigger.ref}/change/", form).status_code == 303
        trigger.refresh_from_db()
        assert trigger.version.number == 2


class TestSeeing:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, signal, proposal, language):
        client = as_(cast.operator, language)
        services.assess_signal(signal.pk, judged(), by=cast.viewer(cast.operator), now=cast.now)
        sensor, trigger = Sensor.objects.get(), Trigger.objects.get()
        matter = Matter.objects.first()
        for path in (
            "signals/", "signals/?state=waiting&q=水&source=resident", "signals/bring-in/",
            f"signals/{signal.ref}/", f"signals/{signal.ref}/assess/", "matters/",
            f"matters/{matter.ref}/", f"matters/{matter.ref}/assess/", "referrals/",
            "proposals/", "proposals/?state=handed", f"proposals/{proposal.ref}/", "sensors/",
            "sensors/?state=faulty", "sensors/add/", f"sensors/{sensor.ref}/",
            f"sensors/{sensor.ref}/change/", f"sensors/{sensor.ref}/series/",
            f"sensors/{sensor.ref}/series/r07.rain/", "triggers/", "triggers/add/",
            f"triggers/{trigger.ref}/", f"triggers/{trigger.ref}/change/",
            f"triggers/{trigger.ref}/watch/",
        ):  # fmt: skip
            assert client.get(f"/desk/{path}").status_code == 200, path

    def test_lists_take_few_statements(self, cast, signal, proposal):
        client = as_(cast.operator)
        for path in ("signals", "matters", "referrals", "proposals", "sensors", "triggers"):
            assert cost(client, f"/desk/{path}/") <= 8, path

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_lists_go_out_as_files(self, cast, signal, proposal, kind):
        client = as_(cast.officer)
        for path in ("signals", "proposals", "sensors"):
            assert client.get(f"/desk/{path}/?format={kind}").status_code == 200


def judged() -> Judgement:
    return Judgement(Category.NATURAL, "内涝", "", "目击")
