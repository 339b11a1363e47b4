"""Text messages become cases, questions and confirmations, each once, and each is answered by one text."""

from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from renwang.base.models import Counter, Entry
from renwang.cases import services
from renwang.cases.models import Case, Reporter, Text
from renwang.cases.rules import State, Via
from renwang.cases.services.intake import show_code
from renwang.cases.services.texting import forget_texts, opened, read_came, text_reporters
from renwang.cases.sms_rules import TEXTS_IN_AN_HOUR, TOLD_HOW_IN_AN_HOUR
from renwang.cases.texting import TRIES, Answerer
from renwang.outreach.answering import take_in_texts
from renwang.outreach.channels.sms_inbound import Text as Came
from renwang.outreach.channels.twin import Behaviour, Twin
from tests import make
from tests.cases.conftest import answered, brought
from tests.channels.conftest import channels, sms

NUMBER = "13900000077"
REPORT = "报 石桥社区 3号楼门口的路灯坏了好几天"


def come(cast, words: str, *, key: str = "", number: str = NUMBER, now=None) -> str:
    """Let a text come in; give what it is answered with."""
    now = now or cast.now
    known = list(Text.objects.values_list("pk", flat=True))
    read_came(Came(number, words, key or words, now), now)
    return opened(Text.objects.exclude(pk__in=known).get())[1]


def told(case: Case, *, asked: bool, now) -> str:
    """Give what the reporter is told without having asked; empty where that is nothing."""
    known = list(Text.objects.values_list("pk", flat=True))
    if not text_reporters([case.pk], asked=asked, now=now):
        return ""
    return opened(Text.objects.exclude(pk__in=known).get())[1]


class TestWhatBecomesNoCase:
    def test_a_report_without_a_place_is_told_how(self, cast):
        assert "没有受理" in come(cast, "报 路灯坏了")
        assert "Not taken in" in come(cast, "R the lamp is out")
        assert not Case.objects.exists()

    def test_a_place_that_there_is_twice_is_asked_after(self, cast):
        make.unit("第一网格", "grid", cast.neighbour_community)
        said = come(cast, "报 第一网格 路灯坏了")
        assert cast.grid.ref in said and "云溪社区第一网格" in said
        assert not Case.objects.exists()

    @pytest.mark.parametrize("words", ["查 ABCD-EFGH-2345-6789", "Q RWC-260715-ABCDEF"])
    def test_a_code_that_nobody_has(self, cast, words):
        said = come(cast, words)
        assert "没有这个编码" in said or "No case has this code" in said

    def test_the_number_of_a_case_from_another_telephone(self, cast):
        come(cast, REPORT)
        ref = Case.objects.get().ref
        assert ref not in come(cast, f"查 {ref}", number="13900000078")

    def test_a_number_that_writes_without_end(self, cast):
        for one in range(TOLD_HOW_IN_AN_HOUR):
            assert come(cast, f"谢谢{one}")
        assert not come(cast, "谢谢呀")
        for one in range(TEXTS_IN_AN_HOUR - TOLD_HOW_IN_AN_HOUR - 1):
            assert come(cast, f"{REPORT} {one}")
        assert "过多" in come(cast, "报 石桥社区 又坏了")
        assert not come(cast, "报 石桥社区 还是坏的")
        assert not Counter.objects.filter(name__contains=NUMBER).exists()


