"""What outreach remembers: what is said (notice), to whom (call), by which tries (attempt), how far it got."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.outreach.channels.port import EXERCISE_MARK
from renwang.outreach.rules import CallState, NoticeState, Order


class Notice(models.Model):
    """One thing to be said down the chain, with the words exactly as they will be delivered."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)  # which module asked: "alerts.relay"
    subject_id = models.UUIDField()
    thread = models.CharField(
        max_length=64
    )  # notices of one thread are never delivered out of order
    sequence = models.PositiveIntegerField(default=1)
    drill = models.UUIDField(null=True)
    path = PathField()  # the top of what it reaches
    places = models.JSONField(
        default=list
    )  # paths; a post founded in one of them is called as well
    title = models.CharField(max_length=300)
    words = models.TextField()  # the signed words, untouched
    note = models.TextField(blank=True)  # the local note, always shown apart
    colour = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=20, blank=True)
    order = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Order])
    contact_for = models.PositiveIntegerField()  # seconds one contact gets to answer
    person_for = models.PositiveIntegerField()  # seconds one person gets over all his contacts
    carry_for = models.PositiveIntegerField()  # seconds from "understood" to "carried on"
    again_every = models.PositiveIntegerField(default=0)  # seconds; 0 for never
    again_times = models.PositiveSmallIntegerField(default=0)  # 0 for until the end
    breaks_quiet = models.BooleanField(default=True)  # nobody's quiet hours are kept
    state = models.CharField(
        max_length=10,
        default=NoticeState.STARTED,
        choices=[
            (NoticeState.STARTED, _("Under way")),
            (NoticeState.FINISHED, _("Finished")),
            (NoticeState.WITHDRAWN, _("Withdrawn")),
        ],
    )
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    started_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # nobody is asked after this
    ended_at = models.DateTimeField(null=True)
    receipts = models.PositiveIntegerField(
        default=0
    )  # also the row that serialises receipts with the tally
    is_counted = models.BooleanField(default=False)  # its reaches exist
    # Whether somebody is asked for several posts at once; NULL until the first message goes out.
    is_shared = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="notice_subject"),
            models.Index(fields=["state", "-started_at"], name="notice_state"),
            models.Index(fields=["thread", "sequence"], name="notice_thread"),
        ]


class Call(models.Model):
    """One answering post that a notice must reach: who is being asked now, by when, and how far it got.

    The row is the queue: `send_at` set means a message waits to go out through
    `contact`; `due_at` set means somebody is given until then to answer.
    """

    id = models.BigAutoField(primary_key=True)
    # Written with its notice in one statement; a check of each row would only repeat that.
    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="calls", db_index=False, db_constraint=False
    )
    post_id = models.UUIDField()
    unit_id = models.UUIDField()
    path = PathField()
    parent_path = PathField(blank=True)  # path of the call above; empty for the top
    depth = models.PositiveSmallIntegerField()
    is_leaf = models.BooleanField()
    households = models.PositiveIntegerField()

    state = models.CharField(max_length=9, default=CallState.WAITING)
    rung = models.PositiveSmallIntegerField(default=0)  # how many were asked before him
    rank = models.PositiveSmallIntegerField(default=0)
    person_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # of the present rung
    send_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # when the post was first asked
    turn_at = models.DateTimeField(null=True)  # when the present person's turn began
    plan = models.TextField(blank=True)  # the order of contacts, see `rules.Plan`
    quiet_until = models.DateTimeField(null=True)  # he is asked then: until then it is his rest
    lap = models.PositiveSmallIntegerField(default=0)  # times the whole ladder was begun again
    lap_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(
        null=True
    )  # who had understood was asked once more to carry on

    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    understood_at = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_via = models.CharField(max_length=12, blank=True)
    bypassed_at = models.DateTimeField(null=True)  # the level below was called directly
    covered = models.PositiveIntegerField(default=0)  # households that have the words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "post_id"], name="call_once")]
        indexes = [
            models.Index(fields=["notice", "path"], name="call_path"),
            models.Index(fields=["notice", "parent_path"], name="call_parent"),
            models.Index(
                fields=["notice", "send_at"],
                name="call_send",
                condition=models.Q(send_at__isnull=False),
            ),
            models.Index(
                fields=["notice", "due_at"],
                name="call_due",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["person_id"],
                name="call_person",
                condition=models.Q(carried_at__isnull=True),
            ),
            # Whom the board counts as missing, from the index alone: SQLite looks no row up only
            # if the columns of the condition are in the index too.
            models.Index(
                fields=["notice", "state", "channel", "path", "understood_at"],
                name="call_open",
                condition=models.Q(understood_at__isnull=True),
            ),
            models.Index(
                fields=["notice", "path", "state", "understood_at", "carried_at"],
                name="call_slow",
                condition=models.Q(understood_at__isnull=False, carried_at__isnull=True),
            ),
        ]


