import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure.text import (
    fold_width,
    mask_telephone,
    normal_form,
    search_key,
    strip_invisible,
    trim,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("李  明", "李明"),
        ("李\u3000明", "李明"),  # set to the width of a three-character name
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "STRASSE"),
        ("e\u0301cole", "École"),
        ("平安\u200b路", "平安路"),
        (" Ping  An\tRoad ", "ping an road"),
        ("㈱", "(株)"),
        ("第３网格", "第3网格"),
    ],
)
def test_what_means_the_same_is_found(one, other):
    assert search_key(one) == search_key(other)


def test_a_space_between_words_and_between_scripts_still_counts():
    assert search_key("ping an") != search_key("pingan")
    assert search_key("李明 2") != search_key("李明2")


@given(st.text())
def test_a_key_folded_again_stays_the_same(text):
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(), st.text())
def test_composition_does_not_matter(text, more):
    assert search_key(normal_form(text + more)) == search_key(text + more)


@given(st.text())
def test_trimming_only_takes_from_the_ends(text):
    assert trim(text) in text
    assert trim(trim(text)) == trim(text)
    assert strip_invisible(strip_invisible(text)) == strip_invisible(text)


def test_trimming():
    assert trim("\ufeff\u3000 平安 里\u200b\n") == "平安 里"
    assert trim("\u200b \u200b") == ""
    assert strip_invisible("5001\u200b05\ufeff") == "500105"


def test_width():
    assert fold_width("１３８－０　Ａ，") == "138-0 A,"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800001234", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("+86 138-0000-1234", "138****1234"),
        ("008613800001234", "138****1234"),
        ("１３８００００１２３４", "138****1234"),
        ("023-67891234", "023-****1234"),
        ("010 65551234", "010-****1234"),
        ("0816-2221234", "0816-****1234"),
        ("0816-222123", "****123"),
        ("67891234", "****34"),
        ("+44 20 7946 0958", "****0958"),
        ("12345", "****5"),
        ("110", "****"),
        ("", "****"),
        ("no telephone", "****"),
    ],
)
def test_masked_numbers(number, shown):
    assert mask_telephone(number) == shown


@given(st.text("0123456789 +-()", max_size=20))
def test_a_masked_number_cannot_be_rung(number):
    digits = [char for char in number if char.isdigit()]
    left = [char for char in mask_telephone(number) if char.isdigit()]
    assert len(digits) - len(left) >= min(3, len(digits))
