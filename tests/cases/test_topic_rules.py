"""Texts that belong together are grouped exactly as by comparing every pair, and told by the words they share."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renwang.base.pure.text import search_key
from renwang.cases.topic_pass import group_apart
from renwang.cases.topic_rules import ALONE, Voice, group, heat_of, telling_words

SAME = [
    "地下车库入口积水，排水沟堵了",
    "下雨后地下车库入口积水，排水沟没人清",
    "车库入口积水到脚踝，排水沟都是树叶",
]


def by_every_pair(voices, least, within):
    """The same, the long way round."""
    keys = [search_key(one.words) for one in voices]
    bags = [
        Counter(key[at : at + n] for n in (2, 3) for at in range(len(key) - n + 1)) for key in keys
    ]
    spread = Counter(gram for bag in bags for gram in bag)

    def rarity(number: int) -> float:
        found = math.log((1 + len(keys)) / (1 + max(number, 2))) + 1
        return found if number > 1 else ALONE * found

    rows = []
    for bag in bags:
        row = {gram: number * rarity(spread[gram]) for gram, number in bag.items()}
        norm = math.sqrt(sum(weight**2 for weight in row.values())) or 1
        rows.append({gram: weight / norm for gram, weight in row.items()})
    label = list(range(len(voices)))
    for at, one in enumerate(voices):
        for other in range(at):
            two = voices[other]
            alike = sum(weight * rows[other].get(gram, 0) for gram, weight in rows[at].items())
            if (
                alike >= least - 1e-9
                and one.place == two.place
                and abs(one.day - two.day) <= within
            ):
                old, new = label[at], label[other]
                label = [new if each == old else each for each in label]
    found = {}
    for at, each in enumerate(label):
        found.setdefault(each, []).append(at)
    some = [one for one in found.values() if len(one) > 1]
    return sorted(some, key=lambda one: (-len(one), one[0]))


voice = st.builds(
    Voice, st.text("灯坏水堵路3a", max_size=9), st.sampled_from(["/a/", "/b/"]), st.integers(0, 60)
)


@settings(deadline=None, max_examples=80)
@given(st.lists(voice, max_size=14), st.sampled_from([0.3, 0.5, 0.8]))
def test_no_pair_is_left_out(voices, least):
    assert group(voices, alike_from=least, within=30) == by_every_pair(voices, least, 30)


@pytest.mark.parametrize(
    "other", [("电梯门关不上", "/a/", 0), (SAME[0], "/b/", 0), (SAME[0], "/a/", 40)]
)
def test_other_words_another_place_or_long_ago_is_something_else(other):
    voices = [Voice(words, "/a/", 0) for words in SAME] + [Voice(*other)]
    assert group(voices) == [[0, 1, 2]]


def test_a_process_of_its_own_gives_the_same():
    voices = [Voice(words, "/a/", 0) for words in SAME]
    assert group_apart(voices) == group(voices) == [[0, 1, 2]]
    assert group_apart([]) == group([]) == []


def test_a_topic_is_told_by_what_most_have_and_few_others():
    words = telling_words(SAME, ["电梯坏了", "排水很好"])
    assert "入口积水" in words and not any("电梯" in one for one in words)
    assert telling_words(["The lamp is dark", "lamp broken here"], []) == ["lamp"]


def test_it_is_hotter_the_more_people_and_the_faster_it_grows():
    assert heat_of(6, 0, 5) > heat_of(6, 6, 5) > heat_of(6, 6, 2) > heat_of(0, 6, 2)
