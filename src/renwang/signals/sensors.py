"""What signals remember of sensors: the sensor, its series, where each series stands, readings, faults."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.signals.fault_rules import Doubt, FaultKind

FAULT_KINDS = {
    FaultKind.SILENCE: _("No word from it"),
    FaultKind.STUCK: _("Stuck"),
    FaultKind.SPIKE: _("Jumps"),
    FaultKind.RANGE: _("Outside the plausible range"),
    FaultKind.CLOCK: _("Wrong clock"),
    FaultKind.TRIGGER: _("Trigger fails"),
}
DOUBTS = {
    Doubt.NONE: _("Believed"),
    Doubt.RANGE: _("Outside the plausible range"),
    Doubt.SPIKE: _("Jump"),
}


class Sensor(models.Model):
    """An instrument at a place. What it measures is in its series."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    code = models.CharField(_("code"), max_length=64, unique=True)  # as its maker or owner calls it
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    place = models.CharField(_("where exactly"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    organisation = models.ForeignKey(
        "chain.Organisation", models.SET_NULL, null=True, related_name="+"
    )  # whose it is
    is_active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="sensor_path")]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """One quantity that a sensor measures over time; readings are written under its key."""

    id = models.BigAutoField(primary_key=True)
    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="series")
    key = models.CharField(_("key of the series"), max_length=64, unique=True)  # `gauge-07.rain`
    quantity = models.CharField(_("quantity"), max_length=40)  # open: rain, level, flow, wind …
    unit_of_measure = models.CharField(_("unit of measure"), max_length=20)
    outside = models.CharField(max_length=120, blank=True)  # its Datastream's id elsewhere
    every = models.PositiveIntegerField(
        _("seconds between readings"), default=0
    )  # 0: when it likes
    low = models.FloatField(_("lowest plausible value"), null=True)
    high = models.FloatField(_("highest plausible value"), null=True)
    jump = models.FloatField(_("largest plausible step"), null=True)  # between two readings
    stuck_for = models.PositiveIntegerField(_("seconds unchanged before it is stuck"), default=0)
    resting = models.FloatField(_("value that may last"), null=True)  # no rain is no fault
    lines = models.JSONField(default=list)  # [value, words]: drawn with the series

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["outside"], condition=~models.Q(outside=""), name="series_outside_once"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Pulse(models.Model):
    """Where a series stands: its newest reading, and how much of it the triggers have seen.

    Apart from the series because it changes with every batch. What is written
    and not yet judged (`writes` over `judged`) waits for the evaluator.
    """

    series = models.OneToOneField(Series, models.CASCADE, primary_key=True, related_name="pulse")
    last_at = models.DateTimeField(null=True)
    last_value = models.FloatField(null=True)  # the newest that is believed
    changed_at = models.DateTimeField(null=True)  # since when it has had this value
    heard_at = models.DateTimeField(null=True)  # by the node's clock
    late_at = models.DateTimeField(null=True)  # the earliest that came late since it was judged
    writes = models.BigIntegerField(default=0)
    judged = models.BigIntegerField(default=0)
    streaks = models.JSONField(default=dict)  # of doubtful and of good readings, per fault

    class Meta:
        indexes = [
            models.Index(
                fields=["series"],
                name="pulse_unjudged",
                condition=models.Q(writes__gt=models.F("judged")),
            ),
            models.Index(fields=["heard_at"], name="pulse_heard"),
        ]


class Reading(models.Model):
    """One value at one moment. A second one for the same moment never replaces the first."""

    pk = models.CompositePrimaryKey("series_id", "at")
    series = models.ForeignKey(
        Series, models.CASCADE, related_name="readings", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    value = models.FloatField()
    doubt = models.SmallIntegerField(default=0, choices=DOUBTS)  # triggers pass over doubtful ones


class Fault(models.Model):
    """Something wrong with an instrument or a trigger, from when to when. It opens and closes by itself."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8, choices=FAULT_KINDS)
    series = models.ForeignKey(Series, models.CASCADE, null=True, related_name="faults")
    watch = models.ForeignKey(
        "signals.Watch", models.CASCADE, null=True, related_name="faults"
    )  # of a trigger that fails
    path = PathField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    detail = models.JSONField(default=dict)  # the figures that opened it

    class Meta:
        indexes = [
            models.Index(fields=["path", "-opened_at"], name="fault_path"),
            models.Index(fields=["kind"], name="fault_open", condition=models.Q(closed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "kind"],
                condition=models.Q(closed_at=None, series__isnull=False),
                name="fault_series_once",
            ),
            models.UniqueConstraint(
                fields=["watch", "kind"],
                condition=models.Q(closed_at=None, watch__isnull=False),
                name="fault_watch_once",
            ),
        ]


class Intake(models.Model):
    """What one source handed in during one hour; told to the journal when the hour is over."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=64)  # `person:<id>` or `node:<part>`
    hour = models.DateTimeField()
    batches = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    contradicted = models.PositiveIntegerField(default=0)  # another value for a moment that had one
    late = models.PositiveIntegerField(default=0)
    doubtful = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # wrong clock, or no number
    unknown = models.PositiveIntegerField(default=0)  # of no series here
    is_told = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "intakes"
        constraints = [
            models.UniqueConstraint(fields=["source", "hour"], name="intake_once_an_hour")
        ]


class Ear(models.Model):
    """How the node listens to one MQTT broker: which worker holds it, and how that goes."""

    name = models.CharField(max_length=80, primary_key=True)
    holder = models.UUIDField(null=True)
    until_at = models.DateTimeField(null=True)
    is_connected = models.BooleanField(default=False)
    trouble = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True)
    messages = models.BigIntegerField(default=0)
    unread = models.BigIntegerField(default=0)  # that no subscription could read
