"""What cases remember: what somebody brought and each step of what became of it, clocks, who brought it, photographs.

`words` are written once. The database itself refuses any change of them but
emptying, which the retention of words does when its time has come.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.cases.clock_rules import NEVER_CLIMB, ClockKind
from renwang.cases.erasures import Erasure
from renwang.cases.names import CLOCKS, ENDS, STATES, WAYS
from renwang.cases.rules import LIVE, End, State
from renwang.cases.tellings import Stop, Telling


class Config(models.Model):
    """Working days, kinds or messages that the node wrote for itself; the last one of a name holds, earlier ones stay beside it."""

    name = models.CharField(max_length=10)  # calendar, kinds, telling
    body = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="caseconfig_last")]

    @property
    def ref(self) -> str:
        """What was changed, as the journal names it."""
        return self.name


# In the order of the inbox, with all that says who may see a case.
_SEEN = ["-received_at", "-id", "path", "held_path", "asked_path", "state"]


class Case(models.Model):
    """What somebody brought, where it stands, and whose it is now. `words` is never changed."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    code = models.CharField(max_length=64, unique=True)  # digest of the reporter's code
    outside = models.CharField(max_length=64, blank=True)  # digest of its key where it was made

    words = models.TextField(_("words"))  # of whoever brought it
    search = models.TextField(blank=True)  # the words and the place, folded
    language = models.CharField(max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=40)  # see kinds.json
    via = models.CharField(_("came by"), max_length=9, choices=WAYS)
    alarm = models.CharField(max_length=40, blank=True)  # the word of danger found in it
    masked = models.TextField(blank=True)  # what others see instead of the words
    mask_reason = models.CharField(max_length=200, blank=True)

    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # where it is
    path = PathField()
    building = models.ForeignKey("chain.Building", models.SET_NULL, null=True, related_name="+")
    door = models.CharField(_("entrance or door"), max_length=20, blank=True)
    place = models.CharField(_("where exactly"), max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    state = models.CharField(max_length=9, choices=STATES, default=State.RECEIVED)
    end = models.CharField(max_length=9, choices=ENDS, blank=True)
    holder = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # whose it is now
    held_path = PathField()
    person = models.UUIDField(null=True)  # who has taken it in hand
    asked = models.ForeignKey("chain.Unit", models.PROTECT, null=True, related_name="+")  # referred
    asked_path = PathField(blank=True)
    waits_for = models.CharField(max_length=8, blank=True)  # reporter or date
    gap = models.BooleanField(default=False)  # the duties list named nobody when it was returned
    returns = models.PositiveSmallIntegerField(default=0)
    pingpong = models.PositiveSmallIntegerField(default=0)
    reopenings = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)

    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", db_index=False
    )
    risk_ref = models.CharField(max_length=32, blank=True)  # on the risk list

    came_at = models.DateTimeField()  # when it was said
    received_at = models.DateTimeField()
    since = models.DateTimeField()  # of the last step
    due_at = models.DateTimeField(null=True)  # of the clock that ends first and climbs
    closed_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)  # when its words are forgotten
    entered_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "-received_at", "-id"], name="case_path"),
            models.Index(fields=["held_path", "state", "-received_at"], name="case_held"),
            models.Index(
                fields=["asked_path"], name="case_asked", condition=Q(asked__isnull=False)
            ),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            # What is open is a twentieth of all: one look through this index answers any question about it.
            models.Index(
                fields=[*_SEEN, "kind", "due_at"],
                name="case_live",
                condition=~Q(state=State.CLOSED.value),
            ),
            models.Index(fields=_SEEN, name="case_alarm", condition=~Q(alarm="")),
            models.Index(fields=_SEEN, name="case_returned", condition=Q(returns__gt=0)),
            models.Index(fields=_SEEN, name="case_reopened", condition=Q(reopenings__gt=0)),
            models.Index(fields=_SEEN, name="case_gap", condition=Q(gap=True)),
            models.Index(
                fields=["due_at", "id"], name="case_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["kind", "-received_at", "-id"], name="case_kind"),
            models.Index(
                fields=["person", "state"], name="case_person", condition=Q(person__isnull=False)
            ),
            models.Index(
                fields=["entered_by", "-received_at"],
                name="case_entered",
                condition=Q(entered_by__isnull=False),
            ),
            models.Index(
                fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["parent"], name="case_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["erase_at"], name="case_erase", condition=Q(erase_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outside"], condition=~Q(outside=""), name="case_outside_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | ~Q(end=""), name="case_ends_honestly"
            ),
            models.CheckConstraint(
                condition=Q(end=End.DUPLICATE.value, merged_into__isnull=False)
                | (~Q(end=End.DUPLICATE.value) & Q(merged_into__isnull=True)),
                name="case_duplicate_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def name(self) -> str:
        """The case, as the journal names it."""
        return self.ref

    @property
    def is_live(self) -> bool:
        """Whether it is not closed."""
        return self.state in LIVE


class Reporter(models.Model):
    """How whoever brought a case can be reached, under seal. None for who wants to stay unknown."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="reporter")
    sealed = models.TextField()
    agrees = models.BooleanField(default=False)  # to be told by text message
    code = models.TextField(blank=True)  # his code, under seal, while he agrees
    erase_at = models.DateTimeField(null=True)  # set when the case is closed
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["erase_at"], name="reporter_erase", condition=Q(erase_at__isnull=False)
            )
        ]


class Text(models.Model):
    """A text message that came in was read, and what it is answered with. Number and words are under seal."""

    id = models.UUIDField(primary_key=True)
    outside = models.CharField(max_length=64, unique=True)  # digest of number and gateway's key
    sealed = models.TextField(
        blank=True
    )  # number and answer, until it has gone out or was given up
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="casetext_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["at"], name="casetext_at"),
        ]


class Clock(models.Model):
    """By when something of a case is due, who owes it, and how far silence has climbed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=11, choices=CLOCKS)
    path = PathField()  # of the unit that hears of it now
    is_urgent = models.BooleanField(default=False)  # runs day and night
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(null=True)  # when the node next has to do something about it

    class Meta:
        indexes = [
            models.Index(
                fields=["look_at"], name="caseclock_look", condition=Q(look_at__isnull=False)
            ),
            models.Index(fields=["case", "kind"], name="caseclock_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(met_at=None), name="caseclock_once"
            ),
        ]

    @property
    def climbs(self) -> bool:
        """Whether somebody of ours is late when it is over."""
        return ClockKind(self.kind) not in NEVER_CLIMB