class TestWhatBecomesOne:
    def test_a_report_is_a_case_with_the_number_under_seal(self, cast):
        said = come(cast, REPORT)
        case = Case.objects.get()
        assert (case.unit, case.via, case.words) == (
            cast.community, Via.SMS, "3号楼门口的路灯坏了好几天",
        )  # fmt: skip
        assert case.ref in said and "石桥社区" in said
        assert NUMBER not in Reporter.objects.get().sealed
        assert not any(NUMBER in f"{one.body}{one.actor}" for one in Entry.objects.all())
        assert NUMBER not in Text.objects.get().sealed

    def test_sent_again_it_is_the_same_case(self, cast):
        come(cast, REPORT, key="1")
        assert not read_came(Came(f"+86{NUMBER}", REPORT, "1", cast.now), cast.now)
        assert (Case.objects.count(), Text.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        "text",
        ["报石桥社区第一网格路灯坏了", "报 石桥社区 第一网格 路灯坏了", "R 990105001001001 路灯坏了", "报 {ref} 路灯坏了"],
    )  # fmt: skip
    def test_a_place_is_named_by_code_by_name_or_down_its_names(self, cast, text):
        come(cast, text.format(ref=cast.grid.ref))
        case = Case.objects.get()
        assert (case.unit, case.words) == (cast.grid, "路灯坏了")

    def test_a_danger_without_a_place_comes_to_the_topmost_place(self, cast):
        said = come(cast, "报 着火了快来")
        case = Case.objects.get()
        assert case.alarm and case.unit == cast.district
        assert "紧急电话" in said

    def test_the_reporter_asks_confirms_and_rejects(self, cast):
        come(cast, REPORT)
        case = Case.objects.get()
        assert "已收到" in come(cast, f"查 {case.ref}", key="q1")
        answered(cast, case)
        said = come(cast, f"查 {case.ref}", key="q2")
        assert "电工" in said and f"好 {case.ref}" in said
        assert case.ref in come(cast, f"不行 {case.ref} 晚上还是黑的")
        case.refresh_from_db()
        assert case.state == State.REOPENED
        assert case.answers.get().helped_via == Via.SMS
        answered(cast, case)
        come(cast, f"好 {case.ref}")
        case.refresh_from_db()
        assert case.state == State.CONFIRMED

    def test_a_code_serves_from_any_telephone(self, cast):
        taken = services.report_publicly(
            services.Report("路灯坏了", "k"), cast.grid, address="192.0.2.1", now=cast.now
        )
        said = come(cast, f"补 {show_code(taken.code)} 二单元也坏了", number="13900000079")
        assert taken.case.ref in said
        assert taken.case.steps.filter(words="二单元也坏了").exists()

    def test_what_cannot_be_done_now_is_said(self, cast):
        come(cast, REPORT)
        case = Case.objects.get()
        assert "目前" in come(cast, f"好 {case.ref}")
        case.refresh_from_db()
        assert case.state == State.RECEIVED

    def test_whoever_wrote_is_told_the_answer_once_without_asking(self, cast):
        come(cast, REPORT)
        case, other = Case.objects.get(), brought(cast)
        for one in (case, other):
            answered(cast, one)
        assert "电工" in told(case, asked=False, now=cast.now)
        assert not told(case, asked=False, now=cast.now)
        assert not told(other, asked=False, now=cast.now)

    def test_whoever_wrote_is_asked_by_text(self, cast):
        come(cast, REPORT)
        case = Case.objects.get()
        by = cast.viewer(cast.secretary)
        services.screen_case(case.pk, by=by, now=cast.now)
        services.ask_reporter(case.pk, "是几单元？", by=by, now=cast.now)
        assert "是几单元？" in told(case, asked=True, now=cast.now)


class TestGoingOut:
    def step(self, answerer: Answerer, now) -> None:
        answerer.step(now)
        answerer.settle(now, wait=10)

    def test_without_a_gateway_it_is_given_up_and_the_case_stays(self, cast):
        come(cast, REPORT)
        self.step(Answerer(channels()), cast.now)
        text = Text.objects.get()
        assert (text.sealed, text.due_at, text.trouble) == ("", None, "not-configured")
        assert Case.objects.exists()

    def test_a_gateway_that_fails_is_tried_again_and_in_the_end_given_up(self, cast):
        come(cast, REPORT)
        now = cast.now
        with Twin(Behaviour(status=500)) as twin:
            answerer = Answerer(channels(sms=sms(twin)))
            for _one in range(TRIES + 1):
                self.step(answerer, now)
                now += timedelta(minutes=15)
            assert len(twin.received) == TRIES
        assert Text.objects.get().sealed == ""

    def test_the_answer_goes_to_the_number_and_asks_for_no_receipt(self, cast):
        come(cast, REPORT)
        with Twin() as twin:
            answerer = Answerer(channels(sms={**sms(twin), "replies": True}))
            self.step(answerer, cast.now)
            self.step(answerer, cast.now)
            (sent,) = twin.received
        assert NUMBER.encode() in sent.body
        text = Text.objects.get()
        assert (text.sealed, text.due_at) == ("", None)
        assert forget_texts(cast.now + timedelta(days=4)) == 1


def test_the_gateway_s_payload_reaches_the_cases(cast):
    rows = [
        {"phone_number": NUMBER, "content": REPORT, "sequence_id": 7},
        {"phone_number": NUMBER, "content": "1", "sequence_id": 8},
        {"content": "报 石桥社区 没有号码"},
    ]
    assert take_in_texts(orjson.loads(orjson.dumps(rows)), now=cast.now) == 1
    assert take_in_texts(rows, now=cast.now) == 1
    assert UUID(str(Case.objects.get().pk))
