"""The life of an edition of a procedure, what it must say before it holds, and when it is to be reviewed.

Values in; a value or a named refusal out. The sentences for the refusals are in `words.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from renwang.chain.rules import Refusal
from renwang.registers.duties.rules import Phase

TITLE_AT_MOST = 120
WORDS_AT_MOST = 2_000
STEPS_AT_MOST = 40
LINES_AT_MOST = 40
SOONEST_DAYS, LATEST_DAYS = 7, 1_825
ACKNOWLEDGED_WITHIN = (
    7  # days that people get to read what concerns them, where it says nothing else
)


class Kind(StrEnum):
    """What a procedure is for."""

    SURVEY = "survey"  # 调查摸底
    INSPECTION = "inspection"  # 巡查检查
    TRAINING = "training"  # 培训演练
    RESPONSE = "response"  # 应急响应
    HANDLING = "handling"  # 现场处置
    RECOVERY = "recovery"  # 恢复保障


REVIEWED_EVERY: Mapping[Kind, int] = {
    Kind.SURVEY: 365,
    Kind.INSPECTION: 365,
    Kind.TRAINING: 365,
    Kind.RESPONSE: 365,
    Kind.HANDLING: 365,
    Kind.RECOVERY: 730,
}
"""Days between two reviews where whoever writes it names none."""


class EditionState(StrEnum):
    """Where an edition of a procedure stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"  # a later edition took its place
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"  # never in force


class Act(StrEnum):
    """What can happen to an edition."""

    EDIT = "edit"
    PROPOSE = "propose"
    RETURN = "return"
    APPROVE = "approve"
    TAKE_OVER = "take_over"  # it holds already by a document that others issued
    DISCARD = "discard"
    ACKNOWLEDGE = "acknowledge"
    REVIEW = "review"
    RUN = "run"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


class Standing(StrEnum):
    """A procedure as people ask for it: by the edition that counts."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class ReviewEnd(StrEnum):
    """How a review ends."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"  # a new edition is begun with the same words
    WITHDRAWN = "withdrawn"


# --- refusals ---------------------------------------------------------------


class ProcedureRefused(Refusal):
    """Something that may not be done with a procedure."""


class ProcedureNotNow(ProcedureRefused):
    """An act that has no place in the state the edition is in."""

    def __init__(self, state: EditionState, act: Act) -> None:
        super().__init__(state=state.value, act=act.value)
        self.state = state
        self.act = act


class OwnProcedure(ProcedureRefused):
    """Whoever wrote any of its words cannot also be the one who approves it."""


class ProcedureTitleMissing(ProcedureRefused):
    """It has no name."""


class ProcedureTooLong(ProcedureRefused):
    """A text is longer than anybody reads; params: how long it may be."""


class TooManySteps(ProcedureRefused):
    """More steps than anybody follows; params: how many there may be."""


class NothingToDo(ProcedureRefused):
    """It has no step."""


class NobodyFollows(ProcedureRefused):
    """Nobody is named who must follow it."""


class RhythmRefused(ProcedureRefused):
    """The days between two reviews are too few or too many."""


class EditionOpen(ProcedureRefused):
    """Another edition is being written or waits for approval; params: its number."""


class ProcedureReasonMissing(ProcedureRefused):
    """A return, an end or a review must say why."""


class ProcedureDocumentMissing(ProcedureRefused):
    """What holds without an approval here must name the document by which it holds."""


class ReviewInFuture(ProcedureRefused):
    """A review cannot have taken place on a day to come."""


class NothingToAcknowledge(ProcedureRefused):
    """None of the posts somebody holds must follow it, or all have been acknowledged."""


# --- the life of an edition ---------------------------------------------------

_D, _P, _F, _S, _W, _G = EditionState

