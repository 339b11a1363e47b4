"""What alerts remember: every warning as it was received, where it applies, and its relays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.alerts.rules import AlertState, Source
from renwang.base.fields import PathField


class Alert(models.Model):
    """A warning exactly as it came. `original` is never touched; the other columns are readings of it."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    identifier = models.CharField(max_length=300)
    sender = models.CharField(max_length=300)
    sent = models.DateTimeField()
    status = models.CharField(max_length=10)
    msg_type = models.CharField(max_length=10)
    scope = models.CharField(max_length=12)
    references = models.TextField(blank=True)
    thread = models.CharField(
        max_length=64
    )  # the first alert this one refers back to, by digest of its name
    sequence = models.PositiveIntegerField(default=1)
    original = models.BinaryField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=24)  # a verdict of `alerts.cap`
    signer = models.CharField(max_length=200, blank=True)

    event = models.CharField(max_length=120)
    hazard = models.CharField(max_length=40, blank=True)  # key where the event is a known one; open
    colour = models.CharField(max_length=10, blank=True)  # a warning may have none
    severity = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    certainty = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=20, blank=True)
    headline = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    instruction = models.TextField(blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    area_words = models.CharField(max_length=300, blank=True)
    effective_at = models.DateTimeField(null=True)
    onset_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)  # oddities that are not refusals

    source = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Source])
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    state = models.CharField(
        max_length=10,
        choices=[
            (AlertState.RECEIVED, _("Received")),
            (AlertState.IN_FORCE, _("In force")),
            (AlertState.SUPERSEDED, _("Superseded")),
            (AlertState.CANCELLED, _("Cancelled")),
            (AlertState.EXPIRED, _("Expired")),
            (AlertState.DISMISSED, _("Not for us")),
        ],
    )
    superseded_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="supersedes")
    drill = models.UUIDField(null=True)
    is_advice = models.BooleanField(
        default=False
    )  # says of itself that it is below the threshold of a warning
    is_answered = models.BooleanField(default=False)  # who sent it learns what becomes of it here
    path = PathField(
        blank=True
    )  # the lowest unit that holds everything it applies to; empty when nowhere here

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "identifier", "sent"],
                condition=models.Q(drill=None),
                name="alert_once",
            ),
            # An exercise may bear a real warning's name, and must never stand in its way.
            models.UniqueConstraint(
                fields=["sender", "identifier", "sent", "drill"], name="alert_once_a_drill"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-sent"], name="alert_state"),
            models.Index(fields=["thread", "sequence"], name="alert_thread"),
            models.Index(fields=["-received_at"], name="alert_received"),
            models.Index(
                fields=["expires_at"], name="alert_expires", condition=models.Q(state="in_force")
            ),
        ]

    def __str__(self) -> str:
        return self.headline or self.event


class AlertArea(models.Model):
    """One area of an alert as this node reads it: geometry, codes, and the words."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="areas")
    words = models.CharField(max_length=300)
    geometry = models.TextField(blank=True)  # GeoJSON, WGS-84; circles as polygons
    codes = models.JSONField(default=list)  # [name, value] pairs as given


class AlertUnit(models.Model):
    """A unit an alert applies to; the topmost ones only, what is below is in their paths."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="units")
    unit_id = models.UUIDField()
    path = PathField()
    by = models.CharField(max_length=8)  # "code", "geometry", "words" or "person"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "path"], name="alertunit_once")]
        indexes = [models.Index(fields=["path"], name="alertunit_path")]


class Relay(models.Model):
    """A post's decision to carry an alert down, with its local note; the carrying itself is a notice."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="relays")
    notice_id = models.UUIDField(unique=True)
    unit_id = models.UUIDField()
    path = PathField()
    note = models.TextField(blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField()
    drill = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "path"], name="relay_once")]


class Feed(models.Model):
    """A URL or Atom feed of alerts that is looked at on a schedule."""

    id = models.UUIDField(primary_key=True)
    label = models.CharField(_("label"), max_length=120)
    url = models.URLField(_("address"), max_length=500, unique=True)
    unit_id = models.UUIDField()
    path = PathField()
    every = models.PositiveIntegerField(_("interval in seconds"), default=60)
    relays = models.BooleanField(_("relay without asking"), default=False)
    is_active = models.BooleanField(default=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    answer_url = models.CharField(max_length=500, blank=True)  # nothing is answered without
    answer_key = models.CharField(max_length=200, blank=True)  # that node's key for us; never shown
    # A list that came empty is not believed at once: since when, and how many it would lift.
    empty_since = models.DateTimeField(null=True)
    empty_holds = models.PositiveIntegerField(default=0)
    empty_believed = models.BooleanField(default=False)  # a person said that it is right


class FeedEntry(models.Model):
    """An entry of a feed that was looked at, so that nothing is fetched twice; with what was wrong with it."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, models.CASCADE, related_name="entries")
    key = models.CharField(max_length=64)  # digest of what the feed calls it
    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="+")
    trouble = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="feedentry_once")]
        indexes = [models.Index(fields=["seen_at"], name="feedentry_seen")]


class Term(models.Model):
    """How long people get to answer a warning of a colour, and in which order they are told. Configuration."""

    colour = models.CharField(
        primary_key=True, max_length=10
    )  # "" is for warnings without a colour
    order = models.CharField(max_length=8)
    contact_for = models.PositiveIntegerField()  # seconds
    person_for = models.PositiveIntegerField()
    carry_for = models.PositiveIntegerField()
    again_every = models.PositiveIntegerField(default=0)
    again_times = models.PositiveSmallIntegerField(default=0)
    breaks_quiet = models.BooleanField(default=False)

    @property
    def id(self) -> str:
        """The colour, by which the journal names its terms."""
        return self.colour or "none"


from renwang.alerts.drafts import Draft, Wording  # noqa: E402
from renwang.alerts.replies import OwnReply, Peer, Reply  # noqa: E402

__all__ = [
    "Alert",
    "AlertArea",
    "AlertUnit",
    "Draft",
    "Feed",
    "FeedEntry",
    "OwnReply",
    "Peer",
    "Relay",
    "Reply",
    "Term",
    "Wording",
]
