"""What signals remember of people's reports: signals and the notes beside them, matters, assessments, referrals.

Sensors and readings live in `sensors`, triggers and proposals in `triggers`;
Django finds all through the imports at the end.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.signals.rules import ReferralState, SignalState, Source
from renwang.signals.scale_rules import (
    Category,
    Confidence,
    EventLevel,
    ResponseLevel,
    WarningLevel,
)

SOURCES = {
    Source.PATROL: _("Patrol"),
    Source.RESIDENT: _("Resident"),
    Source.OFFICER: _("Information officer"),
    Source.ABOVE: _("Higher authority"),
    Source.SENSOR: _("Sensor"),
}
SIGNAL_STATES = {
    SignalState.NEW: _("Just in"),
    SignalState.LINKED: _("Linked"),
    SignalState.ASSESSED: _("Assessed"),
    SignalState.PROPOSED: _("Warning asked for"),
    SignalState.REFERRED: _("Referred upward"),
    SignalState.ASIDE: _("Set aside"),
    SignalState.MET: _("Met by an official warning"),
}
CATEGORIES = {
    Category.NATURAL: _("Natural disaster"),
    Category.ACCIDENT: _("Accident"),
    Category.HEALTH: _("Public-health event"),
    Category.SECURITY: _("Public-security event"),
}
EVENT_LEVELS = {
    EventLevel.EXTREME: _("Extremely serious"),
    EventLevel.MAJOR: _("Major"),
    EventLevel.SERIOUS: _("Serious"),
    EventLevel.ORDINARY: _("Ordinary"),
}
WARNING_LEVELS = {
    WarningLevel.RED: _("Level 1 · red"),
    WarningLevel.ORANGE: _("Level 2 · orange"),
    WarningLevel.YELLOW: _("Level 3 · yellow"),
    WarningLevel.BLUE: _("Level 4 · blue"),
}
RESPONSE_LEVELS = {
    ResponseLevel.I: _("Response level I"),
    ResponseLevel.II: _("Response level II"),
    ResponseLevel.III: _("Response level III"),
    ResponseLevel.IV: _("Response level IV"),
}
CONFIDENCES = {
    Confidence.CERTAIN: _("Certain"),
    Confidence.LIKELY: _("Likely"),
    Confidence.DOUBTFUL: _("Doubtful"),
    Confidence.UNKNOWN: _("Cannot be said yet"),
}
REFERRAL_STATES = {
    ReferralState.OWED: _("Answer owed"),
    ReferralState.ANSWERED: _("Answer given"),
    ReferralState.WITHDRAWN: _("Question taken back"),
}


class Matter(models.Model):
    """One thing that is going on, whatever number of signals speak of it."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=200)
    hazard = models.CharField(max_length=40, blank=True)  # open, like an alert's
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    opened_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    assessment = models.OneToOneField(
        "signals.Assessment", models.PROTECT, null=True, related_name="+"
    )  # the one that holds; earlier ones stay beside it
    drill = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "-opened_at"], name="matter_path")]

    def __str__(self) -> str:
        return self.title


class Signal(models.Model):
    """A sign of trouble in the words of whoever brought it. `words` is never changed; see `Annotation`."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    source = models.CharField(_("source"), max_length=8, choices=SOURCES)
    hazard = models.CharField(_("hazard"), max_length=40, blank=True)
    words = models.TextField(_("words"))
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    place = models.CharField(_("where exactly"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    person = models.ForeignKey("chain.Person", models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(
        "chain.Organisation", models.SET_NULL, null=True, related_name="+"
    )
    sensor = models.ForeignKey("signals.Sensor", models.SET_NULL, null=True, related_name="+")
    feed = models.CharField(max_length=80, blank=True)  # by which feed of an authority it came
    call_back = models.CharField(_("call back"), max_length=80, blank=True)  # if he wants to hear
    outside = models.CharField(max_length=120, blank=True)  # its key where it was made
    noticed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=SIGNAL_STATES, default=SignalState.NEW)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="signals")
    reason = models.CharField(max_length=300, blank=True)  # why it was put aside
    met_by = models.CharField(max_length=40, blank=True)  # reference of the official warning
    drill = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "-received_at"], name="signal_path"),
            models.Index(fields=["state", "-received_at"], name="signal_state"),
            models.Index(fields=["-noticed_at"], name="signal_noticed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outside"], condition=~models.Q(outside=""), name="signal_outside_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Annotation(models.Model):
    """What somebody who judges wrote beside a signal."""

    id = models.UUIDField(primary_key=True)
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="annotations")
    words = models.TextField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["signal", "at"], name="annotation_signal")]


class Assessment(models.Model):
    """What a person concluded about a matter at one moment; a later one takes its place and leaves it standing."""

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="assessments")
    number = models.PositiveSmallIntegerField()  # first, second, …
    category = models.CharField(_("category"), max_length=8, choices=CATEGORIES)
    hazard = models.CharField(max_length=40, blank=True)
    nature = models.TextField(_("nature"))
    likely_harm = models.TextField(_("likely harm"), blank=True)
    exposed = models.JSONField(default=dict)  # sums and areas, as they were counted then
    event_level = models.CharField(max_length=8, choices=EVENT_LEVELS, blank=True)
    warning_level = models.CharField(max_length=8, choices=WARNING_LEVELS, blank=True)
    response_level = models.CharField(max_length=3, choices=RESPONSE_LEVELS, blank=True)
    confidence = models.CharField(max_length=8, choices=CONFIDENCES)
    reason = models.TextField(_("reason"))
    path = PathField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="assessment_number_once")
        ]


class Referral(models.Model):
    """A question put to the unit above, with an answer owed by a moment; silence takes it higher."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="referrals")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")
    question = models.TextField(_("question"))
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # who asks
    path = PathField()
    asked = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # who owes the answer
    asked_path = PathField()
    rung = models.PositiveSmallIntegerField(default=0)  # how often it has climbed
    term = models.DurationField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_at_top = models.BooleanField(default=False)  # overdue, and nobody above at this node
    state = models.CharField(max_length=9, choices=REFERRAL_STATES, default=ReferralState.OWED)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    drill = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="referral_due", condition=models.Q(state="owed")),
            models.Index(fields=["asked_path", "state"], name="referral_asked"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=models.Q(state="owed"),
                name="referral_one_owed",
            )
        ]


class ReferralStep(models.Model):
    """One level that was asked, and how long it had."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    rung = models.PositiveSmallIntegerField()
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "rung"], name="referralstep_once")
        ]


from renwang.signals.sensors import Ear, Fault, Intake, Pulse, Reading, Sensor, Series  # noqa: E402
from renwang.signals.triggers import Proposal, Trigger, TriggerVersion, Watch, WatchSeries  # noqa: E402

__all__ = [
    "Annotation",
    "Assessment",
    "Ear",
    "Fault",
    "Intake",
    "Matter",
    "Proposal",
    "Pulse",
    "Reading",
    "Referral",
    "ReferralStep",
    "Sensor",
    "Series",
    "Signal",
    "Trigger",
    "TriggerVersion",
    "Watch",
    "WatchSeries",
]
