"""What the readiness check remembers: holes from when to when, waivers, lookings, own checks, what is to be looked at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.fields import PathField
from renwang.registers.readiness.rules import Severity

SEVERITIES = {
    Severity.GRAVE: pgettext_lazy("how grave a hole is", "Grave"),
    Severity.ATTENTION: pgettext_lazy("how grave a hole is", "Needs attention"),
    Severity.NOTE: pgettext_lazy("how grave a hole is", "On paper"),
}


class Hole(models.Model):
    """One hole: what a check found at a place, from when to when. It opens and closes by itself."""

    id = models.BigAutoField(primary_key=True)
    check_key = models.CharField(max_length=60)
    path = PathField()
    subject = models.CharField(max_length=300)  # what tells it apart from others of its check
    target = models.CharField(max_length=64, blank=True)  # key of the page on which it is mended
    severity = models.PositiveSmallIntegerField(choices=list(SEVERITIES.items()))
    mender = models.CharField(max_length=30)  # the capability that mends it
    sees = models.CharField(max_length=30)  # the capability that may know of it
    params = models.JSONField(default=dict)  # the figures of its sentence; never a name
    since_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    waived_until = models.DateTimeField(null=True)  # as its waiver says

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_key", "subject"], condition=Q(gone_at=None), name="hole_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["path", "severity"], name="hole_path", condition=Q(gone_at=None)),
            models.Index(
                fields=["severity", "since_at", "id"], name="hole_worst", condition=Q(gone_at=None)
            ),
            models.Index(
                fields=["check_key", "path"], name="hole_check", condition=Q(gone_at=None)
            ),
            models.Index(fields=["path", "since_at", "gone_at"], name="hole_history"),
            models.Index(fields=["gone_at"], name="hole_gone", condition=Q(gone_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.check_key} {self.subject}"


class Waiver(models.Model):
    """A hole that may stand until a day, by whom and why. It ends by itself, and hides nothing."""

    id = models.UUIDField(primary_key=True)
    check_key = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    path = PathField()
    severity = models.PositiveSmallIntegerField(choices=list(SEVERITIES.items()))
    sees = models.CharField(max_length=30)
    reason = models.CharField(_("reason"), max_length=300)
    until_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken back before its end
    ended_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["check_key", "subject"], name="waiver_hole"),
            models.Index(fields=["path", "-until_at"], name="waiver_path"),
        ]

    def __str__(self) -> str:
        return f"{self.check_key} {self.subject}"


class Look(models.Model):
    """One looking at everything at and below a place: at night, or because somebody asked."""

    id = models.UUIDField(primary_key=True)
    path = PathField()
    is_nightly = models.BooleanField(default=False)
    asked_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    places = models.PositiveIntegerField(default=0)
    appeared = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["path", "-started_at"], name="look_path")]


class OwnCheck(models.Model):
    """A check that an organisation wrote for itself; what it says stands in its versions."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()  # it looks at places here and below
    version = models.OneToOneField(
        "readiness.OwnVersion", models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="owncheck_path")]

    def __str__(self) -> str:
        return self.ref


class OwnVersion(models.Model):
    """What an own check said from one moment to the next. Never edited: a new version follows."""

    id = models.BigAutoField(primary_key=True)
    own = models.ForeignKey(OwnCheck, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80)
    sentence = models.CharField(_("sentence"), max_length=300)
    when = models.CharField(_("condition"), max_length=300)
    level = models.CharField(max_length=40, blank=True)  # of the places it looks at; empty for all
    severity = models.PositiveSmallIntegerField(choices=list(SEVERITIES.items()))
    mender = models.CharField(max_length=30)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["own", "number"], name="ownversion_once")]


class Touched(models.Model):
    """A place that a fact asks to be looked at again; a deep one is worked off part by part."""

    id = models.BigAutoField(primary_key=True)
    family = models.CharField(max_length=20)
    path = PathField()
    is_deep = models.BooleanField(default=False)
    after = PathField(blank=True)  # how far a deep one has got
    at = models.DateTimeField()


class Turn(models.Model):
    """The lock under which holes are compared and written: one look at a time. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(null=True)
