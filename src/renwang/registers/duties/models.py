"""What the duties list remembers: who leads and who helps against what, where, in which phase, since when."""

from datetime import datetime

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.registers.duties.rules import DutyState, Phase, Standing, standing
from renwang.registers.hazards import name_of

PHASES = [
    (Phase.PREVENT, pgettext_lazy("phase of a hazard", "Prevent")),
    (Phase.PREPARE, pgettext_lazy("phase of a hazard", "Prepare")),
    (Phase.RESPOND, pgettext_lazy("phase of a hazard", "Respond")),
    (Phase.RECOVER, pgettext_lazy("phase of a hazard", "Recover")),
]


class Duty(models.Model):
    """For one hazard, place and phase: the post that leads, its helpers, and how they work together (L1).

    Held by a post, so that a change of person changes nothing. It is never
    altered once approved: a successor takes its place.
    """

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    hazard = models.CharField(max_length=40)  # key of a kind in `registers.hazards`, or any other
    phase = models.CharField(max_length=8, choices=PHASES)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="duties")
    path = PathField()
    state = models.CharField(
        max_length=10,
        default=DutyState.DRAFT,
        choices=[
            (DutyState.DRAFT, pgettext_lazy("of a duty", "Draft")),
            (DutyState.PROPOSED, pgettext_lazy("of a duty", "Proposed")),
            (DutyState.OBJECTED, pgettext_lazy("of a duty", "Objected to")),
            (DutyState.APPROVED, pgettext_lazy("of a duty", "Approved")),
            (DutyState.SUPERSEDED, pgettext_lazy("of a duty", "Superseded")),
            (DutyState.WITHDRAWN, pgettext_lazy("of a duty", "Ended early")),
            (DutyState.EXPIRED, pgettext_lazy("of a duty", "Run out")),
            (DutyState.DISCARDED, pgettext_lazy("of a duty", "Discarded")),
        ],
    )
    leader = models.ForeignKey("chain.Post", models.PROTECT, null=True, related_name="led_duties")
    sole = models.TextField(blank=True)  # what the leader alone answers for
    joint = models.TextField(blank=True)  # what leader and helpers answer for together
    resources = models.TextField(blank=True)  # how people, vehicles and stock are called up
    gathering = models.CharField(max_length=300, blank=True)  # where news comes together
    basis = models.CharField(max_length=500, blank=True)  # the law or agreement it rests on
    from_on = models.DateField(null=True)  # None: from its approval
    until_on = models.DateField(null=True)  # the first day on which it no longer holds

    held_from = models.DateTimeField(null=True)  # set by approval
    held_until = models.DateTimeField(null=True)  # its end as it came: by date, successor or word
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    document = models.CharField(max_length=500, blank=True)  # by which it was taken over
    ending = models.CharField(max_length=300, blank=True)  # why it was handed back or ended

    writers = models.JSONField(default=list)  # keys of the people who wrote any of its words
    written_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    search = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "duties"
        indexes = [
            models.Index(fields=["path", "hazard", "ref"], name="duty_path"),
            models.Index(fields=["hazard", "path", "ref"], name="duty_hazard"),
            models.Index(fields=["-changed_at"], name="duty_changed"),
            models.Index(fields=["state", "path"], name="duty_state"),
            models.Index(
                fields=["unit", "hazard", "phase"],
                name="duty_held",
                condition=models.Q(held_from__isnull=False),
            ),
            models.Index(
                fields=["held_until"], name="duty_ends", condition=models.Q(state="approved")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard_name} · {self.get_phase_display()}"

    @property
    def hazard_name(self) -> str:
        """The hazard's name in the reader's language."""
        return name_of(self.hazard, get_language() or "zh")

    def standing_at(self, now: datetime) -> Standing:
        """Say how it stands at a moment."""
        return standing(DutyState(self.state), self.held_from, self.held_until, now)


class Helper(models.Model):
    """A post or an organisation that helps, and what it does."""

    id = models.UUIDField(primary_key=True)
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="helpers")
    position = models.PositiveSmallIntegerField(default=0)
    post = models.ForeignKey("chain.Post", models.PROTECT, null=True, related_name="helped_duties")
    organisation = models.ForeignKey(
        "chain.Organisation", models.PROTECT, null=True, related_name="helped_duties"
    )
    does = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(post__isnull=True) ^ models.Q(organisation__isnull=True),
                name="helper_is_one",
            ),
            models.UniqueConstraint(fields=["duty", "post"], name="helper_post_once"),
            models.UniqueConstraint(
                fields=["duty", "organisation"], name="helper_organisation_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.post or self.organisation)


class Remark(models.Model):
    """What somebody said about a duty; an objection stays open until it is answered or taken back."""

    id = models.UUIDField(primary_key=True)
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="remarks")
    by_person = models.UUIDField(null=True)
    post = models.ForeignKey("chain.Post", models.PROTECT, null=True, related_name="+")  # for which
    words = models.TextField()
    is_objection = models.BooleanField(default=False)
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(
                fields=["at"],
                name="remark_open",
                condition=models.Q(is_objection=True, settled_at=None),
            ),
        ]


STANDINGS = {
    Standing.DRAFT: pgettext_lazy("of a duty", "Draft"),
    Standing.PROPOSED: pgettext_lazy("of a duty", "Proposed"),
    Standing.OBJECTED: pgettext_lazy("of a duty", "Objected to"),
    Standing.COMING: _("Holds later"),
    Standing.IN_FORCE: pgettext_lazy("of a duty", "In force"),
    Standing.SUPERSEDED: pgettext_lazy("of a duty", "Superseded"),
    Standing.WITHDRAWN: pgettext_lazy("of a duty", "Ended early"),
    Standing.EXPIRED: pgettext_lazy("of a duty", "Run out"),
    Standing.DISCARDED: pgettext_lazy("of a duty", "Discarded"),
}
