"""Early erasure: every state with every decision, and nobody decides who has a hand in it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.erasure_rules import (
    DecidedAlready,
    Decision,
    OneHandTwice,
    Wish,
    check_hands,
    decide,
)

LEADS = {
    (Wish.ASKED, Decision.GRANT): Wish.ERASED,
    (Wish.ASKED, Decision.REFUSE): Wish.REFUSED,
}


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("wish", Wish)
def test_a_wish_is_decided_once(wish, decision):
    if (wish, decision) in LEADS:
        assert decide(wish, decision) is LEADS[wish, decision]
    else:
        with pytest.raises(DecidedAlready):
            decide(wish, decision)


@given(st.uuids(), st.lists(st.one_of(st.none(), st.uuids())), st.booleans())
def test_whoever_has_a_hand_in_it_never_decides(decider: UUID, hands, has_one):
    if has_one or decider in hands:
        with pytest.raises(OneHandTwice):
            check_hands(decider, [*hands, decider])
    else:
        check_hands(decider, hands)
