"""What the risk list remembers: risks and each step of their lives, measures, questions upward, photographs, surveys."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.registers.hazards import Category
from renwang.registers.risks.rules import (
    OVER,
    ReferralState,
    Source,
    State,
    SurveyKind,
)
from renwang.registers.risks.scale_rules import Level

CATEGORIES = {
    Category.NATURAL: _("Natural disaster"),
    Category.ACCIDENT: _("Accident"),
    Category.HEALTH: _("Public-health event"),
    Category.SECURITY: _("Public-security event"),
}
SOURCES = {
    Source.PATROL: _("Patrol"),
    Source.RESIDENT: _("Resident"),
    Source.EXPERT: _("Expert"),
    Source.SURVEY: _("Survey"),
    Source.WORKSHOP: _("Residents' workshop"),
    Source.SIGNAL: _("Signal"),
}
STATES = {
    State.FOUND: _("Found, not judged"),
    State.OPEN: _("To be mended here"),
    State.REFERRED: _("Referred upward"),
    State.RECTIFIED: _("Mended, to be checked"),
    State.ACCEPTED: _("Accepted until a day"),
    State.CLOSED: _("Mended and closed"),
    State.DISMISSED: _("No risk"),
}
LEVELS = {
    Level.UNKNOWN: _("Not judged yet"),
    Level.BLUE: _("Low · blue"),
    Level.YELLOW: _("Ordinary · yellow"),
    Level.ORANGE: _("Considerable · orange"),
    Level.RED: _("Major · red"),
}
SURVEY_KINDS = {
    SurveyKind.ASSESSMENT: _("Assessment by experts"),
    SurveyKind.WORKSHOP: _("Workshop with residents"),
    SurveyKind.ROUND: _("Patrol round"),
    SurveyKind.CENSUS: _("Census of risks"),
}


class Scale(models.Model):
    """A scale that the node wrote for itself; the last one holds, earlier ones stay beside it."""

    id = models.BigAutoField(primary_key=True)
    body = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()


class Survey(models.Model):
    """A looking round: by experts, with residents, on patrol, house by house; and when the next one is due."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SURVEY_KINDS)
    title = models.CharField(_("title"), max_length=120)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    on = models.DateField(_("day"))
    who = models.CharField(_("who looked"), max_length=200)
    words = models.TextField(_("what was found"), blank=True)
    every_days = models.PositiveSmallIntegerField(null=True)  # None for one that is not repeated
    next_on = models.DateField(null=True)
    followed_by = models.OneToOneField("self", models.SET_NULL, null=True, related_name="follows")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["path", "-on"], name="survey_path"),
            models.Index(
                fields=["next_on"], name="survey_next", condition=Q(followed_by__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Risk(models.Model):
    """Something that may do harm at a place, and where it stands. `words` is never changed."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    hazard = models.CharField(_("kind"), max_length=40, blank=True)  # open; see registers.hazards
    category = models.CharField(max_length=8, choices=CATEGORIES, blank=True)
    code = models.CharField(_("national sub-code"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=120)
    words = models.TextField(_("words"))  # of whoever found it
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    place = models.CharField(_("where exactly"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    reach_m = models.PositiveIntegerField(null=True)  # radius in which it would do harm

    source = models.CharField(_("found by"), max_length=8, choices=SOURCES)
    origin = models.CharField(max_length=32, blank=True)  # reference of the signal or matter
    survey = models.ForeignKey(Survey, models.PROTECT, null=True, related_name="risks")
    outside = models.CharField(max_length=120, blank=True)  # its key where it was made
    found_at = models.DateTimeField()
    received_at = models.DateTimeField()
    found_by = models.UUIDField(null=True)

    state = models.CharField(max_length=9, choices=STATES, default=State.FOUND)
    form = models.TextField(_("form"), blank=True)  # 形态: what it looks like now
    unfolding = models.TextField(_("how it would unfold"), blank=True)
    exposed = models.JSONField(default=dict)  # sums as they were counted when it was judged
    likelihood = models.PositiveSmallIntegerField(default=0)  # as it stands; 0 is not judged
    harm = models.PositiveSmallIntegerField(default=0)
    inherent = models.PositiveSmallIntegerField(choices=LEVELS, default=Level.UNKNOWN)
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=Level.UNKNOWN)  # as it stands
    residual = models.PositiveSmallIntegerField(choices=LEVELS, default=Level.UNKNOWN)
    judged_at = models.DateTimeField(null=True)

    since = models.DateTimeField()  # of the last step
    due_at = models.DateTimeField(null=True)  # by when the next step is owed; see rules
    term = models.DurationField(null=True)  # how long there was for it
    asked = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # who owes it
    asked_path = PathField()
    rung = models.PositiveSmallIntegerField(default=0)  # how often silence has climbed
    climb_at = models.DateTimeField(null=True)  # when silence climbs next; None at the top
    accepted_until = models.DateTimeField(null=True)
    rectified_by = models.UUIDField(null=True)
    rechecked_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "state", "level", "likelihood", "harm"], name="risk_path"),
            models.Index(fields=["-level", "-found_at", "-id"], name="risk_worst"),
            models.Index(fields=["-found_at", "-id"], name="risk_newest"),
            models.Index(fields=["due_at"], name="risk_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["climb_at"], name="risk_climb", condition=Q(climb_at__isnull=False)
            ),
            models.Index(fields=["asked_path"], name="risk_climbed", condition=Q(rung__gt=0)),
            models.Index(fields=["found_by"], name="risk_finder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outside"], condition=~Q(outside=""), name="risk_outside_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(state.value for state in OVER))
                | Q(due_at__isnull=False),
                name="risk_never_parked",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACCEPTED.value) | Q(accepted_until__isnull=False),
                name="risk_acceptance_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | ~Q(rechecked_by=F("rectified_by")),
                name="risk_other_hand_checks",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One step in the life of a risk: who did what, in which words, with the figures of that moment."""

    id = models.BigAutoField(primary_key=True)
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=16)  # an act of the rules, or found, note, photo, done, …
    words = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["risk", "id"], name="step_risk")]


class Measure(models.Model):
    """Something to be done about a risk: by whom, until when; done with evidence, or given up with a reason."""

    id = models.UUIDField(primary_key=True)
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(_("what is to be done"), max_length=300)
    post = models.ForeignKey("chain.Post", models.PROTECT, related_name="+")
    due_on = models.DateField(_("due on"))
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    evidence = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["post", "due_on"],
                name="measure_undone",
                condition=Q(done_at=None, dropped_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["risk", "number"], name="measure_number_once"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="measure_ends_once"
            ),
        ]


class Referral(models.Model):
    """A question about a risk put to the unit above; while it is owed, silence takes the risk higher."""

    id = models.UUIDField(primary_key=True)
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="referrals")
    question = models.TextField(_("question"))
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # who asks
    asked = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # who was asked first
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, default=ReferralState.OWED)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["risk"], condition=Q(state="owed"), name="riskreferral_one_owed"
            )
        ]


class Photo(models.Model):
    """A photograph of a risk or of what was done, drawn anew so that nothing hides in it."""

    id = models.UUIDField(primary_key=True)
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="photos")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["risk", "digest"], name="photo_once"),
        ]
