"""What is known of linked systems, which of our cases is which of their requests, and what was told to and fro.

Words that other systems sent stand in the stories of the cases and nowhere
else, so that they are forgotten with them.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.cases.linked.rules import Sending

FORMS = [("xml", "XML"), ("json", "JSON")]


class System(models.Model):
    """Another system that speaks Open311, with what is exchanged with it and how that goes."""

    id = models.UUIDField(primary_key=True)
    label = models.CharField(_("name"), max_length=120)
    url = models.CharField(_("address"), max_length=500)  # as it was entered
    endpoint = models.CharField(max_length=500, blank=True)  # what it was found to be
    jurisdiction = models.CharField(_("jurisdiction_id"), max_length=120, blank=True)
    form = models.CharField(max_length=4, choices=FORMS, default="xml")
    key = models.TextField(blank=True)  # sealed; never shown
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    every = models.PositiveIntegerField(_("interval in seconds"), default=600)
    pulls = models.BooleanField(default=False)  # what is new there comes in here
    pushes = models.BooleanField(default=False)  # cases of ours may be sent there
    answers = models.BooleanField(default=False)  # what we answer goes back there
    is_active = models.BooleanField(default=True)

    services = models.JSONField(default=list)  # as it offers them
    taken_as = models.JSONField(default=dict)  # its service: our kind
    sent_as = models.JSONField(default=dict)  # our kind: its service
    unmapped = models.JSONField(default=dict)  # a service nobody has mapped: its name
    has_updates = models.BooleanField(default=False)
    wants_services = models.BooleanField(default=True)  # they are to be asked for
    asked_at = models.DateTimeField(null=True)  # when they last were

    since = models.DateTimeField()  # the latest change that was seen there
    sweep = models.DateTimeField(null=True)  # of one under way: the latest seen so far
    page = models.PositiveIntegerField(default=1)
    updates_since = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    visited_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="linked_due")]
        constraints = [
            models.UniqueConstraint(fields=["url", "jurisdiction"], name="linked_system_once")
        ]

    @property
    def name(self) -> str:
        """The system, as the journal names it."""
        return self.label

    @property
    def ref(self) -> str:
        """The system, as the journal names it in short."""
        return self.label[:64]


class Counterpart(models.Model):
    """A case here and a request there that are the same; sent by us or taken in from there."""

    id = models.UUIDField(primary_key=True)
    system = models.ForeignKey(System, models.PROTECT, related_name="counterparts")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="counterparts")
    number = models.CharField(max_length=120, blank=True)  # empty until the system gave one
    token = models.CharField(max_length=120, blank=True)
    service = models.CharField(max_length=120, blank=True)
    sending = models.CharField(max_length=7, default=Sending.NONE)
    body = models.TextField(blank=True)  # sealed, until it has been sent
    is_open = models.BooleanField(default=True)  # over there
    mark = models.CharField(max_length=64, blank=True)  # digest of the status that was seen
    changed_at = models.DateTimeField(null=True)  # over there
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)  # first
    due_at = models.DateTimeField(null=True)  # next try
    trouble = models.CharField(max_length=300, blank=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["system", "due_at"], name="counterpart_due",
                condition=Q(due_at__isnull=False),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["system", "number"], condition=~Q(number=""), name="counterpart_number_once"
            ),
            models.UniqueConstraint(fields=["system", "case"], name="counterpart_case_once"),
        ]

    @property
    def came(self) -> bool:
        """Whether it came from the system; otherwise we sent it."""
        return self.sending == Sending.NONE


class Tiding(models.Model):
    """Something that is to be told to a system about a request, or that it told us."""

    id = models.UUIDField(primary_key=True)
    counterpart = models.ForeignKey(Counterpart, models.CASCADE, related_name="tidings")
    key = models.CharField(max_length=120)  # of whoever told it
    is_ours = models.BooleanField()
    sending = models.CharField(max_length=7, default=Sending.NONE)
    body = models.TextField(blank=True)  # sealed, until it has been sent
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="tiding_due", condition=Q(due_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["counterpart", "is_ours", "key"], name="tiding_key_once"
            )
        ]


class Heard(models.Model):
    """An update that another system brought to our own Open311, so that sent again it is the same one."""

    id = models.UUIDField(primary_key=True)
    outside = models.CharField(max_length=64, unique=True)  # digest of its key and who brought it
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    at = models.DateTimeField()


class Visit(models.Model):
    """What one visit to a system brought; those without news or trouble are not kept."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, models.CASCADE, related_name="visits")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)  # not of this place
    trouble = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["system", "-at"], name="linkedvisit_at")]
