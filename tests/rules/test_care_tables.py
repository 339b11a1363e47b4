"""How needs are written into a cell, and which consent counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.care.table_rules import (
    BETWEEN,
    ConsentOlder,
    ConsentWithdrawn,
    NeedNotKnown,
    check_newer,
    need_words,
    needs_in,
)

NAMES = {
    "language": {
        "zh": "语言不通（方言、手语、外语）",
        "en": "Needs another language or sign language",
    },
    "medicine": {"zh": "按时用药（含冷藏药）", "en": "Medicine at fixed hours, or kept cold"},
    "stairs": {"zh": "上下楼要人帮", "en": "Cannot take stairs without help"},
}
WORDS = need_words(NAMES)
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))


class TestNeeds:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("上下楼要人帮", ("stairs",)),
            ("语言不通；上下楼要人帮", ("language", "stairs")),
            ("语言不通（方言、手语、外语）", ("language",)),
            ("语言不通、上下楼要人帮", ("language", "stairs")),
            ("Medicine at fixed hours, or kept cold; stairs", ("medicine", "stairs")),
            (" STAIRS ;; stairs ", ("stairs",)),
            ("", ()),
            ("；", ()),
        ],
    )
    def test_as_people_write_them(self, text, said):
        assert needs_in(text, WORDS) == said

    def test_an_unknown_one_is_named(self):
        with pytest.raises(NeedNotKnown) as refused:
            needs_in("上下楼要人帮、会飞", WORDS)
        assert refused.value.params == {"need": "会飞"}

    @given(
        st.lists(st.sampled_from(sorted(NAMES)), unique=True),
        st.sampled_from(["zh", "en"]),
    )
    def test_what_is_written_is_read(self, keys, language):
        text = BETWEEN.join(NAMES[key][language] for key in keys)
        assert needs_in(text, WORDS) == tuple(keys)

    @given(st.text())
    def test_never_anything_but_needs_or_the_refusal(self, text):
        try:
            assert set(needs_in(text, WORDS)) <= set(NAMES)
        except NeedNotKnown as refusal:
            assert refusal.params["need"]


class TestConsent:
    @given(DAYS, DAYS, DAYS)
    def test_only_the_newer_one_counts(self, given_on, known_on, withdrawn_on):
        older, withdrawn = given_on < known_on, given_on <= withdrawn_on
        if older or withdrawn:
            with pytest.raises(ConsentOlder if older else ConsentWithdrawn):
                check_newer(given_on, known_on=known_on, withdrawn_on=withdrawn_on)
        else:
            check_newer(given_on, known_on=known_on, withdrawn_on=withdrawn_on)

    def test_on_the_day_of_the_withdrawal_it_does_not(self):
        day = date(2026, 7, 15)
        with pytest.raises(ConsentWithdrawn):
            check_newer(day, known_on=None, withdrawn_on=day)
        check_newer(day + timedelta(days=1), known_on=None, withdrawn_on=day)
        check_newer(day, known_on=day, withdrawn_on=None)
