"""What composing remembers: drafts, and the wordings that a node has changed."""

from django.db import models
from django.utils.translation import pgettext_lazy

from renwang.alerts.composing.wordings import language_order
from renwang.alerts.composing_rules import DraftState, Follow, Kind
from renwang.base.fields import PathField


class Draft(models.Model):
    """Something that is being written, until it is issued: two hands, one set of words.

    `texts` is language -> headline, description, instruction, with the blanks
    of a wording still open. `shapes` are GeoJSON geometries in WGS-84, circles
    as {"type": "Circle", "centre": [lon, lat], "radius_m": m}.
    """

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    kind = models.CharField(
        max_length=8,
        choices=[
            (Kind.WARNING, pgettext_lazy("what is written", "Warning")),
            (Kind.ADVICE, pgettext_lazy("what is written", "Advice")),
            (Kind.EXERCISE, pgettext_lazy("what is written", "Exercise")),
            (Kind.RELAY, pgettext_lazy("what is written", "Relay with a local note")),
        ],
    )
    state = models.CharField(
        max_length=9,
        default=DraftState.DRAFT,
        choices=[
            (DraftState.DRAFT, pgettext_lazy("state of a draft", "Being written")),
            (DraftState.SUBMITTED, pgettext_lazy("state of a draft", "Waits for a second person")),
            (DraftState.APPROVED, pgettext_lazy("state of a draft", "Approved")),
            (DraftState.ISSUED, pgettext_lazy("state of a draft", "Issued")),
            (DraftState.DROPPED, pgettext_lazy("state of a draft", "Put away")),
        ],
    )
    unit_id = models.UUIDField()  # who speaks
    path = PathField()  # of that unit
    title = models.CharField(max_length=300, blank=True)  # its first headline, filled in
    hazard = models.CharField(max_length=40, blank=True)
    colour = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    certainty = models.CharField(max_length=10, blank=True)
    texts = models.JSONField(default=dict)
    contact = models.CharField(max_length=300, blank=True)  # where to ask
    note = models.TextField(blank=True)  # local, shown apart; the whole of a relay's own words
    units = models.JSONField(default=list)  # ids of the units chosen
    shapes = models.JSONField(default=list)
    place_words = models.CharField(max_length=300, blank=True)  # what people call the area
    begins_at = models.DateTimeField(null=True)  # None is now
    ends_at = models.DateTimeField(null=True)

    follow = models.CharField(
        max_length=9,
        blank=True,
        choices=[
            (Follow.UPDATE, pgettext_lazy("what a later message does", "Update")),
            (Follow.EXTEND, pgettext_lazy("what a later message does", "Extend")),
            (Follow.UPGRADE, pgettext_lazy("what a later message does", "Raise the level")),
            (Follow.DOWNGRADE, pgettext_lazy("what a later message does", "Lower the level")),
            (Follow.CORRECT, pgettext_lazy("what a later message does", "Correct")),
            (Follow.LIFT, pgettext_lazy("what a later message does", "Lift: it is over")),
            (
                Follow.TAKE_BACK,
                pgettext_lazy("what a later message does", "Take back: it was wrong"),
            ),
        ],
    )
    about = models.ForeignKey(  # what it follows, or what it relays
        "alerts.Alert", models.PROTECT, null=True, related_name="drafts"
    )
    alert = models.OneToOneField(  # what it became
        "alerts.Alert", models.PROTECT, null=True, related_name="draft"
    )
    proposal_id = models.UUIDField(null=True)  # of signals, where it grew from one
    drill = models.UUIDField(null=True)

    revision = models.PositiveIntegerField(default=1)  # grows with every change of its words
    authors = models.JSONField(default=list)  # ids of everybody who wrote any of it
    written_by = models.UUIDField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)  # why it was returned
    returned_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    issued_by = models.UUIDField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-changed_at"], name="draft_changed"),
            models.Index(fields=["state", "path"], name="draft_state"),
        ]

    def __str__(self) -> str:
        return self.title or self.ref

    @property
    def said(self) -> dict[str, dict[str, str]]:
        """Its texts in the order in which languages stand; a database keeps none for the keys of a JSON value."""
        return {key: self.texts[key] for key in sorted(self.texts, key=language_order)}


class Wording(models.Model):
    """One version of what a node says of a hazard, in place of the shipped words. Never edited: a new version is added."""

    id = models.BigAutoField(primary_key=True)
    hazard = models.CharField(max_length=40)
    tier = models.CharField(max_length=20)  # "advice", or kind and colour: "warning-red"
    language = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    headline = models.CharField(
        pgettext_lazy("of a wording", "Headline"), max_length=300, blank=True
    )
    description = models.TextField(pgettext_lazy("of a wording", "Description"), blank=True)
    instruction = models.TextField(pgettext_lazy("of a wording", "What to do"), blank=True)
    is_shipped = models.BooleanField(default=False)  # this version goes back to the shipped words
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hazard", "tier", "language", "version"], name="wording_version_once"
            )
        ]

    @property
    def ref(self) -> str:
        """How the journal names it."""
        return f"{self.hazard}/{self.tier}/{self.language} {self.version}"
