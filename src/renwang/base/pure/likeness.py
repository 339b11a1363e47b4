"""How alike two texts are, by pairs of neighbouring characters: needs no list of words, so Chinese is as good as any."""

_MARKS = str.maketrans("", "", " \t\r\n,.;:!?，。；：！？、“”‘’\"'()（）《》【】…—-")


def pairs_of(key: str) -> frozenset[str]:
    """Give the pairs of neighbouring characters of folded words, without punctuation."""
    plain = key.translate(_MARKS)
    if len(plain) < 2:
        return frozenset({plain}) if plain else frozenset()
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Say how much two sets of pairs have in common: 0 nothing, 1 all (Dice)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))
