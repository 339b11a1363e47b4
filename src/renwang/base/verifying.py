"""Verifying: proves that no sealed fact was altered, removed or put in between."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from renwang.base.journal import last_seq, sealed
from renwang.base.models import Head
from renwang.base.sealing import digest_of

CHUNK = 5000


class Break(StrEnum):
    """How the chain can be broken."""

    ALTERED = "altered"  # the fact does not give the digest it was sealed with
    MISSING = "missing"  # a number is left out
    CUT_SHORT = "cut_short"  # the journal ends before its head, or an anchor, says it does
    INSERTED = "inserted"  # facts stand after the end of the journal: not the sealer put them there
    REWRITTEN = "rewritten"  # the chain holds, but is not the one an anchor was taken from


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; `kind` is None when the chain is whole."""

    checked: int
    seq: int | None = None  # the first broken link
    kind: Break | None = None
    digest: str = ""  # of the last link that held: kept elsewhere, it proves later that nothing before it changed

    @property
    def whole(self) -> bool:
        """Whether every link held."""
        return self.kind is None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number and a digest that were noted down elsewhere, as an earlier verification printed them."""

    seq: int
    digest: str


def verify_journal(
    progress: Callable[[int, int], None] | None = None, anchor: Anchor | None = None
) -> Verdict:
    """Recompute every digest from the first fact on, and name the first broken link.

    `progress(checked, total)` is called after every chunk. Whoever can write
    to the database could rewrite the whole chain; an `anchor` kept elsewhere
    shows even that. Facts sealed while this runs are verified as well.
    """
    digest, seq, total = "", 0, last_seq()
    while True:
        chunk = list(sealed().filter(seq__gt=seq)[:CHUNK])
        for entry in chunk:
            if entry.seq != seq + 1:
                return Verdict(seq, seq + 1, Break.MISSING, digest)
            found = digest_of(digest, entry)
            if found != entry.digest:
                return Verdict(seq, entry.seq, Break.ALTERED, digest)
            digest, seq = found, entry.seq
            if anchor and anchor.seq == seq and anchor.digest != digest:
                return Verdict(seq, seq, Break.REWRITTEN, digest)
        total = max(total, seq)
        if progress:
            progress(seq, total)
        if not chunk:
            break
    # The sealer moves the head in the transaction that seals, so a fact is never seen before its head.
    head = Head.objects.filter(pk=1).first() or Head()
    if seq > head.seq:
        return Verdict(seq, head.seq + 1, Break.INSERTED, digest)
    if seq < total or (seq == head.seq and digest != head.digest) or (anchor and seq < anchor.seq):
        return Verdict(seq, seq + 1, Break.CUT_SHORT, digest)
    return Verdict(seq, digest=digest)
