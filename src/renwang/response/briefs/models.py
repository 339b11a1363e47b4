"""What briefs remember: the brief of a week with what its figures counted, its words as they once stood, who reads it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.fields import PathField
from renwang.response.briefs.rules import State

STATES = [
    (State.DRAFT, pgettext_lazy("of a brief", "Draft")),
    (State.WAITING, pgettext_lazy("of a brief", "Waits for approval")),
    (State.PUBLISHED, pgettext_lazy("of a brief", "Published")),
    (State.WITHDRAWN, pgettext_lazy("of a brief", "Taken back")),
    (State.DISCARDED, pgettext_lazy("of a brief", "Discarded")),
]


class Brief(models.Model):
    """What a week brought at a place. Its words are in its versions, `current` is the last of them."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    from_on = models.DateField(_("from"))  # a Monday
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=STATES, default=State.DRAFT)
    title = models.CharField(max_length=80)
    search = models.TextField(blank=True)
    figures = models.JSONField(default=list)  # of each: key, kind, number, refs of what it counted
    counted_at = models.DateTimeField()
    current = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")
    is_public = models.BooleanField(default=False)
    submitted_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # of a return or a withdrawal
    since = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["path", "-from_on"], name="brief_path"),
            models.Index(fields=["-from_on", "-id"], name="brief_newest"),
            models.Index(fields=["is_public", "-published_at"], name="brief_public"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "from_on"],
                condition=~models.Q(state=State.DISCARDED.value),
                name="brief_once",
            )
        ]

    @property
    def name(self) -> str:
        """The brief, as the journal names it."""
        return self.ref


class Version(models.Model):
    """The words of a brief as they once stood: never changed, only followed by the next."""

    id = models.BigAutoField(primary_key=True)
    brief = models.ForeignKey(Brief, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    sections = models.JSONField()  # key of the part: words
    public_words = models.TextField(blank=True)
    readers = models.JSONField(default=list)  # keys of units
    by = models.UUIDField(null=True)  # None where the node drafted it
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="brief_version_once")
        ]


class Addressee(models.Model):
    """A unit that is to read a brief, and who has read it there."""

    id = models.BigAutoField(primary_key=True)
    errand_id = models.UUIDField(unique=True)  # what its errand is about
    brief = models.ForeignKey(Brief, models.CASCADE, related_name="addressees")
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    read_by = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="briefreader_path")]
        constraints = [models.UniqueConstraint(fields=["brief", "unit"], name="briefreader_once")]
