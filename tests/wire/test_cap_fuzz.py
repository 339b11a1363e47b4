"""Damaged alerts and feeds: each is refused or taken for a stated reason, and nothing else happens.

A few hundred of each with every run; `RENWANG_FUZZ=10000` for the long one.
"""

import warnings
from datetime import UTC, datetime

import pytest
from django.utils import translation
from tests.wire.fuzzing import CASES, SAMPLES, SECRET, Damage, Watch

from renwang.alerts import cap, looking, warnings_list
from renwang.alerts.areas import read_areas
from renwang.alerts.cap.words import describe, explain
from renwang.alerts.reading import (
    colour_of,
    doubts_of,
    hazard_of,
    main_info,
    name_of,
    names_referred_to,
    read_alert,
    words_of,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.fixture
def watch():
    made = Watch()
    yield made
    made.close()


def samples() -> list[bytes]:
    return [path.read_bytes() for path in sorted(SAMPLES.iterdir())]


def use(document: cap.Document) -> None:
    """Do with an alert what a node does with it before it is kept."""
    said = document.alert
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapes of nonsense coordinates
        read_areas(area for info in said.infos for area in info.areas)
    name_of(said)
    names_referred_to(said)
    words_of(said)
    doubts_of(said, NOW)
    for one in cap.find_doubts(said, now=NOW):
        assert str(describe(one))
    info = main_info(said)
    if info is not None:
        colour_of(info)
        hazard_of(info)
    if said.signatures:
        cap.verify(document.original, trusted=(), now=NOW)
    assert SECRET not in repr(said)
    try:
        again = cap.read(cap.write(said)).alert
    except cap.CapRefused as refused:
        assert refused.reason is cap.Reason.UNWRITABLE
    else:
        assert (again.identifier, again.sent, len(again.infos)) == (
            said.identifier, said.sent, len(said.infos),
        )  # fmt: skip


def judge(data: bytes) -> str:
    """Read a message as the node does; say why it was taken or refused."""
    try:
        document = read_alert(data)
        use(document)
    except cap.CapRefused as refused:
        assert refused.reason in cap.Reason
        assert str(explain(refused))
        return refused.reason.value
    return "taken"


def judge_feed(data: bytes) -> str:
    if warnings_list.may_be_list(data):
        try:
            warnings_list.read_list(data)
        except warnings_list.ListRefused as refused:
            assert refused.fault in warnings_list.ListFault
    try:
        found = cap.read_either(data)
    except cap.CapRefused as refused:
        assert str(explain(refused))
        return refused.reason.value
    if isinstance(found, cap.Document):
        use(found)
        return "an alert"
    for entry in found.entries[:50]:
        assert len(looking._key_of(entry)) == 64
        if entry.document is not None:
            use(entry.document)
        if entry.refused is not None:
            assert str(explain(entry.refused))
    return "a feed"


def run(watch: Watch, originals: list[bytes], make: str, judged, cases: int = CASES) -> None:
    """Judge so many cases under watch; the first ones only warm up what is imported late."""
    with translation.override("zh-hans"):
        for data in originals:
            judged(data)
        judge(b"<x/>")
        for number in range(cases):
            damage = Damage(number, originals, watch.traps)
            data = getattr(damage, make)()
            label = f"{make} {number}"
            try:
                with watch.over(label):
                    verdict = judged(data)
            except AssertionError:
                raise
            except Exception as error:
                raise AssertionError(f"{label} ended in {error!r}: {data[:300]!r}") from error
            watch.verdicts[verdict] += 1
    print(f"{make}: {dict(watch.verdicts.most_common())}")  # noqa: T201 - the report of the long run
    assert sum(watch.verdicts.values()) == cases
    assert len(watch.verdicts) > 5


def test_damaged_alerts_are_taken_or_refused_for_a_reason(watch):
    run(watch, samples(), "alert", judge)
    assert watch.verdicts["taken"]


def test_random_feeds_are_taken_or_refused_for_a_reason(watch):
    run(watch, samples(), "feed", judge_feed)
    assert watch.verdicts["a feed"]


def test_the_watch_sees_what_it_watches_for(watch):
    with pytest.raises(AssertionError), watch.over("a file"):
        open(watch.traps[1]).close()  # noqa: PTH123 - the very call that is watched for
    with pytest.raises(AssertionError), watch.over("no end"):
        while True:
            pass
