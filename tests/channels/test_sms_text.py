"""How many parts a text message takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.outreach.channels.sms_text import BASIC, EXTENDED, PART, WHOLE, Alphabet, measure


@pytest.mark.parametrize(
    ("text", "alphabet", "places", "parts"),
    [
        ("", Alphabet.GSM, 0, 1),
        ("a" * 160, Alphabet.GSM, 160, 1),
        ("a" * 161, Alphabet.GSM, 161, 2),
        ("a" * 306, Alphabet.GSM, 306, 2),
        ("a" * 307, Alphabet.GSM, 307, 3),
        ("€" * 80, Alphabet.GSM, 160, 1),
        ("a" * 152 + "€" * 10, Alphabet.GSM, 172, 2),
        ("雨" * 70, Alphabet.UCS2, 70, 1),
        ("雨" * 71, Alphabet.UCS2, 71, 2),
        ("雨" * 134, Alphabet.UCS2, 134, 2),
        ("雨" * 135, Alphabet.UCS2, 135, 3),
        ("a" * 69 + "雨", Alphabet.UCS2, 70, 1),
        ("𠮷" * 35, Alphabet.UCS2, 70, 1),
        ("𠮷" * 66, Alphabet.UCS2, 132, 2),
        ("𠮷" * 67, Alphabet.UCS2, 134, 3),  # 33 fit a part of 67: none is split
    ],
)
def test_known_lengths(text, alphabet, places, parts):
    length = measure(text)
    assert (length.alphabet, length.places, length.parts) == (alphabet, places, parts)


letters = st.one_of(
    st.sampled_from(sorted(BASIC | EXTENDED)), st.characters(exclude_categories=["Cs"])
)


@given(st.text(letters, max_size=600))
def test_the_parts_hold_the_places_and_no_part_is_idle(text):
    length = measure(text)
    if length.parts == 1:
        assert length.places <= WHOLE[length.alphabet]
    else:
        most = PART[length.alphabet]
        assert length.places <= length.parts * most
        assert length.places > (length.parts - 1) * (most - 1)


@given(st.text(letters, max_size=300), st.text(letters, max_size=20))
def test_more_text_never_takes_fewer_parts(text, more):
    assert measure(text + more).parts >= measure(text).parts
