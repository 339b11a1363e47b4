"""What the care list remembers: entries under seal, who is paired, visits, openings, paper, check rounds.

In the open stand only the door, the days on which something is due, and by
whom it was done. A table that is being brought in lies here under seal. Whom it is about and what he needs is sealed, and a row that
hangs on an entry goes with it when it is forgotten.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField
from renwang.registers.care.paper_rules import PaperForm, PaperState
from renwang.registers.care.round_rules import RoundOutcome
from renwang.registers.care.rules import ConsentHow
from renwang.registers.care.visit_rules import Outcome


class CareEntry(models.Model):
    """One person who asked to be knocked for first, behind one door."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    household = models.ForeignKey(
        "chain.Household", models.SET_NULL, null=True, related_name="+"
    )  # a door that is taken off the books leaves the entry without one, and the keeper is told
    path = PathField()  # of the unit that looks after the door

    name = models.TextField()  # this and the next six: sealed, see `seals`
    needs = models.TextField()
    telephone = models.TextField()
    warn = models.TextField()
    leave = models.TextField()
    stay = models.TextField()
    others = models.TextField()
    key = models.CharField(max_length=16)  # name of the key they are sealed with
    version = models.PositiveIntegerField(default=1)  # one up at every change of what is sealed

    consent_how = models.CharField(
        max_length=8,
        choices=[
            (ConsentHow.SIGNED, _("Signed on paper")),
            (ConsentHow.SAID, _("Said before a witness")),
            (ConsentHow.GUARDIAN, _("Given by the guardian")),
        ],
    )
    consent_on = models.DateField()
    consent_until = models.DateField()
    code = models.CharField(max_length=64, unique=True)  # digest of the private code on the slip
    has_slip = models.BooleanField(default=True)  # False after a table: nobody has the code yet

    confirm_by = models.DateField()
    visit_every = models.PositiveSmallIntegerField()  # days
    visit_on = models.DateField()  # the next visit
    rung = models.PositiveSmallIntegerField(default=0)  # on whom a late visit hangs
    climbs_on = models.DateField(null=True)
    wants_at = models.DateTimeField(null=True)  # a visit found that something is needed
    want = models.TextField(blank=True)  # sealed

    entered_by = models.UUIDField(null=True)
    entered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    invented = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["path", "visit_on"], name="care_path"),
            models.Index(fields=["key"], name="care_key"),
            models.Index(fields=["consent_until"], name="care_consent"),
            models.Index(
                fields=["climbs_on"],
                name="care_climbs",
                condition=models.Q(climbs_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Pairing(models.Model):
    """Who looks after a door: rank 0 the helper, 1 the back-up."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(CareEntry, models.CASCADE, related_name="pairings")
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(default=0)
    since_at = models.DateTimeField()
    paired_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "rank"], name="pairing_one_a_rank"),
            models.UniqueConstraint(fields=["entry", "person"], name="pairing_person_once"),
        ]


class Visit(models.Model):
    """One knock and what came of it. Its id is made with the page, so that pressing twice is one visit."""

    id = models.UUIDField(primary_key=True)
    entry = models.ForeignKey(CareEntry, models.CASCADE, related_name="visits")
    outcome = models.CharField(
        max_length=6,
        choices=[
            (Outcome.WELL, _("All is well")),
            (Outcome.NEEDS, _("Needs something")),
            (Outcome.NOBODY, _("Nobody opened")),
        ],
    )
    by_person = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-at"], name="visit_entry")]


class Opening(models.Model):
    """The list of a place opened in an emergency: by whom, why, until when."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="+")
    path = PathField()
    unit_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "until_at"], name="opening_person"),
            models.Index(fields=["path", "-from_at"], name="opening_path"),
        ]


class Paper(models.Model):
    """A list that left the node: its number, who holds it, until when it may be used, where it is."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    form = models.CharField(
        max_length=5,
        default=PaperForm.PAPER,
        choices=[
            (PaperForm.PAPER, _("As a list on paper")),
            (PaperForm.TABLE, _("As a table (XLSX)")),
        ],
    )
    path = PathField()
    unit_name = models.CharField(max_length=120)
    holder = models.ForeignKey("chain.Person", models.SET_NULL, null=True, related_name="+")
    printed_by = models.UUIDField(null=True)
    printed_at = models.DateTimeField()
    until_at = models.DateTimeField()
    number = models.PositiveIntegerField()  # of doors on it
    state = models.CharField(
        max_length=9,
        default=PaperState.OUT,
        choices=[
            (PaperState.OUT, _("Out")),
            (PaperState.RETURNED, _("Brought back")),
            (PaperState.DESTROYED, _("Destroyed")),
            (PaperState.LOST, _("Lost")),
        ],
    )
    accounted_at = models.DateTimeField(null=True)
    accounted_by = models.UUIDField(null=True)
    is_recalled = models.BooleanField(default=False)  # somebody on it is forgotten: take it back

    class Meta:
        indexes = [models.Index(fields=["path", "-printed_at"], name="paper_path")]

    def __str__(self) -> str:
        return self.ref


class PaperLine(models.Model):
    """That an entry stands on a list on paper."""

    id = models.BigAutoField(primary_key=True)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="lines")
    entry = models.ForeignKey(CareEntry, models.CASCADE, related_name="paper_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "entry"], name="paperline_once"),
        ]


class SealedTable(models.Model):
    """A table that was sent and waits for the word to go on: sealed, for an hour at most."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="+")
    filename = models.TextField()  # sealed: it may name somebody
    data = models.BinaryField()  # sealed
    key = models.CharField(max_length=16)  # name of the key it is sealed with
    sent_at = models.DateTimeField(db_index=True)


class Withdrawal(models.Model):
    """That a consent was withdrawn behind some door, so that no older one brings its person back.

    `mark` is a keyed digest of door and name: it can be compared with, and says nothing.
    """

    id = models.BigAutoField(primary_key=True)
    mark = models.CharField(max_length=64, unique=True)
    on = models.DateField(db_index=True)


class CheckRound(models.Model):
    """The round that a warning makes: its doors in order, and how far one has got."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    thread = models.CharField(max_length=64)  # of the warning, with its updates
    relay_id = models.UUIDField(unique=True)
    path = PathField()
    hazard = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "path"],
                condition=models.Q(ended_at=None),
                name="checkround_one_under_way",
            ),
        ]
        indexes = [models.Index(fields=["path", "-started_at"], name="checkround_path")]

    def __str__(self) -> str:
        return self.title


class RoundDoor(models.Model):
    """One door of a check round. Forgetting the entry leaves the number, and nothing of whom it was about."""

    id = models.BigAutoField(primary_key=True)
    check_round = models.ForeignKey(CheckRound, models.CASCADE, related_name="doors")
    entry = models.ForeignKey(CareEntry, models.SET_NULL, null=True, related_name="round_doors")
    path = PathField()
    position = models.PositiveIntegerField()
    person = models.ForeignKey("chain.Person", models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(
        max_length=7,
        default=RoundOutcome.WAITING,
        choices=[
            (RoundOutcome.WAITING, _("Not yet")),
            (RoundOutcome.WELL, _("All is well")),
            (RoundOutcome.CLINIC, _("With the clinic")),
            (RoundOutcome.NEEDS, _("Needs something")),
            (RoundOutcome.NOBODY, _("No answer")),
        ],
    )
    by_person = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_round", "entry"], name="rounddoor_once"),
        ]
        indexes = [
            models.Index(fields=["check_round", "position"], name="rounddoor_order"),
            models.Index(fields=["person", "outcome"], name="rounddoor_person"),
        ]
