"""A fact is recorded under a declared verb, in the transaction of its deed, or not at all."""

import json
from datetime import timedelta, timezone

import pytest
from django.db import transaction

from renwang.base import journal
from renwang.base.models import Entry
from renwang.base.pure.ids import moment_of


def test_an_undeclared_verb_is_refused(db, thing, now):
    with transaction.atomic(), pytest.raises(journal.UnknownVerb):
        journal.record("test.unheard_of", thing, by="node:test", at=now)


@pytest.mark.django_db(transaction=True)
def test_a_fact_without_the_transaction_of_its_deed_is_refused(thing, now):
    with pytest.raises(journal.NotInTransaction):
        journal.record("test.done", thing, by="node:test", at=now)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_taken_back_leaves_no_fact(thing, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        journal.record("test.done", thing, by="node:test", at=now)
        raise ZeroDivisionError
    assert not Entry.objects.exists()


def test_a_fact_carries_all_that_is_needed_to_rebuild_what_happened(record, thing, now):
    elsewhere = now.astimezone(timezone(timedelta(hours=8)))
    [entry] = record(1, at=elsewhere, colour="红", when=now)
    entry.refresh_from_db()
    assert (entry.verb, entry.subject_kind, entry.subject_id) == (
        "test.done",
        "thing",
        str(thing.id),
    )
    assert (entry.subject_ref, entry.place, entry.actor) == ("T-1", "/50/", "node:test")
    assert entry.at == now
    assert entry.facts == {"colour": "红", "number": 0, "when": now.isoformat()}
    assert list(json.loads(entry.body)) == sorted(entry.facts)
    assert abs(moment_of(entry.fact) - entry.recorded_at) < timedelta(milliseconds=1)


def test_a_person_is_named_by_his_id_and_never_by_his_name(record, cast):
    [entry] = record(1, by=cast.viewer(cast.worker))
    assert entry.actor == f"person:{cast.worker.id}"
    assert cast.worker.name not in f"{entry.actor}{entry.body}"


def test_recording_costs_one_statement(thing, now, db, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        journal.record("test.done", thing, by="node:test", at=now)