MOVES: Mapping[tuple[EditionState, Act], EditionState] = {
    (_D, Act.EDIT): _D,
    (_D, Act.PROPOSE): _P,
    (_D, Act.TAKE_OVER): _F,
    (_D, Act.DISCARD): _G,
    (_P, Act.EDIT): _D,  # other words than those that were read
    (_P, Act.RETURN): _D,
    (_P, Act.APPROVE): _F,
    (_P, Act.DISCARD): _G,
    (_F, Act.ACKNOWLEDGE): _F,
    (_F, Act.REVIEW): _F,
    (_F, Act.RUN): _F,
    (_F, Act.SUPERSEDE): _S,
    (_F, Act.WITHDRAW): _W,
}

OPEN = frozenset({_D, _P})
"""States in which its words can still be changed; a procedure has one such edition at most."""


def move(state: EditionState, act: Act) -> EditionState:
    """Say where an act leads, or refuse with `ProcedureNotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise ProcedureNotNow(state, act) from None


def acts_in(state: EditionState) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


_COUNTS = (
    (EditionState.IN_FORCE, Standing.IN_FORCE),
    (EditionState.PROPOSED, Standing.PROPOSED),
    (EditionState.DRAFT, Standing.DRAFT),
    (EditionState.WITHDRAWN, Standing.WITHDRAWN),
)


def standing_of(editions: Collection[EditionState]) -> Standing:
    """Say how a procedure stands by all its editions: one in force counts before one being written."""
    for state, stands in _COUNTS:
        if state in editions:
            return stands
    return Standing.DISCARDED


# --- what it must say -------------------------------------------------------


def check_texts(title: str, texts: Iterable[str]) -> None:
    """Refuse a procedure without a name, and texts that nobody would read."""
    if not title.strip():
        raise ProcedureTitleMissing
    if len(title) > TITLE_AT_MOST:
        raise ProcedureTooLong(limit=TITLE_AT_MOST)
    if any(len(text) > WORDS_AT_MOST for text in texts):
        raise ProcedureTooLong(limit=WORDS_AT_MOST)


def check_sizes(steps: int, lines: int) -> None:
    """Refuse more steps or more lines of posts than one page holds."""
    if steps > STEPS_AT_MOST or lines > LINES_AT_MOST:
        raise TooManySteps(limit=STEPS_AT_MOST)


def check_whole(steps: int, lines: int) -> None:
    """Refuse to propose a procedure in which nothing is to be done, or by nobody."""
    if not steps:
        raise NothingToDo
    if not lines:
        raise NobodyFollows


def check_rhythm(every_days: int, acknowledge_days: int) -> None:
    """Refuse a rhythm of reviews outside a week and five years, and no time to read."""
    if not SOONEST_DAYS <= every_days <= LATEST_DAYS or not 1 <= acknowledge_days <= 365:
        raise RhythmRefused(soonest=SOONEST_DAYS, latest=LATEST_DAYS)


def check_reason(reason: str) -> None:
    """Refuse to hand back, to end or to review without a word."""
    if not reason.strip():
        raise ProcedureReasonMissing


def check_document(document: str) -> None:
    """Refuse to take over what no document bears out."""
    if not document.strip():
        raise ProcedureDocumentMissing


def check_author(writers: Collection[str], hand: str | None) -> None:
    """Refuse the approving hand where it has written any of the words; the node itself has none."""
    if hand is not None and hand in writers:
        raise OwnProcedure


def clean_cells(cells: Iterable[tuple[str, Phase | None]]) -> list[tuple[str, Phase | None]]:
    """Name every hazard and phase once, in order; a hazard alone is needless beside one with a phase."""
    kept = dict.fromkeys((hazard.strip(), phase) for hazard, phase in cells if hazard.strip())
    phased = {hazard for hazard, phase in kept if phase is not None}
    return [(hazard, phase) for hazard, phase in kept if phase or hazard not in phased]


# --- reviews --------------------------------------------------------------------


def review_due(began_on: date, reviewed_on: date | None, every_days: int) -> date:
    """Say when the next review is due: from the last one; from the first day in force where there was none.

    A new edition that nobody reviewed does not put the day off.
    """
    return (reviewed_on or began_on) + timedelta(days=every_days)


def check_review_day(on: date, today: date) -> None:
    """Refuse a review on a day to come."""
    if on > today:
        raise ReviewInFuture(on=on)
