"""What the procedures list remembers: procedures, their editions, who must follow them, who has read them, reviews.

Runs live in `runs`; Django finds them through the import at the end.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy

from renwang.base.fields import PathField
from renwang.registers.duties.models import PHASES
from renwang.registers.hazards import name_of
from renwang.registers.procedures.rules import (
    ACKNOWLEDGED_WITHIN,
    EditionState,
    Kind,
    ReviewEnd,
    Standing,
)
from renwang.registers.procedures.step_rules import Step, of_values

KINDS = {
    Kind.SURVEY: pgettext_lazy("kind of procedure", "Survey"),
    Kind.INSPECTION: pgettext_lazy("kind of procedure", "Inspection"),
    Kind.TRAINING: pgettext_lazy("kind of procedure", "Training and drill"),
    Kind.RESPONSE: pgettext_lazy("kind of procedure", "Response"),
    Kind.HANDLING: pgettext_lazy("kind of procedure", "Handling"),
    Kind.RECOVERY: pgettext_lazy("kind of procedure", "Recovery"),
}
STANDINGS = {
    Standing.DRAFT: pgettext_lazy("of a procedure", "Draft"),
    Standing.PROPOSED: pgettext_lazy("of a procedure", "Proposed"),
    Standing.IN_FORCE: pgettext_lazy("of a procedure", "In force"),
    Standing.WITHDRAWN: pgettext_lazy("of a procedure", "Withdrawn"),
    Standing.DISCARDED: pgettext_lazy("of a procedure", "Discarded"),
}
EDITION_STATES = {
    EditionState.DRAFT: pgettext_lazy("of a procedure", "Draft"),
    EditionState.PROPOSED: pgettext_lazy("of a procedure", "Proposed"),
    EditionState.IN_FORCE: pgettext_lazy("of a procedure", "In force"),
    EditionState.SUPERSEDED: pgettext_lazy("of a procedure", "Superseded"),
    EditionState.WITHDRAWN: pgettext_lazy("of a procedure", "Withdrawn"),
    EditionState.DISCARDED: pgettext_lazy("of a procedure", "Discarded"),
}
REVIEW_ENDS = {
    ReviewEnd.UNCHANGED: pgettext_lazy("how a review ends", "Stays as it is"),
    ReviewEnd.CHANGED: pgettext_lazy("how a review ends", "Is to be changed"),
    ReviewEnd.WITHDRAWN: pgettext_lazy("how a review ends", "Is withdrawn"),
}


class Procedure(models.Model):
    """One procedure of a place through all its editions (L3); `title` and `kind` are those that count now."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="procedures")
    path = PathField()
    standing = models.CharField(max_length=9, choices=STANDINGS, default=Standing.DRAFT)
    began_at = models.DateTimeField(null=True)  # when its first edition came into force
    reviewed_on = models.DateField(null=True)
    review_on = models.DateField(null=True)  # when the next review is due; see rules.review_due
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    search = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "kind", "ref"], name="procedure_path"),
            models.Index(fields=["title", "ref"], name="procedure_title"),
            models.Index(fields=["-changed_at"], name="procedure_changed"),
            models.Index(fields=["standing", "path"], name="procedure_standing"),
            models.Index(
                fields=["review_on"], name="procedure_review", condition=Q(standing="in_force")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_overdue_on(self, today: date) -> bool:
        """Whether its review is overdue on a day."""
        return self.standing == Standing.IN_FORCE and bool(
            self.review_on and self.review_on <= today
        )


class Edition(models.Model):
    """The words of a procedure as they were approved once; never altered while they hold or afterwards."""

    id = models.UUIDField(primary_key=True)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=EDITION_STATES, default=EditionState.DRAFT)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KINDS)
    purpose = models.TextField(blank=True)
    steps = models.JSONField(default=list)  # see step_rules.as_values
    basis = models.CharField(max_length=500, blank=True)  # the law or agreement it rests on
    every_days = models.PositiveSmallIntegerField()  # from one review to the next
    acknowledge_days = models.PositiveSmallIntegerField(default=ACKNOWLEDGED_WITHIN)
    changes = models.CharField(max_length=300, blank=True)  # what is new beside the one before

    writers = models.JSONField(default=list)  # keys of the people who wrote any of its words
    written_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    in_force_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    document = models.CharField(max_length=500, blank=True)  # by which it was taken over
    ending = models.CharField(max_length=300, blank=True)  # why it was handed back or withdrawn

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["state", "procedure"], name="edition_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state="in_force"), name="edition_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(state__in=["draft", "proposed"]),
                name="edition_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def step_list(self) -> list[Step]:
        """Its steps in order."""
        return of_values(self.steps)


class Cell(models.Model):
    """What an edition is for: a hazard, and the phase of it; empty where it is for every phase."""

    id = models.BigAutoField(primary_key=True)
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="cells")
    position = models.PositiveSmallIntegerField(default=0)
    hazard = models.CharField(max_length=40)  # key of a kind in `registers.hazards`, or any other
    phase = models.CharField(max_length=8, choices=PHASES, blank=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["hazard", "phase"], name="procedurecell_hazard")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "hazard", "phase"], name="procedurecell_once"
            ),
        ]

    def __str__(self) -> str:
        phase = f" · {self.get_phase_display()}" if self.phase else ""
        return f"{name_of(self.hazard, get_language() or 'zh')}{phase}"


class Audience(models.Model):
    """One line of who must follow an edition: posts by place, level and title, or one post; see audience_rules."""

    id = models.BigAutoField(primary_key=True)
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="audience")
    position = models.PositiveSmallIntegerField(default=0)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    level = models.CharField(max_length=40, blank=True)  # key of a level; empty for every level
    title = models.CharField(max_length=80, blank=True)  # of a post; empty for every post
    post = models.ForeignKey("chain.Post", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["path", "title"], name="audience_path")]


class Acknowledgement(models.Model):
    """Somebody has read one edition, as who holds one post."""

    id = models.BigAutoField(primary_key=True)
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="acknowledgements")
    holding = models.ForeignKey("chain.Holding", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "holding"], name="acknowledged_once"),
        ]


class Review(models.Model):
    """Somebody looked at a procedure again, and said whether it still serves."""

    id = models.UUIDField(primary_key=True)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="reviews")
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="reviews")
    on = models.DateField()
    end = models.CharField(max_length=9, choices=REVIEW_ENDS)
    words = models.TextField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "at"]


from renwang.registers.procedures.runs import Run, RunEvent, Tick  # noqa: E402

__all__ = [
    "Acknowledgement",
    "Audience",
    "Cell",
    "Edition",
    "Procedure",
    "Review",
    "Run",
    "RunEvent",
    "Tick",
]