class Step(models.Model):
    """One step in the life of a case: who did what, in which words; shown to the reporter or not."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    act = models.CharField(max_length=10)  # an act of the rules, or come, note, mask, photo, …
    words = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    is_shown = models.BooleanField(default=False)  # on the reporter's page
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="casestep_case")]


class Answer(models.Model):
    """What the reporter was answered; the last one of a case holds, earlier ones stay beside it."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    words = models.TextField(_("what was done or decided"))
    end = models.CharField(max_length=9, choices=ENDS)
    who = models.CharField(_("by whom"), max_length=120)
    done_on = models.DateField(_("when"), null=True)
    ground = models.CharField(_("on what ground"), max_length=500, blank=True)
    following = models.CharField(_("what comes next"), max_length=500, blank=True)
    whose = models.CharField(_("whose it is"), max_length=200, blank=True)
    advice = models.JSONField(default=list)  # what the checker said when it was sent all the same
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    helped = models.BooleanField(null=True)  # what the reporter says of the answer
    helped_words = models.TextField(blank=True)
    helped_via = models.CharField(max_length=9, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "-at"], name="caseanswer_path")]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="caseanswer_number_once")
        ]


class Photo(models.Model):
    """A photograph that came with a case or was taken for it, drawn anew so that nothing hides in it."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)
    is_reporters = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)  # on the reporter's page
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "digest"], name="casephoto_once"),
        ]


class Voice(models.Model):
    """A voice message that came with a case: the sound as it was, and beside it what a person wrote down of it."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="voices")
    kind = models.CharField(max_length=4)  # see `voice_rules.Sound`
    size = models.PositiveIntegerField()  # bytes
    seconds = models.FloatField(null=True)
    digest = models.CharField(max_length=64)
    is_reporters = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)  # on the reporter's page
    transcript = models.TextField(blank=True)
    written_by = models.UUIDField(null=True)
    written_at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "digest"], name="casevoice_once"),
        ]


