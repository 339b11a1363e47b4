"""Suggested kinds: who may not switch them, what speaks from the first day, what is learned and from what, and its pages."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renwang.base.models import Entry, Job
from renwang.cases import config, services, suggesting
from renwang.cases.models import Case, Chosen, Config, Lesson
from renwang.cases.rules import WordsMissing
from renwang.cases.services import suggesting as learning
from renwang.cases.services.forgetting import WORDS as ERASED
from renwang.cases.suggest_rules import (
    BITS,
    CHOSEN_OWED,
    ChosenTooSeldom,
    Learned,
    LearningMissing,
    Source,
    SwitchedSoAlready,
    best_temperature,
    by_learned,
    by_words,
    grams,
    held_out,
    read_kind_words,
    shares,
    suggest,
)
from renwang.cases.suggesting_pass import Outcome, learn_apart, unpack
from renwang.chain.reach import NotInReach
from tests.cases.conftest import DAY, brought, report, taken
from tests.web.desk_pages import LANGUAGES, as_, cost

ROOT = Path(__file__).parent.parent.parent
VOICES = json.loads((ROOT / "bench" / "voices.json").read_text(encoding="utf-8"))
GAS = "厨房总有一股煤气味，关了阀门也有"
KNOWN = read_kind_words(
    json.loads((ROOT / "src/renwang/cases/kind_words.json").read_text(encoding="utf-8"))
)


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path
    yield
    suggesting.learned_now()


def outcome(chosen, words, *, version, right=9, words_right=5) -> Outcome:
    """What a lesson would give, without learning."""
    kinds = tuple(sorted({kind for _text, kind in chosen}))
    weights = np.zeros((1 << BITS, len(kinds)), dtype=np.float16)
    bias = np.zeros(len(kinds), dtype=np.float32)
    return Outcome(
        Learned(version, len(chosen), kinds, weights, bias, 1.0), 20, right, words_right, 0.7
    )


def chosen_by_desk(cast, *, number: int = 0, kinds=None) -> list[Case]:
    """Cases whose kind the desk has chosen: invented voices, each kind in turn."""
    by, found = cast.viewer(cast.secretary), []
    pairs = [(text, kind) for kind in kinds or VOICES for text in VOICES[kind]]
    for at, (text, kind) in enumerate(pairs[: number or len(pairs)]):
        when = cast.now + timedelta(seconds=at)
        came = services.report_publicly(
            report(text), cast.grid, address=f"192.0.2.{at}", now=when
        ).case
        found.append(services.screen_case(came.pk, kind=kind, by=by, now=when))
    return found


class TestKnownWords:
    def test_there_are_some_for_every_kind(self):
        assert set(KNOWN) == set(config.read_kinds(config.shipped("kinds")))
        for languages in config.shipped("kind_words").values():
            assert languages["zh"] and languages["en"]

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            (GAS, "gas"),
            ("电梯困人了", "lift_stuck"),
            ("The street lamp is out", "road"),
            ("居住证丢了要补办，材料交给谁", "papers"),
        ],
    )
    def test_speak_from_the_first_day(self, text, kind):
        found = by_words(text, KNOWN)
        assert found.kind == kind and found.source is Source.WORDS and found.words

    def test_say_nothing_of_what_they_do_not_know(self):
        assert by_words("xyz", KNOWN) is None
        assert suggest("", KNOWN, KNOWN, None) is None

    def test_a_word_inside_a_longer_one_counts_once(self):
        known = {"gas": ("煤气", "煤气罐")}
        assert by_words("煤气罐", known).words == ("煤气罐",)

    def test_a_kind_that_is_no_longer_there_is_not_suggested(self):
        found = suggest(GAS, KNOWN, {"rubbish": None}, None)
        assert found is None

    @given(st.text(max_size=60))
    def test_are_never_surer_than_sure(self, text):
        found = by_words(text, KNOWN)
        assert found is None or 0 < found.sure < 1


class TestGroups:
    @given(st.text(max_size=80))
    @settings(max_examples=60)
    def test_are_numbers_in_order_each_once(self, text):
        found = grams(text)
        assert np.all(np.diff(found) > 0) and np.all((found >= 0) & (found < 1 << BITS))

    def test_do_not_depend_on_width_and_case(self):
        assert np.array_equal(grams("ＡＢＣ 电梯"), grams("abc 电梯"))

    def test_shares_make_up_one_and_a_high_temperature_makes_unsure(self):
        scores = np.array([3.0, 1.0, 0.0])
        assert shares(scores, 1.0).sum() == pytest.approx(1)
        assert shares(scores, 5.0).max() < shares(scores, 1.0).max()

    def test_the_temperature_rises_where_what_is_sure_is_wrong(self):
        rows = np.array([[5.0, 0.0], [5.0, 0.0], [5.0, 0.0], [5.0, 0.0]])
        assert best_temperature(rows, np.array([0, 1, 0, 1])) > 3
        assert best_temperature(rows, np.array([0, 0, 0, 0])) < 1
        assert best_temperature(rows, np.array([-1, -1, -1, -1])) == 1

    @given(st.integers(min_value=CHOSEN_OWED, max_value=50_000))
    def test_something_is_always_left_to_learn_from(self, number):
        assert 0 < held_out(number) < number


class TestWhatIsLearned:
    def test_is_found_again_and_says_what_the_desk_said(self):
        pairs = [(text, kind) for kind in ("gas", "noise", "parking") for text in VOICES[kind]] * 4
        found = learn_apart(pairs, KNOWN, version=3)
        again = unpack(found.packed())
        assert again.learned.version == 3 and again.learned.chosen == len(pairs)
        assert again.tried == held_out(len(pairs)) and again.right >= again.words_right
        said = by_learned("楼下饭店的抽油烟机很吵", again.learned, KNOWN)
        assert said.kind == "noise" and 0 < said.sure <= 1 and said.source is Source.LEARNED

    def test_only_two_kinds_are_told_apart_as_well(self):
        known = {kind: KNOWN[kind] for kind in ("gas", "noise")}
        pairs = [(text, kind) for kind in known for text in VOICES[kind]] * 5
        found = learn_apart(pairs, known, version=1).learned
        assert found.weights.shape == (1 << BITS, 2)
        assert by_learned(GAS, found, known).kind == "gas"

    @pytest.mark.parametrize("data", [b"", b"nothing", b"PK\x03\x04" + b"\0" * 40])
    def test_what_is_no_lesson_is_refused(self, data):
        with pytest.raises(ValueError):
            unpack(data)

    def test_is_read_without_scikit_learn(self):
        code = "import sys, renwang.cases.suggesting_pass; sys.exit('sklearn' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")})
        assert done.returncode == 0


class TestWhoMayNot:
    def test_switch_it_or_let_it_learn(self, cast):
        for who in (cast.secretary, cast.stranger):
            by = cast.viewer(who)
            with pytest.raises(NotInReach):
                learning.switch_suggesting(False, "误导", by=by, now=cast.now)
            with pytest.raises(NotInReach):
                learning.ask_to_learn(by=by, now=cast.now)

    def test_switch_it_without_a_reason_or_twice(self, cast):
        by = cast.viewer(cast.operator)
        with pytest.raises(WordsMissing):
            learning.switch_suggesting(False, " ", by=by, now=cast.now)
        with pytest.raises(SwitchedSoAlready):
            learning.switch_suggesting(True, "x", by=by, now=cast.now)

    def test_learn_from_too_little_or_without_what_learns(self, cast, monkeypatch):
        by = cast.viewer(cast.operator)
        with pytest.raises(ChosenTooSeldom):
            learning.ask_to_learn(by=by, now=cast.now)
        monkeypatch.setattr(suggesting, "is_installed", lambda: False)
        with pytest.raises(LearningMissing):
            learning.ask_to_learn(by=by, now=cast.now)

    def test_see_its_pages(self, cast):
        for path in ("", "choices/"):
            assert as_(cast.leader).get(f"/desk/settings/suggesting/{path}").status_code == 403
        assert as_(cast.secretary).post("/desk/settings/suggesting/do/off/").status_code == 403


class TestTheChoice:
    def test_is_kept_beside_what_was_suggested(self, cast):
        case = brought(cast, GAS)
        by = cast.viewer(cast.secretary)
        services.screen_case(case.pk, kind="house", by=by, now=cast.now)
        made = Chosen.objects.get()
        assert (made.suggested, made.kind, made.source, made.by) == ("gas", "house", "words", by.id)
        assert 0 < made.sure < 1

    def test_is_kept_where_nothing_was_suggested(self, cast):
        case = brought(cast, "……")
        services.screen_case(case.pk, by=cast.viewer(cast.secretary), now=cast.now)
        assert Chosen.objects.get().suggested == ""

    def test_switched_off_nothing_is_suggested_and_the_choice_is_kept(self, cast):
        case = brought(cast, GAS)
        learning.switch_suggesting(False, "误导", by=cast.viewer(cast.operator), now=cast.now)
        assert suggesting.suggest_for(case, config.kinds()) is None
        services.screen_case(case.pk, kind="gas", by=cast.viewer(cast.secretary), now=cast.now)
        assert Chosen.objects.get().suggested == "" and Config.objects.get().reason == "误导"

    def test_nothing_is_suggested_once_somebody_has_looked(self, cast):
        case = brought(cast, GAS)
        assert suggesting.suggest_for(case, config.kinds()).kind == "gas"
        case = services.accept_case(case.pk, by=cast.viewer(cast.secretary), now=cast.now)
        assert suggesting.suggest_for(case, config.kinds()) is None


class TestLearning:
    def test_is_not_begun_from_too_little(self, cast):
        chosen_by_desk(cast, number=3)
        assert learning.learn_when_due(cast.now) == 0
        assert learning.learn_kinds(by="node:test", now=cast.now, learning=outcome) is None

    def test_leaves_out_what_is_masked_or_erased(self, cast, django_capture_on_commit_callbacks):
        cases = chosen_by_desk(cast, number=4)
        by = cast.viewer(cast.secretary)
        services.mask_case(cases[0].pk, "****", "含隐私", by=by, now=cast.now)
        Case.objects.filter(pk=cases[1].pk).update(erase_at=cast.now)
        with django_capture_on_commit_callbacks(execute=True):
            assert services.erase_words(cast.now + DAY) == 1
        told = [words for words, _kind in learning.told()]
        assert told == [cases[2].words, cases[3].words] and ERASED == "cases.words"

    def test_is_believed_only_where_known_words_are_not_right_more_often(
        self, cast, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(learning, "CHOSEN_OWED", 4)
        chosen_by_desk(cast, number=6)
        with django_capture_on_commit_callbacks(execute=True):
            good = learning.learn_kinds(by="node:test", now=cast.now, learning=outcome)
        assert good.is_used and suggesting.learned_now().version == good.pk

        def worse(chosen, words, *, version):
            return outcome(chosen, words, version=version, right=4)

        with django_capture_on_commit_callbacks(execute=True):
            bad = learning.learn_kinds(by="node:test", now=cast.now, learning=worse)
        assert not bad.is_used and suggesting.learned_now() is None
        assert Entry.objects.filter(verb="cases.kinds_learned").count() == 2

    def test_is_thrown_away_when_switched_off_and_a_broken_file_is_nothing(
        self, cast, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(learning, "CHOSEN_OWED", 4)
        chosen_by_desk(cast, number=6)
        with django_capture_on_commit_callbacks(execute=True):
            learning.learn_kinds(by="node:test", now=cast.now, learning=outcome)
            learning.switch_suggesting(False, "误导", by=cast.viewer(cast.operator), now=cast.now)
        assert not suggesting.file_of_learned().exists()
        suggesting.keep_learned(b"broken")
        assert suggesting.learned_now() is None

    def test_is_due_after_enough_new_choices_or_a_week(self, cast, monkeypatch):
        monkeypatch.setattr(learning, "CHOSEN_OWED", 4)
        chosen_by_desk(cast, number=6)
        assert learning.learn_when_due(cast.now) == 1 and Job.objects.count() == 1
        assert learning.learn_when_due(cast.now) == 1 and Job.objects.count() == 1
        later = cast.now + timedelta(hours=1)
        learning.learn_kinds(by="node:test", now=later, learning=outcome)
        assert learning.learn_when_due(later) == 0
        assert learning.learn_when_due(later + 8 * DAY) == 1

    @pytest.mark.slow
    def test_for_real_in_a_process_of_its_own(self, cast, django_capture_on_commit_callbacks):
        chosen_by_desk(
            cast, kinds=["gas", "noise", "parking", "rubbish", "supply", "staff", "road"]
        )
        with django_capture_on_commit_callbacks(execute=True):
            made = learning.learn_kinds(by="node:test", now=cast.now)
        assert made.chosen == 63 and made.tried == 20
        found = suggesting.suggest_kind("半夜楼上拖桌子睡不着", config.kinds())
        assert found.kind == "noise" and found.version == (made.pk if made.is_used else 0)


class TestPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_show_its_record(self, cast, language):
        chosen_by_desk(cast, number=5)
        Lesson.objects.create(
            chosen=70, tried=20, right=9, words_right=12, sure=0.6, temperature=1, is_used=False,
            seconds=3, at=cast.now,
        )  # fmt: skip
        client = as_(cast.secretary, language)
        assert client.get("/desk/settings/suggesting/").status_code == 200
        page = client.get("/desk/settings/suggesting/choices/?which=right")
        assert page.status_code == 200
        assert client.get("/desk/settings/suggesting/choices/?format=csv").status_code == 200

    def test_list_choices_at_the_same_cost_and_only_in_reach(self, cast):
        client = as_(cast.secretary)
        chosen_by_desk(cast, number=2)
        few = cost(client, "/desk/settings/suggesting/choices/")
        chosen_by_desk(cast, number=9)
        assert cost(client, "/desk/settings/suggesting/choices/") == few <= 6
        assert (
            Case.objects.first().ref
            not in as_(cast.stranger).get("/desk/settings/suggesting/choices/").content.decode()
        )

    def test_show_the_suggestion_to_the_desk_filled_in(self, cast):
        case = brought(cast, GAS)
        page = as_(cast.secretary, "en").get(f"/desk/cases/{case.ref}/").content.decode()
        assert "Suggested: <strong>Gas</strong>" in page
        assert '<option value="gas" selected>' in page

    def test_leave_what_the_reporter_said_filled_in(self, cast):
        """It is another kind altogether: the desk looks twice."""
        case = brought(cast, GAS, kind="need")
        page = as_(cast.secretary, "en").get(f"/desk/cases/{case.ref}/").content.decode()
        assert "Suggested: <strong>Gas</strong>" in page
        assert '<option value="need" selected>' in page

    def test_show_it_to_the_reporter_only_while_nobody_has_looked(self, cast, client):
        came = taken(cast, "我家楼上天天半夜唱歌，噪音很大")
        client.cookies["renwang_language"] = "en"
        assert "Noise and fumes" in client.get(f"/c/{came.code}/").content.decode()
        services.accept_case(came.case.pk, by=cast.viewer(cast.secretary), now=cast.now)
        assert "Noise and fumes" not in client.get(f"/c/{came.code}/").content.decode()

    def test_switch_it_and_let_it_learn(self, cast):
        client = as_(cast.operator)
        path = "/desk/settings/suggesting/do/"
        assert client.post(f"{path}off/", {"reason": ""}).status_code == 303
        assert suggesting.is_on()
        assert client.post(f"{path}off/", {"reason": "误导"}).status_code == 303
        assert not suggesting.is_on()
        assert client.post(f"{path}on/", {"reason": "再试"}).status_code == 303
        assert suggesting.is_on()
        assert client.post(f"{path}learn/").status_code == 303 and not Job.objects.exists()
        assert client.post(f"{path}forget/").status_code == 404
