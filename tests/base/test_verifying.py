"""Verification names the first broken link, whatever was done to the journal."""

import pytest

from renwang.base import journal, verifying
from renwang.base.models import Entry, Head
from renwang.base.sealing import digest_of, seal_all
from renwang.base.verifying import Anchor, Break, verify_journal


@pytest.fixture
def ten(record, monkeypatch):
    """Ten sealed facts, read in small chunks."""
    monkeypatch.setattr(verifying, "CHUNK", 4)
    record(10)
    seal_all()


def _reseal(seq: int, digest: str) -> str:
    """Chain everything from a number on again, as a forger with time would."""
    for entry in journal.sealed().filter(seq__gte=seq):
        digest = digest_of(digest, entry)
        Entry.objects.filter(pk=entry.pk).update(digest=digest)
    return digest


def test_an_empty_journal_is_whole(db):
    assert verify_journal().whole
    assert verify_journal().checked == 0


def test_a_whole_journal_is_whole_and_says_how_far_it_is(ten):
    told: list[tuple[int, int]] = []
    verdict = verify_journal(lambda checked, total: told.append((checked, total)))
    assert verdict.whole
    assert verdict.checked == 10
    assert verdict.digest == Head.objects.get().digest
    assert told == [(4, 10), (8, 10), (10, 10), (10, 10)]


@pytest.mark.parametrize(
    "change",
    [
        {"body": '{"number":4711}'},
        {"actor": "person:somebody-else"},
        {"verb": "test.undone"},
        {"place": "/51/"},
        {"at": "2020-01-01T00:00:00Z"},
        {"digest": "0" * 64},
    ],
)
def test_an_altered_fact_is_named(ten, change):
    journal.sealed().filter(seq=6).update(**change)
    verdict = verify_journal()
    assert (verdict.kind, verdict.seq, verdict.checked) == (Break.ALTERED, 6, 5)


def test_a_removed_fact_is_named(ten):
    journal.sealed().filter(seq=6).delete()
    assert (verify_journal().kind, verify_journal().seq) == (Break.MISSING, 6)


def test_the_first_fact_removed_is_named(ten):
    journal.sealed().filter(seq=1).delete()
    assert (verify_journal().kind, verify_journal().seq) == (Break.MISSING, 1)


def test_a_removed_fact_is_found_even_if_the_others_move_up(ten):
    journal.sealed().filter(seq=6).delete()
    for seq in range(7, 11):
        journal.sealed().filter(seq=seq).update(seq=seq - 1)
    assert (verify_journal().kind, verify_journal().seq) == (Break.ALTERED, 6)


def test_two_facts_that_changed_places_are_found(ten):
    journal.sealed().filter(seq=3).update(seq=99)
    journal.sealed().filter(seq=4).update(seq=3)
    journal.sealed().filter(seq=99).update(seq=4)
    assert (verify_journal().kind, verify_journal().seq) == (Break.ALTERED, 3)


def test_a_fact_put_in_between_is_found(ten):
    for seq in range(10, 5, -1):
        journal.sealed().filter(seq=seq).update(seq=seq + 1)
    _insert_copy_of(5, as_seq=6)
    assert (verify_journal().kind, verify_journal().seq) == (Break.ALTERED, 6)


def test_a_fact_put_after_the_end_is_found(ten):
    _insert_copy_of(10, as_seq=11)
    _reseal(11, journal.sealed().get(seq=10).digest)
    assert (verify_journal().kind, verify_journal().seq) == (Break.INSERTED, 11)


def test_a_journal_cut_short_is_found(ten):
    journal.sealed().filter(seq__gt=7).delete()
    assert (verify_journal().kind, verify_journal().seq) == (Break.CUT_SHORT, 8)


def test_a_journal_whose_head_was_moved_back_with_it_is_shown_by_an_anchor(ten):
    anchor = Anchor(10, Head.objects.get().digest)
    journal.sealed().filter(seq__gt=7).delete()
    Head.objects.update(seq=7, digest=journal.sealed().get(seq=7).digest)
    assert verify_journal().whole
    assert (verify_journal(anchor=anchor).kind, verify_journal(anchor=anchor).seq) == (
        Break.CUT_SHORT,
        8,
    )


def test_a_journal_rewritten_as_a_whole_is_shown_by_an_anchor(ten):
    anchor = Anchor(10, Head.objects.get().digest)
    assert verify_journal(anchor=anchor).whole
    journal.sealed().filter(seq=2).update(actor="person:somebody-else")
    Head.objects.update(digest=_reseal(2, journal.sealed().get(seq=1).digest))
    assert verify_journal().whole
    verdict = verify_journal(anchor=anchor)
    assert (verdict.kind, verdict.seq) == (Break.REWRITTEN, 10)


def test_facts_that_wait_to_be_sealed_are_no_break(ten, record):
    record(2)
    assert verify_journal().checked == 10


def test_facts_sealed_meanwhile_are_verified_too(ten, record):
    def meanwhile(checked: int, total: int) -> None:
        if checked == 8:
            record(3)
            seal_all()

    verdict = verify_journal(meanwhile)
    assert verdict.whole
    assert verdict.checked == 13


def _insert_copy_of(seq: int, *, as_seq: int) -> None:
    copy = journal.sealed().get(seq=seq)
    copy.pk, copy.seq = None, as_seq
    copy.save(force_insert=True)