class Placard(models.Model):
    """A sheet with a code that hangs on a wall, and where it hangs; never at a household's door.

    Its code is its own: it lives on when the place is renamed, renumbered or merged.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    target = models.CharField(max_length=60)  # what it was made for, once: see `placarding`
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    building = models.ForeignKey("chain.Building", models.SET_NULL, null=True, related_name="+")
    entrance = models.PositiveSmallIntegerField(default=0)
    facility = models.ForeignKey(
        "facilities.Facility", models.SET_NULL, null=True, related_name="+"
    )
    place = models.CharField(max_length=120)  # the smallest one that everybody knows
    name = models.CharField(max_length=120)  # of the building, the facility, the place
    search = models.CharField(max_length=240, blank=True)
    printed_at = models.DateTimeField()  # the last time
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "name"], name="caseplacard_path"),
            models.Index(fields=["-printed_at", "-id"], name="caseplacard_printed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(retired_at=None), name="caseplacard_once"
            ),
        ]

    @property
    def ref(self) -> str:
        """The placard, as the journal names it."""
        return self.code


class Bunch(models.Model):
    """One act done to many cases at once, so that it can be undone as one."""

    id = models.UUIDField(primary_key=True)
    act = models.CharField(max_length=10)
    before = models.JSONField(
        default=list
    )  # of each case: its id, what stood there, and its last step
    by = models.UUIDField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    @property
    def ref(self) -> str:
        """The act, as the journal names it."""
        return self.act


class SavedFilter(models.Model):
    """A way in which somebody looks at the inbox, under a name of his own."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="casefilter_name_once")
        ]


class Topic(models.Model):
    """A hot spot: what many people raise in one place. Found by the node; named, joined and ended by a person."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")  # round all its cases
    path = PathField()
    words = models.JSONField(default=list)  # that tell it, as the node found them
    name = models.CharField(_("name"), max_length=80, blank=True)  # as a person calls it
    search = models.CharField(max_length=300, blank=True)  # name and words, folded
    number = models.PositiveIntegerField(default=0)  # of cases
    voices = models.PositiveIntegerField(default=0)  # people who can be told apart, at least
    recent = models.PositiveIntegerField(default=0)  # cases of the last four weeks
    before = models.PositiveIntegerField(default=0)  # of the four weeks before them
    heat = models.FloatField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    risk_ref = models.CharField(max_length=32, blank=True)  # on the risk list
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "-heat"], name="casetopic_path")]

    @property
    def is_live(self) -> bool:
        """Whether cases still come to it."""
        return self.ended_at is None


class Raised(models.Model):
    """A case belongs to a topic; to one at most."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="raised")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="raised")


class Chosen(models.Model):
    """Which kind the desk chose for a case, by whom, and what had been suggested to it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="chosen")
    kind = models.CharField(max_length=40)
    suggested = models.CharField(max_length=40, blank=True)  # empty where nothing was
    sure = models.FloatField(default=0)
    source = models.CharField(max_length=7, blank=True)  # words, learned
    version = models.PositiveIntegerField(default=0)  # of what was learned
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="casechosen_at"),
            models.Index(fields=["suggested", "kind", "-at"], name="casechosen_pair"),
        ]


class Lesson(models.Model):
    """The node learned kinds from what the desk had chosen, and how that did on the latest choices."""

    id = models.BigAutoField(primary_key=True)  # the version of what was learned
    chosen = models.PositiveIntegerField()  # cases it was learned from
    tried = models.PositiveIntegerField()  # the latest of them, unseen before
    right = models.PositiveIntegerField()
    words_right = models.PositiveIntegerField()  # of the same, by the words of the first day
    sure = models.FloatField()  # on the average
    temperature = models.FloatField()
    is_used = models.BooleanField()
    seconds = models.FloatField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    @property
    def ref(self) -> str:
        """The version, as the journal names it."""
        return str(self.pk)


__all__ = [
    "Answer",
    "Bunch",
    "Case",
    "Chosen",
    "Clock",
    "Config",
    "Erasure",
    "Lesson",
    "Photo",
    "Placard",
    "Raised",
    "Reporter",
    "SavedFilter",
    "Step",
    "Stop",
    "Telling",
    "Text",
    "Topic",
    "Voice",
]
