"""What outreach remembers of roll-calls: each one held, and the rhythm in which they are held by themselves."""

from django.db import models

from renwang.base.fields import PathField


class RollCallPlan(models.Model):
    """A rhythm in which everybody on the chain of a unit is asked whether he can be reached (W5)."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField(unique=True)
    path = PathField()
    every_days = models.PositiveSmallIntegerField()
    at = models.TimeField()  # of the day, as clocks at the node show it
    window = models.PositiveIntegerField()  # seconds people get to answer
    next_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)
    set_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="rollcallplan_next", condition=models.Q(is_active=True)
            )
        ]


class RollCall(models.Model):
    """One roll-call: every contact on a chain was asked for a sign of life. The asking itself is a notice.

    Its calls stand for contacts: `Call.post_id` holds the id of the contact that is tried.
    """

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    notice = models.OneToOneField("outreach.Notice", models.CASCADE, related_name="rollcall")
    unit_id = models.UUIDField()
    path = PathField()
    reason = models.CharField(max_length=200, blank=True)
    plan = models.ForeignKey(
        RollCallPlan, models.SET_NULL, null=True, related_name="rollcalls"
    )  # empty where somebody pressed the button
    contacts = models.PositiveIntegerField(default=0)
    started_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "-started_at"], name="rollcall_path")]
