"""What the auditor keeps: what it found that does not go on, from when to when."""

from enum import StrEnum

from django.db import models


class StallKind(StrEnum):
    """In which way something under way does not go on."""

    OVERDUE = "overdue"  # due, and nobody acted on it
    UNSENT = "unsent"  # a message waits to go out, longer than any line rests
    SENDING = "sending"  # a message is being sent and never ends
    NO_STEP = "no-step"  # open, with nothing that would ever happen
    NOT_ASKED = "not-asked"  # waits for a post above that is done
    AHEAD = "ahead"  # its next step lies further ahead than its terms allow
    NOT_ENDED = "not-ended"  # its time is over and it goes on
    NOT_TOLD = "not-told"  # work waits for people who were not told of it
    NOT_COUNTED = "not-counted"  # no sums were built, so the board shows nothing
    UNSEALED = "unsealed"  # facts wait to be sealed: nothing follows from them
    CLOCK = "clock"  # the clock was put back


class Stall(models.Model):
    """Something that does not go on: in one notice, or in the whole node."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12)
    notice = models.ForeignKey(
        "outreach.Notice", models.CASCADE, null=True, related_name="stalls", db_index=False
    )
    number = models.PositiveIntegerField()  # of calls, messages or facts; seconds for a clock
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "kind"], condition=models.Q(ended_at=None), name="stall_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind"], name="stall_open", condition=models.Q(ended_at__isnull=True)
            )
        ]