class Attempt(models.Model):
    """One try to send one call's message through one contact, and what came of it. Never edited once ended."""

    class Outcome(models.TextChoices):
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Handed over")
        FAILED = "failed", _("Failed")
        LATER = "later", _("Failed, will be tried again")

    id = models.UUIDField(
        primary_key=True
    )  # travels as the message id, so a doubled send is recognised
    # Both are read, and the notice's turn is held, in the transaction that writes this.
    call = models.ForeignKey(Call, models.CASCADE, related_name="attempts", db_constraint=False)
    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    rung = models.PositiveSmallIntegerField()
    person_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10)
    outcome = models.CharField(max_length=8, choices=Outcome)
    trouble = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    is_shortened = models.BooleanField(db_default=False)  # title and link went out, not the words
    also = models.TextField(blank=True)  # ids of other calls to the same person it speaks for
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider_id"], name="attempt_provider", condition=~models.Q(provider_id="")
            ),
            # Only a text message is answered from a number alone; the inbox has no need of it.
            models.Index(
                fields=["contact_id"], name="attempt_contact", condition=models.Q(channel="sms")
            ),
            models.Index(
                fields=["person_id"],
                name="attempt_sending",
                condition=models.Q(outcome="sending"),
            ),
        ]


class Round(models.Model):
    """A knock, a gong or a loudspeaker round: a receipt with witness, time and households covered."""

    class Kind(models.TextChoices):
        KNOCK = "knock", _("Knock at the door")
        GONG = "gong", _("Gong")
        LOUDSPEAKER = "loudspeaker", _("Loudspeaker")

    id = models.UUIDField(primary_key=True)  # made by the client, so that a repeat is recognised
    call = models.ForeignKey(Call, models.CASCADE, related_name="rounds")
    kind = models.CharField(max_length=12, choices=Kind)
    household_id = models.UUIDField(null=True)  # one door, for a knock
    answered = models.BooleanField(default=True)  # whether somebody opened
    households = models.PositiveIntegerField()
    witness = models.CharField(max_length=80, blank=True)
    by_person = models.UUIDField()
    at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["call", "household_id"], name="round_door")]


class Reach(models.Model):
    """How far a notice got in a unit and everything below it: sums over calls, kept with every receipt.

    Only for units that have calls below them; a unit at the bottom is its own call.
    """

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="reaches", db_index=False)
    path = PathField()
    parent_path = PathField(blank=True)  # of the reach above; empty for the top
    depth = models.PositiveSmallIntegerField()
    keeps_pace = models.BooleanField(default=False)  # too large to read its calls one by one
    posts = models.PositiveIntegerField(default=0)
    vacant = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    understood = models.PositiveIntegerField(default=0)
    carried = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "path"], name="reach_once")]
        indexes = [
            models.Index(fields=["notice"], name="reach_pace", condition=models.Q(keeps_pace=True)),
            models.Index(fields=["notice", "parent_path"], name="reach_below"),
        ]


class Pace(models.Model):
    """How quickly answers came in a large unit and below, by channel: a number for each step of time.

    Small units have their calls read instead, which is exact.
    """

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="+", db_index=False)
    path = PathField()
    channel = models.CharField(max_length=12)
    step = models.PositiveSmallIntegerField()  # see rules.pace_step
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "path", "channel", "step"], name="pace_once")
        ]


class Delivered(models.Model):
    """What stayed on the node: the inbox of the field app, of drills and of the demo.

    The words are those of the notice, which never change; they are kept once.
    """

    id = models.BigAutoField(primary_key=True)
    attempt_id = models.UUIDField(unique=True)  # a doubled send lands on the same row
    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    call_id = models.BigIntegerField()
    person_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "-id"], name="delivered_person")]

    @property
    def title(self) -> str:
        """The title as it was shown: that of an exercise begins with its mark."""
        mark = EXERCISE_MARK if self.notice.drill else ""
        return f"{mark}{self.notice.title}"[:300]

    @property
    def words(self) -> str:
        """The words as they were shown."""
        return self.notice.words

    @property
    def note(self) -> str:
        """The local note that was shown apart from them."""
        return self.notice.note


from renwang.outreach.errands import Errand, Mending  # noqa: E402
from renwang.outreach.hops import Hop  # noqa: E402
from renwang.outreach.lines import Line  # noqa: E402
from renwang.outreach.rolls import RollCall, RollCallPlan  # noqa: E402
from renwang.outreach.stalls import Stall  # noqa: E402

__all__ = [
    "Attempt",
    "Call",
    "Delivered",
    "Errand",
    "Hop",
    "Line",
    "Mending",
    "Notice",
    "Pace",
    "Reach",
    "RollCall",
    "RollCallPlan",
    "Round",
    "Stall",
]
