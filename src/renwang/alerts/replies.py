"""What alerts remember of other nodes: who they are, what we answered them, and what they answered us."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.alerts.reply_rules import Delivery
from renwang.alerts.rules import Source
from renwang.base.fields import PathField


class Peer(models.Model):
    """Another node or office with which warnings are exchanged, known by the sender its messages name."""

    id = models.UUIDField(primary_key=True)
    label = models.CharField(_("name"), max_length=120)
    sender = models.CharField(max_length=300, unique=True)
    signer = models.CharField(max_length=200, blank=True)  # the name in its certificate
    unit_id = models.UUIDField()  # in whose name we speak to it
    path = PathField()
    answer_url = models.CharField(max_length=500, blank=True)  # nothing is answered without
    answer_key = models.CharField(max_length=200, blank=True)  # that node's key for us; never shown
    confirms = models.BooleanField(default=False)  # it is to confirm what we send out
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class OwnReply(models.Model):
    """What this node answered to who sent a warning; a further turn only where what was said has become untrue."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    alert = models.ForeignKey("alerts.Alert", models.CASCADE, related_name="own_replies")
    turn = models.PositiveSmallIntegerField(default=1)
    msg_type = models.CharField(max_length=10)
    reason = models.CharField(max_length=24, blank=True)  # of `reply_rules`, for an error
    original = models.BinaryField()
    feed = models.ForeignKey("alerts.Feed", models.SET_NULL, null=True, related_name="+")
    peer = models.ForeignKey(Peer, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(
        max_length=12,
        default=Delivery.WAITING,
        choices=[
            (Delivery.WAITING, pgettext_lazy("reply of ours", "Being sent")),
            (Delivery.HANDED, pgettext_lazy("reply of ours", "Handed over")),
            (Delivery.TURNED_AWAY, pgettext_lazy("reply of ours", "Turned away")),
            (Delivery.GIVEN_UP, pgettext_lazy("reply of ours", "Given up")),
            (Delivery.UNSIGNED, pgettext_lazy("reply of ours", "Not signed, not sent")),
        ],
    )
    due_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "turn"], name="ownreply_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="ownreply_due", condition=models.Q(state="waiting")
            ),
        ]


class Reply(models.Model):
    """An `Ack` or `Error` of another node, exactly as it came.

    It is known by its bytes and not by its name, so that a forged one cannot
    take the place of the true one that comes after it.
    """

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    identifier = models.CharField(max_length=300)
    sender = models.CharField(max_length=300)
    sent = models.DateTimeField()
    status = models.CharField(max_length=10)
    msg_type = models.CharField(max_length=10)
    references = models.TextField(blank=True)
    note = models.TextField(blank=True)
    original = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=24)  # a verdict of `alerts.cap`
    signer = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Source])
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    alerts = models.ManyToManyField("alerts.Alert", related_name="replies")
    is_linked = models.BooleanField(default=False)  # what it speaks of is here

    class Meta:
        indexes = [
            models.Index(fields=["-received_at"], name="reply_received"),
            models.Index(fields=["id"], name="reply_unlinked", condition=models.Q(is_linked=False)),
        ]
