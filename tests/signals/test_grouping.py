"""Two matters that are one: refused to strangers, undone with the very signals it brought, questions kept or taken back."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.signals import selectors, services
from renwang.signals.models import Matter, Referral
from renwang.signals.rules import NotInAMatter, ReferralState, SameMatter, Source
from tests.signals.test_inbox import FLOOD, report

HOUR = timedelta(hours=1)


@pytest.fixture
def by(cast):
    return cast.viewer(cast.officer)


@pytest.fixture
def assessed(cast, by):
    """Open a matter by assessing a signal of its own."""

    def made(words: str, unit=None, minutes: int = 0) -> Matter:
        signal = services.receive_signal(
            report(words, minutes, hazard="landslide"), unit or cast.grid, by="node:test",
            now=cast.now + timedelta(minutes=minutes),
        )  # fmt: skip
        services.assess_signal(signal.pk, FLOOD, by=by, now=cast.now)
        return Matter.objects.get(signals=signal)

    return made


def words_of(matter: Matter) -> set[str]:
    return set(matter.signals.values_list("words", flat=True))


def test_a_stranger_merges_and_takes_out_nothing(cast, by, assessed):
    one, into = assessed("山坡掉石头"), assessed("楼后塌方")
    stranger = cast.viewer(cast.stranger)
    with pytest.raises(NotInReach):
        services.merge_matters(one.pk, into.pk, by=stranger, now=cast.now)
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now)
    with pytest.raises(NotInReach):
        services.unmerge_matter(one.pk, [], by=stranger, now=cast.now)
    assert selectors.matter_to_judge(stranger, one.ref) is None
    assert selectors.merge_candidates(stranger, into) == []


def test_a_matter_is_not_merged_with_itself_nor_twice(cast, by, assessed):
    one, into, third = assessed("甲"), assessed("乙"), assessed("丙")
    with pytest.raises(SameMatter):
        services.merge_matters(one.pk, one.pk, by=by, now=cast.now)
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now)
    for a, b in ((one, third), (third, one)):
        with pytest.raises(SameMatter):
            services.merge_matters(a.pk, b.pk, by=by, now=cast.now)


def test_what_was_merged_is_taken_out_with_what_it_brought(cast, by, assessed):
    one, into = assessed("山坡掉石头"), assessed("楼后塌方")
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now, reason="同一处山坡")
    assert words_of(into) == {"山坡掉石头", "楼后塌方"} and words_of(one) == set()
    fact = Entry.objects.get(verb="signals.matters_merged")
    assert fact.facts["reason"] == "同一处山坡"
    one.refresh_from_db()
    keys = [signal.pk for signal in selectors.came_with(one)]
    services.unmerge_matter(one.pk, keys, by=by, now=cast.now, reason="看错了")
    assert (words_of(one), words_of(into)) == ({"山坡掉石头"}, {"楼后塌方"})
    one.refresh_from_db()
    assert one.merged_into is None and one.assessment is not None
    assert selectors.came_with(one) == []
    with pytest.raises(NotInAMatter):
        services.unmerge_matter(one.pk, keys, by=by, now=cast.now)


def test_a_second_merging_brings_what_belongs_to_it_then(cast, by, assessed):
    one, into = assessed("甲"), assessed("乙")
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now)
    one.refresh_from_db()
    [first] = selectors.came_with(one)
    services.unlink_signal(first.pk, by=by, now=cast.now)
    assert selectors.came_with(one) == []
    services.unmerge_matter(one.pk, [], by=by, now=cast.now)
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now)
    one.refresh_from_db()
    assert selectors.came_with(one) == []


@pytest.mark.parametrize("both", [False, True])
def test_a_question_goes_along_unless_the_other_waits_already(cast, by, assessed, both):
    one, into = assessed("甲"), assessed("乙")
    for matter in (one, into) if both else (one,):
        services.refer_matter(matter.pk, "怎么办？", term=HOUR, by=by, now=cast.now)
    services.merge_matters(one.pk, into.pk, by=by, now=cast.now)
    owed = Referral.objects.filter(state=ReferralState.OWED)
    assert [each.matter_id for each in owed] == [into.pk]
    assert Referral.objects.filter(state=ReferralState.WITHDRAWN).count() == int(both)


def test_what_is_likely_the_same_comes_first(cast, by, assessed, django_assert_num_queries):
    one = assessed("甲")
    far = assessed("远处", cast.neighbour_community)
    near = assessed("近处", minutes=5)
    with django_assert_num_queries(1):
        found = selectors.merge_candidates(by, one)
    assert found[0] == (near, True) and {each for each, _ in found} == {near, far}
    assert [each for each, _ in selectors.merge_candidates(by, one, text="远")] == [far]


def test_a_lone_signal_is_no_matter(cast, by):
    services.receive_signal(report(source=Source.RESIDENT), cast.grid, by="node:test", now=cast.now)
    assert not Matter.objects.exists()
