"""What mediation remembers: the quarrel without names, its parties and their words under seal, sessions, mediators, stations."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.cases.mediation.names import BODIES, ENDS, HOWS, KEPT, QUARRELS, SAID, STATES
from renwang.cases.mediation.rules import LIVE, Consent, State


class Station(models.Model):
    """A room in which people are mediated, with its hours."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    place = models.CharField(_("where exactly"), max_length=120, blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="mediationstation_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """The station, as the journal names it."""
        return self.name


class Mediator(models.Model):
    """Somebody of the chain who mediates, or learns it beside a master."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    skills = models.JSONField(default=list)  # kinds of quarrel
    master = models.ForeignKey("self", models.PROTECT, null=True, related_name="apprentices")
    stations = models.ManyToManyField(Station, related_name="mediators")
    since_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "ended_on"], name="mediator_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="mediator_once"
            )
        ]

    @property
    def ref(self) -> str:
        """Where he mediates, as the journal names it; the person is in the facts."""
        return self.unit.ref


class Mediation(models.Model):
    """One quarrel that people let themselves be helped with. `about` names nobody."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="mediations")
    quarrel = models.CharField(_("kind of quarrel"), max_length=10, choices=QUARRELS)
    about = models.CharField(_("what it is about"), max_length=200, blank=True)
    search = models.TextField(blank=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")

    state = models.CharField(max_length=9, choices=STATES, default=State.ASKED)
    end = models.CharField(max_length=11, choices=ENDS, blank=True)
    referred_to = models.CharField(max_length=9, choices=BODIES, blank=True)
    mediator = models.ForeignKey(Mediator, models.PROTECT, null=True, related_name="+")
    apprentice = models.ForeignKey(Mediator, models.PROTECT, null=True, related_name="+")

    asked_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    since = models.DateTimeField()  # of the last step
    resume_on = models.DateField(null=True)
    agreed_on = models.DateField(null=True)
    follow_on = models.DateField(null=True)  # when it is next asked whether it is kept
    ended_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "state", "-asked_at"], name="mediation_path"),
            models.Index(fields=["-asked_at", "-id"], name="mediation_newest"),
            models.Index(fields=["-since", "-id"], name="mediation_since"),
            models.Index(fields=["mediator", "state"], name="mediation_whose"),
            models.Index(fields=["apprentice", "state"], name="mediation_apprentice"),
            models.Index(
                fields=["follow_on"], name="mediation_follow", condition=Q(follow_on__isnull=False)
            ),
            models.Index(
                fields=["resume_on"], name="mediation_resume", condition=Q(resume_on__isnull=False)
            ),
            models.Index(
                fields=["erase_at"], name="mediation_erase", condition=Q(erase_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="ended"), name="mediation_case_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(end=""), name="mediation_ends_honestly"
            ),
            models.CheckConstraint(
                condition=Q(apprentice=None) | ~Q(apprentice=F("mediator")),
                name="mediation_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_live(self) -> bool:
        """Whether it has not ended."""
        return self.state in LIVE


class Party(models.Model):
    """One side of a quarrel: who it is and how to reach him under seal, and what he has consented to."""

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="parties")
    number = models.PositiveSmallIntegerField()
    sealed_name = models.TextField(blank=True)
    sealed_contact = models.TextField(blank=True)
    home = PathField(blank=True)  # of the unit where he lives: for neutrality only
    person = models.UUIDField(null=True)  # where he is somebody of the chain, to read his own side
    consented_at = models.DateTimeField(null=True)
    consent_how = models.CharField(max_length=9, choices=HOWS, blank=True)
    consent_until = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    apprentice_attends = models.BooleanField(default=False)
    apprentice_reads = models.BooleanField(default=False)
    refer_to = models.CharField(max_length=9, choices=BODIES, blank=True)  # he lets it be handed on

    class Meta:
        indexes = [
            models.Index(
                fields=["person"], name="mediationparty_person", condition=Q(person__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mediation", "number"], name="mediationparty_number_once"
            )
        ]

    @property
    def letter(self) -> str:
        """By which letter the pages call him."""
        return chr(ord("A") + self.number - 1)

    def consent(self) -> Consent:
        """What he has said to being mediated."""
        return Consent(self.consented_at, self.consent_until, self.withdrawn_at)

    def consents_on(self, day: date) -> bool:
        """Whether his consent holds on a day."""
        return self.consent().holds_on(day)


class Tie(models.Model):
    """Somebody declared that a mediator is kin to a party."""

    id = models.BigAutoField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="ties")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mediation", "mediator"], name="mediationtie_once")
        ]


class Session(models.Model):
    """A time at which the parties and the mediator sit together."""

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="sessions")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    apprentice = models.ForeignKey(Mediator, models.PROTECT, null=True, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["start_at"]
        indexes = [
            models.Index(fields=["start_at"], name="mediationsession_start"),
            models.Index(fields=["mediator", "start_at"], name="mediationsession_who"),
            models.Index(fields=["station", "start_at"], name="mediationsession_where"),
            models.Index(fields=["apprentice", "held_at"], name="mediationsession_learn"),
        ]


class Confidence(models.Model):
    """What a party told one mediator in confidence; nobody else's, also not the next mediator's."""

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="confidences")
    party = models.ForeignKey(Party, models.CASCADE, related_name="confidences")
    told_to = models.ForeignKey(Mediator, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=SAID)
    sealed = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mediation", "at"], name="confidence_mediation")]


class Agreement(models.Model):
    """What the parties agree to, under seal; the last one of a mediation counts."""

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="agreements")
    number = models.PositiveSmallIntegerField()
    sealed = models.TextField(blank=True)
    lines = models.PositiveSmallIntegerField()  # how many points it has
    written_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["mediation", "number"], name="agreement_number_once")
        ]


class Signature(models.Model):
    """A party has signed an agreement."""

    id = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, models.CASCADE, related_name="signatures")
    how = models.CharField(max_length=9, choices=HOWS)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="signature_once")
        ]


class FollowUp(models.Model):
    """It was asked whether an agreement is kept."""

    id = models.BigAutoField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="follow_ups")
    months = models.PositiveSmallIntegerField()
    kept = models.CharField(max_length=6, choices=KEPT)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class Step(models.Model):
    """One step in the story of a mediation: who did what when. Without words: what was said is sealed."""

    id = models.BigAutoField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=10)  # an act of the rules, or ask, tie, held, cancel
    party = models.PositiveSmallIntegerField(null=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["mediation", "id"], name="mediationstep_story")]
