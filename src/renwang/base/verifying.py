"""Verifying: proves that no sealed fact was altered, removed or put in between."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from renwang.base.journal import sealed
from renwang.base.models import Head
from renwang.base.sealing import digest_of

CHUNK = 5000


class Break(StrEnum):
    """How the chain can be broken."""

    ALTERED = "altered"  # the fact does not give the digest it was sealed with
    MISSING = "missing"  # a number is left out
    CUT_SHORT = "cut_short"  # the journal ends before the head says it does


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; `kind` is None when the chain is whole."""

    checked: int
    seq: int | None = None  # the first broken link
    kind: Break | None = None

    @property
    def whole(self) -> bool:
        """Whether every link held."""
        return self.kind is None


def verify_journal(progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Recompute every digest from the first fact on, and name the first broken link.

    `progress(checked, total)` is called after every chunk.
    """
    head = Head.objects.filter(pk=1).first()
    total = head.seq if head else 0
    digest, seq = "", 0
    while True:
        chunk = list(sealed().filter(seq__gt=seq)[:CHUNK])
        for entry in chunk:
            if entry.seq != seq + 1:
                return Verdict(seq, seq + 1, Break.MISSING)
            digest = digest_of(digest, entry)
            if digest != entry.digest:
                return Verdict(seq, entry.seq, Break.ALTERED)
            seq = entry.seq
        if progress:
            progress(seq, total)
        if len(chunk) < CHUNK:
            break
    if head and (seq < head.seq or digest != head.digest):
        return Verdict(seq, seq + 1, Break.CUT_SHORT)
    return Verdict(seq)
