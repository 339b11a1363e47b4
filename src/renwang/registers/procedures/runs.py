"""What is remembered of a procedure that is run: the run, the ticks of its steps, and what else happened."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy

from renwang.base.fields import PathField
from renwang.registers.hazards import name_of
from renwang.registers.procedures.run_rules import How, Outcome, RunAct, RunState
from renwang.registers.procedures.step_rules import Evidence

RUN_STATES = {
    RunState.UNDER_WAY: pgettext_lazy("of a run", "Under way"),
    RunState.BROKEN_OFF: pgettext_lazy("of a run", "Broken off"),
    RunState.ENDED: pgettext_lazy("of a run", "Ended"),
}
HOWS = {
    How.DONE: pgettext_lazy("of a step", "Done"),
    How.OTHERWISE: pgettext_lazy("of a step", "Done otherwise"),
    How.SKIPPED: pgettext_lazy("of a step", "Left out"),
}
OUTCOMES = {
    Outcome.REACHED: pgettext_lazy("outcome of a run", "Aim reached"),
    Outcome.PARTLY: pgettext_lazy("outcome of a run", "Partly reached"),
    Outcome.MISSED: pgettext_lazy("outcome of a run", "Not reached"),
}
EVIDENCES = {
    Evidence.NONE: pgettext_lazy("evidence of a step", "Nothing"),
    Evidence.NUMBER: pgettext_lazy("evidence of a step", "A figure"),
    Evidence.PHOTO: pgettext_lazy("evidence of a step", "A photograph"),
    Evidence.NOTE: pgettext_lazy("evidence of a step", "A few words"),
}
EVENTS = {
    "start": pgettext_lazy("of a run", "Started"),
    RunAct.TICK: pgettext_lazy("of a run", "Said as well"),
    RunAct.TAKE_BACK: pgettext_lazy("of a run", "Tick taken back"),
    RunAct.REMARK: pgettext_lazy("of a run", "Remark"),
    RunAct.HAND_OVER: pgettext_lazy("of a run", "Handed over"),
    RunAct.BREAK_OFF: pgettext_lazy("of a run", "Broken off"),
    RunAct.RESUME: pgettext_lazy("of a run", "Taken up again"),
    RunAct.END: pgettext_lazy("of a run", "Ended"),
}


class Run(models.Model):
    """A procedure carried out once, as an exercise or for real, by the edition that held when it began."""

    id = models.UUIDField(primary_key=True)
    ref = models.CharField(max_length=32, unique=True)
    procedure = models.ForeignKey("procedures.Procedure", models.PROTECT, related_name="runs")
    edition = models.ForeignKey("procedures.Edition", models.PROTECT, related_name="runs")
    unit = models.ForeignKey("chain.Unit", models.PROTECT, related_name="+")
    path = PathField()
    is_exercise = models.BooleanField(default=False)
    hazard = models.CharField(max_length=40, blank=True)  # that made it necessary
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=RUN_STATES, default=RunState.UNDER_WAY)
    holder = models.ForeignKey("chain.Person", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()  # when anything last happened in it
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=OUTCOMES, blank=True)
    words = models.TextField(blank=True)  # what came of it

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="procedurerun_newest"),
            models.Index(fields=["path", "-started_at"], name="procedurerun_path"),
            models.Index(fields=["procedure", "-started_at"], name="procedurerun_of"),
            models.Index(
                fields=["holder", "-touched_at"],
                name="procedurerun_open",
                condition=Q(ended_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended") ^ Q(ended_at=None), name="procedurerun_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def hazard_name(self) -> str:
        """The hazard in the reader's language; empty where none was named."""
        return name_of(self.hazard, get_language() or "zh") if self.hazard else ""


class Tick(models.Model):
    """A step said to be done: how, when, by whom. Of one step one tick stands; the others stay beside it."""

    id = models.UUIDField(primary_key=True)  # made with the page: sent twice it is one tick
    run = models.ForeignKey(Run, models.CASCADE, related_name="ticks")
    number = models.PositiveSmallIntegerField()
    stands = models.BooleanField(default=True)
    how = models.CharField(max_length=9, choices=HOWS)
    reason = models.CharField(max_length=300, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    figure = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    photo = models.CharField(max_length=64, blank=True)  # digest of the file, which has this id
    done_at = models.DateTimeField()
    took_minutes = models.PositiveIntegerField(default=0)
    late_minutes = models.PositiveIntegerField(default=0)
    is_paper = models.BooleanField(default=False)  # typed in from a sheet
    hand = models.CharField(max_length=80, blank=True)  # who did it, as the sheet says
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"], condition=Q(stands=True), name="tick_one_stands"
            ),
        ]


class RunEvent(models.Model):
    """What else happened in a run: begun, handed over, broken off, a remark, a second tick, the end."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    what = models.CharField(max_length=10, choices=EVENTS)
    number = models.PositiveSmallIntegerField(null=True)  # of the step it is about
    words = models.TextField(blank=True)
    to = models.UUIDField(null=True)  # to whom it was handed
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="runevent_run")]
