"""References are given out without gaps or doubles, in the transaction of what they are for."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from renwang.base.references import advance, next_number, next_reference


def test_numbers_follow_each_other_by_name(db):
    assert [next_number("a"), next_number("a"), next_number("b")] == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_taken_back_gives_its_number_back():
    next_number("a")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("a")
        raise ZeroDivisionError
    assert next_number("a") == 2


def test_a_number_goes_on_to_each_higher_one_once(db):
    assert [advance("a", to, far=100) for to in (7, 7, 6, 8)] == [True, False, False, True]
    assert advance("b", 7, far=100)


def test_a_number_from_before_the_clock_was_put_back_holds_nobody_up(db):
    advance("a", 500, far=100)
    assert [advance("a", 450, far=100), advance("a", 300, far=100)] == [False, True]
    assert not advance("a", 300, far=100)


def test_a_reference_counts_by_the_day_of_the_nodes_own_zone(db, settings):
    settings.RENWANG_NODE_PREFIX = "QS"
    before_midnight = datetime(2026, 7, 15, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    after_midnight = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)
    assert next_reference("A", before_midnight) == "QSA-260715-0001"
    assert next_reference("A", before_midnight) == "QSA-260715-0002"
    assert next_reference("A", after_midnight) == "QSA-260716-0001"
    assert next_reference("N", after_midnight) == "QSN-260716-0001"
