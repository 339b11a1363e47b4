"""What whoever holds the code of a case is shown: where it stands, what was said to him, what he can do. Never who he is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from renwang.cases.clock_rules import ClockKind
from renwang.cases.models import Answer, Case, Clock, Photo, Reporter, Step, Telling, Voice
from renwang.cases.rules import MOVES, Act, State
from renwang.cases.services.intake import digest_of, read_code


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case as its reporter sees it. `own` are his words; `head` is the case that stands for it, mostly itself."""

    own: Case
    head: Case
    steps: Sequence[Step]
    answers: Sequence[Answer]
    photos: Sequence[Photo]
    voices: Sequence[Voice]
    answer_due: datetime | None
    parts: Sequence[Case]
    tellings: Sequence[Telling]
    reporter: Reporter | None

    @property
    def erasure(self) -> Step | None:
        """The last step about early erasure; None where nobody has asked for any."""
        about = [one for one in self.steps if one.case_id == self.own.pk and one.act in _ERASURE]
        return about[-1] if about else None

    @property
    def may(self) -> frozenset[str]:
        """What the reporter can do now."""
        acts = (Act.ADD, Act.CONFIRM, Act.REJECT, Act.WITHDRAW)
        state = State(self.head.state)
        return frozenset(act.value for act in acts if (state, act) in MOVES)


def track(code: str) -> Tracked | None:
    """Find a case by the code of its reporter; None where no case has it. Ten statements at most."""
    found = Case.objects.filter(code=digest_of(read_code(code))).defer("search")
    own = found.select_related("merged_into__unit", "unit").first()
    if own is None:
        return None
    head = own.merged_into or own
    keys = {own.pk, head.pk}
    steps = Step.objects.filter(case__in=keys, is_shown=True).order_by("pk")
    return Tracked(
        own,
        head,
        [one for one in steps if one.case_id == own.pk or one.act not in _OWN],
        list(Answer.objects.filter(case=head).order_by("-number")),
        list(Photo.objects.filter(case=own, is_shown=True).order_by("at", "pk")),
        list(Voice.objects.filter(case=own, is_shown=True).order_by("at", "pk")),
        Clock.objects.filter(case=head, kind=ClockKind.ANSWER, met_at=None, paused_at=None)
        .values_list("due_at", flat=True)
        .first(),
        list(Case.objects.filter(parent=own).order_by("received_at").defer("search")[:20]),
        list(own.tellings.order_by("at", "pk")),
        Reporter.objects.filter(case=own).only("agrees").first(),
    )


_ERASURE = ("erase_ask", "erase_no", "erased")
_OWN = frozenset(
    {
        "come",
        Act.ADD.value,
        Act.REJECT.value,
        Act.CONFIRM.value,
        Act.WITHDRAW.value,
        "photo",
        "voice",
        *_ERASURE,
    }
)
"""Steps that are only the reporter's own: whoever was merged into a case reads none of another one's."""


def photo_by_code(code: str, key: UUID) -> Photo | None:
    """Find a photograph that the holder of a code may see."""
    shown = Photo.objects.filter(pk=key, is_shown=True)
    return shown.filter(case__code=digest_of(read_code(code))).first()


def voice_by_code(code: str, key: UUID) -> Voice | None:
    """Find a voice message that the holder of a code may hear."""
    shown = Voice.objects.filter(pk=key, is_shown=True)
    return shown.filter(case__code=digest_of(read_code(code))).first()
