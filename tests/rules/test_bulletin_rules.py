"""The life of a bulletin: every act in every state, and what it must have."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.bulletins.rules import (
    MOVES,
    OPEN,
    SHOWN,
    TITLE_AT_MOST,
    Act,
    Audience,
    BulletinState,
    Chain,
    CorrectedAlready,
    EndsTooSoon,
    LanguageTwice,
    NobodyAddressed,
    NotNow,
    ReasonMissing,
    SameHandTwice,
    Source,
    SourceMissing,
    Text,
    WordsMissing,
    WordsTooLong,
    acts_in,
    check_audience,
    check_end,
    check_hands,
    check_reason,
    check_sources,
    check_texts,
    is_over,
    move,
    sources_of,
    text_in,
    texts_of,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
S, A = BulletinState, Act

LEADS_TO = {
    (S.DRAFT, A.EDIT): S.DRAFT,
    (S.DRAFT, A.SUBMIT): S.WAITING,
    (S.DRAFT, A.DISCARD): S.DISCARDED,
    (S.WAITING, A.EDIT): S.DRAFT,
    (S.WAITING, A.RETURN): S.DRAFT,
    (S.WAITING, A.APPROVE): S.APPROVED,
    (S.WAITING, A.DISCARD): S.DISCARDED,
    (S.APPROVED, A.EDIT): S.DRAFT,
    (S.APPROVED, A.RETURN): S.DRAFT,
    (S.APPROVED, A.PUBLISH): S.PUBLISHED,
    (S.APPROVED, A.DISCARD): S.DISCARDED,
    (S.PUBLISHED, A.CORRECT): S.CORRECTED,
    (S.PUBLISHED, A.WITHDRAW): S.WITHDRAWN,
    (S.PUBLISHED, A.EXPIRE): S.EXPIRED,
    (S.EXPIRED, A.CORRECT): S.CORRECTED,
    (S.EXPIRED, A.WITHDRAW): S.WITHDRAWN,
    (S.WITHDRAWN, A.CORRECT): S.CORRECTED,
}


@pytest.mark.parametrize(("state", "act"), list(product(S, A)))
def test_every_act_in_every_state(state, act):
    if (state, act) in LEADS_TO:
        assert move(state, act) is LEADS_TO[state, act]
        assert act in acts_in(state)
        return
    assert act not in acts_in(state)
    refusal = CorrectedAlready if (state, act) == (S.CORRECTED, A.CORRECT) else NotNow
    with pytest.raises(refusal):
        move(state, act)


def test_what_is_published_never_becomes_a_draft_again():
    assert not {MOVES[pair] for pair in MOVES if pair[0] in SHOWN} & OPEN


def test_nothing_is_published_that_was_not_approved():
    assert {state for (state, act) in MOVES if act is A.PUBLISH} == {S.APPROVED}
    assert {state for (state, act) in MOVES if act is A.APPROVE} == {S.WAITING}


class TestHands:
    def test_who_wrote_any_of_it_may_not_approve(self):
        me, other = uuid4(), uuid4()
        with pytest.raises(SameHandTwice):
            check_hands([other, me], me)

    def test_somebody_else_may(self):
        check_hands([uuid4(), None], uuid4())

    def test_the_node_itself_has_no_hand(self):
        check_hands([None], None)


class TestWords:
    @pytest.mark.parametrize(
        "texts",
        [
            [],
            [Text("zh-Hans", " ", "有水")],
            [Text("zh-Hans", "停水", "")],
            [Text("", "停水", "有水")],
        ],
    )
    def test_nothing_said_is_refused(self, texts):
        with pytest.raises(WordsMissing):
            check_texts(texts)

    def test_a_title_nobody_reads_is_refused(self):
        with pytest.raises(WordsTooLong):
            check_texts([Text("zh-Hans", "水" * (TITLE_AT_MOST + 1), "有水")])

    def test_other_scripts_get_more_letters(self):
        check_texts([Text("en", "w" * TITLE_AT_MOST * 3, "Water is back.")])

    def test_a_language_is_said_once(self):
        with pytest.raises(LanguageTwice):
            check_texts([Text("zh-Hans", "停水", "有水"), Text("zh-hans", "停水", "有水")])

    def test_sources_end_audience_and_reason(self):
        for wrong in ([], [Source(" ")]):
            with pytest.raises(SourceMissing):
                check_sources(wrong)
        check_sources([Source("区水务局")])
        with pytest.raises(EndsTooSoon):
            check_end(NOW, NOW)
        check_end(None, NOW)
        check_end(NOW + timedelta(seconds=1), NOW)
        for nobody in (Audience(False), Audience(True, Chain.SOME)):
            with pytest.raises(NobodyAddressed):
                check_audience(nobody)
        check_audience(Audience(False, Chain.SOME, ("grid_worker",)))
        with pytest.raises(ReasonMissing):
            check_reason(" ")

    def test_a_reader_gets_his_language_else_its_kin_else_the_first(self):
        texts = [Text("zh-Hans", "停水", "一"), Text("en-GB", "Water", "two")]
        assert text_in(texts, "en").title == "Water"
        assert text_in(texts, "zh-hans").title == "停水"
        assert text_in(texts, "ug").title == "停水"
        assert text_in([], "en") is None

    @given(st.lists(st.builds(Text, st.text(), st.text(), st.text())))
    def test_what_is_kept_reads_back(self, texts):
        assert list(texts_of([text.kept() for text in texts])) == texts

    def test_sources_read_back_and_know_links(self):
        kept = [
            Source("水务局", "https://example.org/a").kept(),
            Source("文件", "〔2026〕3号").kept(),
        ]
        assert [one.is_link for one in sources_of(kept)] == [True, False]

    def test_over_without_an_end_is_never(self):
        assert not is_over(None, NOW)
        assert is_over(NOW, NOW)
