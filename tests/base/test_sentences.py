"""A fact says one thing of one and another of several."""

import pytest
from django.utils import translation

from renwang.base import journal
from renwang.base.journal import Counted, sentence_of


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"count": 1}, "1 receipt came in for RW-1"),
        ({"count": 2}, "2 receipts came in for RW-1"),
        ({"count": 0}, "0 receipts came in for RW-1"),
    ],
)
def test_one_receipt_is_no_receipts(facts, said):
    with translation.override("en"):
        assert sentence_of("outreach.receipts", facts).format(**facts, subject="RW-1") == said


def test_a_number_of_another_name_counts_as_well():
    journal.declare({"test.seen": Counted("{n} was", "{n} were", "n")})
    assert sentence_of("test.seen", {"n": 1}) == "{n} was"
    assert sentence_of("test.seen", {}) == str(journal.sentences()["test.seen"]) == "{n} were"


def test_a_verb_that_nobody_declared_stands_for_itself():
    assert sentence_of("later.verb", {}) == "later.verb"
