"""Learn kinds in a process of its own: scikit-learn and what it needs of memory go when it ends, and the node stays small.

Reads `{"chosen": [[words, kind], …], "words": {kind: [word, …]}, "version": 3}`
as JSON, the oldest choice first; writes an archive of plain arrays, in which
no program can hide. Knows neither database nor names.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import orjson

from renwang.base.pure.loading import on_first_use
from renwang.cases.suggest_rules import (
    BITS,
    OF_ONE_KIND,
    KindWords,
    Learned,
    best_temperature,
    by_words,
    grams,
    held_out,
    scores,
    shares,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = on_first_use("numpy")


LONGEST = 900  # seconds
WORDS_WEIGH = 0.5
"""What a word that is known for a kind weighs, against a case that the desk has chosen it for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was learned, and how it did on the latest choices, which it had not seen, beside the words of the first day."""

    learned: Learned
    tried: int
    right: int
    words_right: int
    sure: float  # on the average, of those it was tried on

    def packed(self) -> bytes:
        """Give it as an archive of plain arrays."""
        one = self.learned
        head = {
            "version": one.version, "chosen": one.chosen, "kinds": one.kinds,
            "temperature": one.temperature, "tried": self.tried, "right": self.right,
            "words_right": self.words_right, "sure": self.sure,
        }  # fmt: skip
        file = io.BytesIO()
        plain = np.frombuffer(orjson.dumps(head), dtype=np.uint8)
        np.savez_compressed(file, head=plain, weights=one.weights, bias=one.bias)
        return file.getvalue()


def unpack(data: bytes) -> Outcome:
    """Read what was learned. Raises ValueError for what is no such archive, or does not fit together."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            head = orjson.loads(file["head"].tobytes())
            weights, bias = file["weights"], file["bias"]
        kinds = tuple(map(str, head["kinds"]))
        if weights.shape != (1 << BITS, len(kinds)) or bias.shape != (len(kinds),):
            raise ValueError(weights.shape)
        learned = Learned(
            int(head["version"]), int(head["chosen"]), kinds, weights.astype(np.float16),
            bias.astype(np.float32), float(head["temperature"]),
        )  # fmt: skip
        tried = (int(head["tried"]), int(head["right"]), int(head["words_right"]))
        return Outcome(learned, *tried, float(head["sure"]))
    except (KeyError, TypeError, OSError, EOFError, BadZipFile) as trouble:
        raise ValueError(str(trouble)) from None


def learn_apart(chosen: Sequence[tuple[str, str]], words: KindWords, *, version: int) -> Outcome:
    """Learn in a child process; raises where it fails or takes too long."""
    said = orjson.dumps({"chosen": chosen, "words": words, "version": version})
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=said, capture_output=True, timeout=LONGEST, check=True,
    )  # fmt: skip
    return unpack(done.stdout)


def learn(chosen: Sequence[tuple[str, str]], words: KindWords, *, version: int) -> Outcome:
    """Learn from all but the latest choices, try it on those, then learn from all.

    The temperature is found on the latest choices as well, so that how sure it is agrees with how often it is right.
    """
    tried = held_out(len(chosen))
    early, late = chosen[:-tried], chosen[-tried:]
    first = _fit(early, words, version)
    rows = np.array([scores(text, first, words) for text, _kind in late])
    at = {kind: column for column, kind in enumerate(first.kinds)}
    owed = np.array([at.get(kind, -1) for _text, kind in late])
    temperature = best_temperature(rows, owed)
    right = int((rows.argmax(axis=1) == owed).sum())
    sure = float(shares(rows, temperature).max(axis=1).mean())
    guessed = [by_words(text, words) for text, _kind in late]
    words_right = sum(
        one is not None and one.kind == kind
        for one, (_text, kind) in zip(guessed, late, strict=True)
    )
    whole = _fit(chosen, words, version)
    found = Learned(version, len(chosen), whole.kinds, whole.weights, whole.bias, temperature)
    return Outcome(found, tried, right, words_right, sure)


def _fit(chosen: Sequence[tuple[str, str]], words: KindWords, version: int) -> Learned:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import SGDClassifier

    often = Counter(kind for _text, kind in chosen)
    told = [(text, kind, 1.0) for text, kind in chosen if often[kind] >= OF_ONE_KIND]
    told += [(word, kind, WORDS_WEIGH) for kind, some in words.items() for word in some]
    numbers = [grams(text) for text, _kind, _weight in told]
    lengths = np.array([len(one) for one in numbers])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    table = csr_matrix((values, np.concatenate(numbers), starts), shape=(len(told), 1 << BITS))
    made = SGDClassifier(
        loss="log_loss", alpha=2e-5, max_iter=40, tol=1e-4, average=True, random_state=0
    )
    kinds = [kind for _text, kind, _weight in told]
    made.fit(table, kinds, sample_weight=[weight for _text, _kind, weight in told])
    weights, bias = _each(made.coef_, made.intercept_)
    names = tuple(map(str, made.classes_))
    return Learned(version, len(chosen), names, weights, bias, 1.0)


def _each(
    weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Give a column to each kind; where there are two, one row tells them apart."""
    if len(weights) == 1:
        weights, bias = np.vstack((-weights, weights)), np.concatenate((-bias, bias))
    return weights.T.astype(np.float16), bias.astype(np.float32)


def main() -> None:
    """Do what the module says, from standard input to standard output."""
    said: Mapping[str, Any] = orjson.loads(sys.stdin.buffer.read())
    chosen = [(str(text), str(kind)) for text, kind in said["chosen"]]
    words = {str(kind): tuple(some) for kind, some in said["words"].items()}
    sys.stdout.buffer.write(learn(chosen, words, version=int(said["version"])).packed())


if __name__ == "__main__":
    main()
