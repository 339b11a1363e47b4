"""What signals remember of triggers: the definition and its versions, what each watches, what it proposed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.signals.rules import ProposalState
from renwang.signals.scale_rules import WarningLevel

PROPOSAL_STATES = {
    ProposalState.OPEN: _("Nobody has decided"),
    ProposalState.REPLACED: _("Replaced by a higher one"),
    ProposalState.DISMISSED: _("Decided against"),
    ProposalState.ASSESSED: _("Assessed"),
    ProposalState.HANDED: _("Handed on for a warning"),
}
LEVELS = [(level.value, level.value) for level in WarningLevel]


class Trigger(models.Model):
    """A rule over readings that proposes a warning level. It never warns anybody by itself."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    hazard = models.CharField(_("hazard"), max_length=40)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    each = models.JSONField(default=dict)  # alias to quantity, where it watches each sensor here
    version = models.OneToOneField(
        "signals.TriggerVersion", models.PROTECT, null=True, related_name="+"
    )
    is_on = models.BooleanField(default=False)
    switched_at = models.DateTimeField(null=True)
    switched_by = models.UUIDField(null=True)
    invented = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="trigger_path")]

    def __str__(self) -> str:
        return self.name


class TriggerVersion(models.Model):
    """What a trigger said from one moment to the next."""

    id = models.BigAutoField(primary_key=True)
    trigger = models.ForeignKey(Trigger, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    definition = models.JSONField()  # levels with their conditions; see `trigger_rules.Definition`
    source = models.CharField(max_length=300, blank=True)  # the rule or document it follows
    note = models.CharField(max_length=300, blank=True)
    by = models.UUIDField(null=True)
    from_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trigger", "number"], name="triggerversion_once")
        ]


class Watch(models.Model):
    """One set of series that a trigger watches, and where it stands with them."""

    id = models.UUIDField(primary_key=True)
    trigger = models.ForeignKey(Trigger, models.CASCADE, related_name="watches")
    label = models.CharField(max_length=120)  # said in what it proposes: the sensors' names
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    standing = models.JSONField(default=dict)  # see `trigger_rules.Standing`
    evaluated_to = models.DateTimeField(null=True)  # by the readings' clock
    is_met = models.BooleanField(default=False)  # some level stands
    is_failing = models.BooleanField(default=False)  # its fault is open
    proposal = models.ForeignKey("signals.Proposal", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "watches"
        indexes = [
            models.Index(fields=["trigger", "path"], name="watch_trigger"),
            models.Index(fields=["trigger"], name="watch_met", condition=models.Q(is_met=True)),
        ]


class WatchSeries(models.Model):
    """Under which name a watch reads a series."""

    id = models.BigAutoField(primary_key=True)
    watch = models.ForeignKey(Watch, models.CASCADE, related_name="series")
    alias = models.CharField(max_length=40)
    series = models.ForeignKey("signals.Series", models.CASCADE, related_name="watches")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["watch", "alias"], name="watchseries_alias_once")
        ]


class Proposal(models.Model):
    """What a trigger proposed, with all that met it. A person decides."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    trigger = models.ForeignKey(Trigger, models.PROTECT, related_name="proposals")
    version = models.ForeignKey(TriggerVersion, models.PROTECT, related_name="+")
    watch = models.ForeignKey(Watch, models.SET_NULL, null=True, related_name="proposals")
    signal = models.OneToOneField(
        "signals.Signal", models.PROTECT, related_name="proposal"
    )  # as it stands in the inbox
    hazard = models.CharField(max_length=40)
    level = models.CharField(max_length=8, choices=LEVELS)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    expression = models.TextField()
    numbers = models.JSONField()  # each call with its value, window and count of readings
    evidence = models.JSONField()  # the readings themselves, by alias; thinned where they are many
    sentence_zh = models.TextField()
    sentence_en = models.TextField()
    met_at = models.DateTimeField()  # by the readings' clock
    proposed_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)  # when the readings fell below it
    state = models.CharField(max_length=9, choices=PROPOSAL_STATES, default=ProposalState.OPEN)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    became = models.CharField(max_length=40, blank=True)  # reference of the warning it grew into
    drill = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "-proposed_at"], name="proposal_path"),
            models.Index(fields=["state", "-proposed_at"], name="proposal_state"),
            models.Index(fields=["trigger", "-proposed_at"], name="proposal_trigger"),
        ]

    def __str__(self) -> str:
        return self.ref
