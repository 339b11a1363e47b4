"""What cases remember of messages to reporters: what was to be said, what became of it, and which numbers want none."""

from django.db import models

from renwang.cases.names import EVENTS, FATES
from renwang.cases.telling_rules import Event, Fate


class Telling(models.Model):
    """One message to a reporter. It holds neither its words nor where it goes: both are put together when it goes out."""

    id = models.UUIDField(primary_key=True)  # travels with the message: sent again it is the same
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="tellings")
    event = models.CharField(max_length=8, choices=EVENTS)
    key = models.CharField(max_length=30)  # the step it tells of
    state = models.CharField(max_length=8, choices=FATES, default=Fate.WAITING)
    trouble = models.CharField(max_length=300, blank=True)  # of the channel, or a `Why`
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="casetelling_due", condition=models.Q(due_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="casetelling_once"),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether it has still to go out."""
        return self.state == Fate.WAITING

    @property
    def about(self) -> Event:
        """What it tells of."""
        return Event(self.event)


class Stop(models.Model):
    """A number from which came the wish for no more messages, as a digest that only this node can make."""

    id = models.UUIDField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
