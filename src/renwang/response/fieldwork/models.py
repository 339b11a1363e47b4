"""What the node remembers of field work without a network: phones, what they sent, files on their way.

What stands in a form is kept only where it differs from what stands already,
sealed, and only until somebody has decided.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.fields import PathField
from renwang.response.fieldwork.rules import State

STATES = {
    State.TAKEN: pgettext_lazy("of what was sent later", "Taken"),
    State.REFUSED: pgettext_lazy("of what was sent later", "Refused"),
    State.DIFFERS: _("To be decided"),
    State.LEFT: _("The other one holds"),
}


class Phone(models.Model):
    """A signed-in browser that asked to work without a network. Its id was made there."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="phones")
    name = models.CharField(max_length=80, blank=True)  # browser and system, as people know them
    let_in_at = models.DateTimeField()
    met_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)  # when the last deed that it sent had happened
    session = models.ForeignKey(
        "usersessions.UserSession", models.SET_NULL, null=True, related_name="+"
    )
    lost_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)  # when a lost one was told to wipe itself
    ended_at = models.DateTimeField(null=True)  # its person signed out there

    class Meta:
        indexes = [models.Index(fields=["person", "-met_at"], name="phone_person")]

    def __str__(self) -> str:
        return self.name or str(self.id)

    @property
    def is_in(self) -> bool:
        """Whether it may send and fetch."""
        return self.lost_at is None and self.ended_at is None


class Deed(models.Model):
    """What was done on a phone and sent later, with what came of it. The id was made on the phone."""

    id = models.UUIDField(primary_key=True)
    phone = models.ForeignKey(Phone, models.CASCADE, related_name="deeds")
    number = models.PositiveBigIntegerField()
    form = models.CharField(max_length=40)
    address = models.CharField(max_length=300, blank=True)  # erased in time, like the sentence
    state = models.CharField(max_length=7, choices=STATES)
    sentence = models.TextField(blank=True)
    look = models.CharField(max_length=300, blank=True)  # the page that shows what came of it
    happened_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    erase_at = models.DateTimeField(null=True)

    # only of one that differs
    sealed = models.TextField(blank=True)  # its fields and files, and what stood; until decided
    ref = models.CharField(max_length=32, blank=True)  # of what it is about, as people say it
    path = PathField(blank=True)
    capability = models.CharField(max_length=30, blank=True)  # of who decides there
    other_by = models.CharField(max_length=64, blank=True)  # as the journal names who changed it
    other_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-number"], name="deed_phone"),
            models.Index(
                fields=["path", "-arrived_at"], name="deed_differs", condition=~Q(capability="")
            ),
            models.Index(
                fields=["erase_at"], name="deed_erase", condition=Q(erase_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed="") | Q(state=State.DIFFERS.value), name="deed_sealed_until"
            ),
        ]


class Upload(models.Model):
    """A file on its way from a phone, piece by piece; it goes when its deed is answered."""

    id = models.UUIDField(primary_key=True)
    phone = models.ForeignKey(Phone, models.CASCADE, related_name="uploads")
    size = models.PositiveIntegerField()  # bytes
    have = models.PositiveIntegerField(default=0)  # bytes that are on the disk for good
    deed = models.ForeignKey(Deed, models.SET_NULL, null=True, related_name="uploads")  # differs
    begun_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["begun_at"], name="upload_begun")]

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return self.have == self.size
