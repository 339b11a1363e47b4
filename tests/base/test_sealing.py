"""Sealing numbers committed facts without a gap and chains them; an idle sealer takes no lock."""

from renwang.base import journal
from renwang.base.models import Entry, Head
from renwang.base.sealing import digest_of, seal_all, seal_entries


def test_nothing_to_seal_costs_one_read(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert seal_entries() == 0
    assert journal.last_seq() == 0


def test_facts_get_numbers_without_a_gap_in_the_order_of_recording(record):
    made = record(25)
    assert seal_all() == 25
    assert [entry.pk for entry in journal.sealed()] == [entry.pk for entry in made]
    assert [entry.seq for entry in journal.sealed()] == list(range(1, 26))
    assert journal.last_seq() == 25


def test_batches_join_into_one_chain(record):
    record(7)
    while seal_entries(limit=3):
        pass
    digest = ""
    for entry in journal.sealed():
        digest = digest_of(digest, entry)
        assert entry.digest == digest
    assert Head.objects.get().digest == digest


def test_a_fact_that_is_committed_late_gets_a_later_number_and_is_not_skipped(record):
    late, early = record(2)
    # As if `late` were still in an open transaction when the sealer looked.
    Entry.objects.filter(pk=late.pk).delete()
    seal_all()
    late.save(force_insert=True)
    seal_all()
    assert list(journal.sealed().values_list("pk", "seq")) == [(early.pk, 1), (late.pk, 2)]


def test_sealing_again_changes_nothing(record):
    record(3)
    seal_all()
    before = list(journal.sealed().values())
    assert seal_all() == 0
    assert list(journal.sealed().values()) == before


def test_statements_do_not_grow_with_the_facts_except_for_their_own_updates(
    record, django_assert_max_num_queries
):
    record(40)
    with django_assert_max_num_queries(60):  # forty updates in one batch, and a handful around them
        seal_entries()


def test_every_field_of_a_fact_changes_its_digest(record, now):
    [entry] = record(1)
    seal_all()
    entry.refresh_from_db()
    whole = digest_of("", entry)
    for name in ("seq", "fact", "verb", "subject_kind", "subject_id", "subject_ref", "place"):
        assert _changed(entry, name, "x") != whole, name
    for name in ("actor", "drill", "body"):
        assert _changed(entry, name, "x") != whole, name
    for name in ("at", "recorded_at"):
        assert _changed(entry, name, now.replace(year=2031)) != whole, name
    assert digest_of("x", entry) != whole


def _changed(entry: Entry, name: str, value: object) -> str:
    before = getattr(entry, name)
    setattr(entry, name, value)
    digest = digest_of("", entry)
    setattr(entry, name, before)
    return digest
