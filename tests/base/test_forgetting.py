"""What was erased stays erased: the note goes with the erasure, and a replay needs nothing but notes."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from renwang.base import forgetting
from renwang.base.forgetting import Note, Replayed, UnknownKind, forget, notes, replay
from renwang.base.journal import NotInTransaction
from renwang.base.models import Counter, Forgotten

KIND = "test.words"


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(forgetting, "_ERASERS", {})
    monkeypatch.setattr(forgetting, "_FILES", {})


@pytest.fixture
def words(db):
    """A thing of which something is erased: a counter's value, by its name."""

    @forgetting.eraser(KIND)
    def _erase(keys) -> int:
        return Counter.objects.filter(name__in=keys).exclude(value=0).update(value=0)

    Counter.objects.bulk_create([Counter(name=name, value=7) for name in ("a", "b", "c")])
    return lambda: dict(Counter.objects.values_list("name", "value"))


def test_a_kind_that_nobody_erases_is_refused(db, now):
    with pytest.raises(UnknownKind):
        forget("test.unheard_of", ["a"], now=now)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_nothing_binds_to_its_note_is_refused(words, now):
    with pytest.raises(NotInTransaction):
        forget(KIND, ["a"], now=now)
    assert words()["a"] == 7


def test_two_erasers_of_one_kind_are_refused(words):
    with pytest.raises(ValueError, match="two erasers"):
        forgetting.eraser(KIND)(lambda keys: 0)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_taken_back_leaves_no_note(words, now):
    with pytest.raises(RuntimeError), transaction.atomic():
        forget(KIND, ["a"], now=now)
        raise RuntimeError
    assert (words()["a"], list(notes())) == (7, [])


def test_what_is_forgotten_is_gone_and_noted(words, now):
    with transaction.atomic():
        assert forget(KIND, ["a", "b"], now=now) == 2
    assert words() == {"a": 0, "b": 0, "c": 7}
    assert list(notes()) == [Note(KIND, "a", now), Note(KIND, "b", now)]


def test_forgetting_again_changes_nothing(words, now):
    with transaction.atomic():
        forget(KIND, ["a"], now=now)
        assert forget(KIND, ["a", "nowhere"], now=now + timedelta(hours=1)) == 0
    assert list(notes()) == [Note(KIND, "a", now), Note(KIND, "nowhere", now + timedelta(hours=1))]


def test_thousands_are_forgotten_a_portion_at_a_time(words, now):
    with transaction.atomic():
        forget(KIND, (str(number) for number in range(1234)), now=now)
    assert Forgotten.objects.count() == 1234


def test_a_replay_erases_again_and_keeps_the_notes(words, now):
    found = [Note(KIND, "b", now), Note(KIND, "a", now), Note(KIND, "a", now)]
    assert replay(found) == Replayed(2, ())
    assert words() == {"a": 0, "b": 0, "c": 7}
    assert set(notes()) == set(found)
    assert replay(found) == Replayed(0, ())


def test_a_replay_keeps_notes_of_a_kind_that_only_a_later_version_knows(words, now):
    later = Note("later.kind", "x", now)
    assert replay([later, Note(KIND, "c", now)]) == Replayed(1, ("later.kind",))
    assert later in set(notes())


def test_notes_are_reported_as_kept_once(words, now):
    with transaction.atomic():
        forget(KIND, ["a"], now=now)
    [(number, note)] = forgetting.unkept_notes()
    assert note == Note(KIND, "a", now)
    forgetting.mark_kept([number])
    assert forgetting.unkept_notes() == []


def test_a_file_goes_with_what_is_forgotten_and_is_named_to_a_restore(db, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    forgetting.eraser(KIND, file=lambda key: f"things/{key}.jpg")(lambda keys: len(keys))
    kept = default_storage.save("things/a.jpg", ContentFile(b"a face"))
    other = default_storage.save("things/b.jpg", ContentFile(b"a wall"))
    with transaction.atomic():
        forget(KIND, ["a", "unknown"], now=now)
    assert [default_storage.exists(one) for one in (kept, other)] == [False, True]
    known = [*notes(), Note("test.without", "c", now)]
    assert set(forgetting.files_of(known)) == {"things/a.jpg", "things/unknown.jpg"}
