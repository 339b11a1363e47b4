"""What bulletins remember: what was said officially, what was asked, what a place tells about itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.fields import PathField
from renwang.bulletins.question_rules import Finding, Kind, QuestionState
from renwang.bulletins.rules import BulletinState, Chain


class Bulletin(models.Model):
    """One thing said officially for a place; its words are in its versions, `current` is the last of them."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    unit_id = models.UUIDField()
    path = PathField()
    state = models.CharField(
        max_length=10,
        default=BulletinState.DRAFT,
        choices=[
            (BulletinState.DRAFT, pgettext_lazy("of a bulletin", "Draft")),
            (BulletinState.WAITING, _("Waits for approval")),
            (BulletinState.APPROVED, _("Approved")),
            (BulletinState.PUBLISHED, _("Published")),
            (BulletinState.CORRECTED, _("Corrected")),
            (BulletinState.WITHDRAWN, pgettext_lazy("of a bulletin", "Taken back")),
            (BulletinState.EXPIRED, _("Over")),
            (BulletinState.DISCARDED, _("Discarded")),
        ],
    )
    title = models.CharField(max_length=200)  # of the first text, for lists and links
    search = models.TextField(blank=True)  # folded words of all texts
    current = models.ForeignKey("Version", models.PROTECT, null=True, related_name="+")

    is_public = models.BooleanField(default=True)
    chain = models.CharField(
        max_length=10,
        default=Chain.NOBODY,
        choices=[
            (Chain.NOBODY, pgettext_lazy("whom a bulletin is told to", "Nobody")),
            (Chain.EVERYBODY, _("Everybody on the chain of the place")),
            (Chain.SOME, _("Only the holders of some posts")),
        ],
    )
    roles = models.JSONField(default=list)  # keys of roles, where only some posts are told
    ends_at = models.DateTimeField(null=True)

    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(max_length=300, blank=True)  # what was wrong with what it corrects
    thread = models.UUIDField()  # of the bulletin that the chain of corrections begins with
    sequence = models.PositiveSmallIntegerField(default=1)  # in that chain
    notice_id = models.UUIDField(null=True)  # by which the chain was told

    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # corrected, taken back or over
    ending = models.CharField(max_length=300, blank=True)  # why it was taken back or handed back
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "path"], name="bulletin_state"),
            models.Index(fields=["-changed_at"], name="bulletin_changed"),
            models.Index(fields=["path", "-published_at"], name="bulletin_path"),
            models.Index(fields=["thread", "sequence"], name="bulletin_thread"),
            models.Index(
                fields=["ends_at"], name="bulletin_ends", condition=models.Q(state="published")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Version(models.Model):
    """The words of a bulletin as they once stood: never changed, only followed by the next."""

    id = models.BigAutoField(primary_key=True)
    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField()  # [{language, title, text}]
    sources = models.JSONField(default=list)  # [{who, where}]
    by_person = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="version_once"),
        ]


class Question(models.Model):
    """What one person brought, in his own words. Who he is stands nowhere; how to reach him only sealed, for a time."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    code = models.CharField(max_length=32, unique=True)  # by which whoever asked finds the answer
    unit_id = models.UUIDField()
    path = PathField()
    kind = models.CharField(
        max_length=8, choices=[(Kind.QUESTION, _("Question")), (Kind.RUMOUR, _("Rumour"))]
    )
    words = models.TextField()  # erased when their time is over
    search = models.TextField(blank=True)
    contact = models.TextField(blank=True)  # sealed; erased when its time is over
    contact_until = models.DateTimeField(null=True)
    via = models.CharField(
        max_length=6,
        choices=[
            ("web", _("Public page")),
            ("desk", _("At the desk")),
            ("api", _("Another system")),
        ],
    )
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        default=QuestionState.ASKED,
        choices=[
            (QuestionState.ASKED, _("Waits for an answer")),
            (QuestionState.PENDING, _("Not known yet")),
            (QuestionState.ANSWERED, pgettext_lazy("of a question", "Answered")),
            (QuestionState.PUBLISHED, _("Published")),
            (QuestionState.CORRECTING, _("A correction waits")),
            (QuestionState.CORRECTED, _("Corrected")),
            (QuestionState.MERGED, _("Merged")),
            (QuestionState.ASIDE, _("Put aside")),
        ],
    )
    title = models.CharField(max_length=200, blank=True)  # as we word it, for everybody
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    current = models.ForeignKey("Answer", models.PROTECT, null=True, related_name="+")
    shown = models.ForeignKey("Answer", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    aside_because = models.CharField(max_length=300, blank=True)

    due_at = models.DateTimeField(null=True)  # when somebody is owed a word
    climbs_at = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)  # how often it has climbed
    climbed_path = PathField(blank=True)  # the place up to which its being late shows

    helped = models.BooleanField(null=True)  # what whoever asked says of the answer
    helped_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "path"], name="question_state"),
            models.Index(fields=["-asked_at"], name="question_asked"),
            models.Index(
                fields=["path", "-published_at"],
                name="question_shown",
                condition=models.Q(shown__isnull=False),
            ),
            models.Index(
                fields=["climbs_at"],
                name="question_climbs",
                condition=models.Q(climbs_at__isnull=False),
            ),
            models.Index(
                fields=["contact_until"],
                name="question_contact",
                condition=~models.Q(contact=""),
            ),
            models.Index(
                fields=["changed_at"], name="question_words", condition=~models.Q(words="")
            ),
            models.Index(
                fields=["climbed_path"],
                name="question_late",
                condition=~models.Q(climbed_path=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.words[:60] or self.ref


class Answer(models.Model):
    """What was answered, or that it is not known yet; never changed, only followed by the next."""

    id = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField()  # [{language, title, text}]: the question as we word it, the answer
    sources = models.JSONField(default=list)  # [{who, where}]
    finding = models.CharField(
        max_length=8,
        blank=True,
        choices=[
            (Finding.TRUE, _("True")),
            (Finding.FALSE, _("False")),
            (Finding.PARTLY, _("Partly true")),
            (Finding.UNKNOWN, _("Not known")),
        ],
    )
    next_word_at = models.DateTimeField(null=True)  # set: it is not known yet
    reason = models.CharField(max_length=300, blank=True)  # what was wrong with the one before
    by_person = models.UUIDField(null=True)
    at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="answer_once"),
        ]


class AskingRate(models.Model):
    """How many questions came within an hour by the connections of one bucket; a bucket is shared by tens of thousands."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    bucket = models.PositiveIntegerField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "bucket"], name="askingrate_once"),
        ]


class PlaceInfo(models.Model):
    """What a unit tells everybody about itself: where to ask, where to go, what to do."""

    unit_id = models.UUIDField(primary_key=True)
    path = PathField(unique=True)
    telephone = models.CharField(max_length=60, blank=True)
    office = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    shelters = models.JSONField(default=list)  # [{name, address, note}]
    advice = models.JSONField(default=list)  # [{hazard, text}]
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    @property
    def id(self):
        """Its unit's key, so that a fact can be about it."""
        return self.unit_id
