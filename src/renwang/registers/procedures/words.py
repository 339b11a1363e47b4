"""The sentences for what the procedures list refuses and advises, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.procedures import naming_rules, rules, run_rules, step_rules
from renwang.registers.procedures.advice_rules import Advice, Hint

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.ProcedureNotNow: _(
        "This is not possible any more: the procedure has moved on. Look at it again."
    ),
    rules.OwnProcedure: _(
        "You wrote a part of this procedure yourself. Let somebody else read and approve it."
    ),
    rules.ProcedureTitleMissing: _("Give the procedure a name."),
    rules.ProcedureTooLong: _("A text is longer than {limit} characters. Say less."),
    rules.TooManySteps: _(
        "A procedure has {limit} steps at most, and as many lines of posts. Make two of it."
    ),
    rules.NothingToDo: _("Write at least one step."),
    rules.NobodyFollows: _("Say which posts must follow it."),
    rules.RhythmRefused: _(
        "Between two reviews there are {soonest} to {latest} days, and at least a day to read it."
    ),
    rules.EditionOpen: _(
        "Edition {number} is being written already. Go on with that one, or discard it."
    ),
    rules.ProcedureReasonMissing: _("Say why, in a few words."),
    rules.ProcedureDocumentMissing: _(
        "Name the document by which it holds already; without one it has to be approved here."
    ),
    rules.ReviewInFuture: _("A review cannot have taken place on {on}, which is still to come."),
    rules.NothingToAcknowledge: _("None of your posts must follow this procedure."),
    step_rules.StepEmpty: _("Step {number} does not say what is to be done."),
    step_rules.StepTooLong: _("Step {number} is longer than {limit} characters. Make two of it."),
    step_rules.MinutesRefused: _("The time for step {number} is between a minute and a week."),
    run_rules.RunNotNow: _("As this run stands now, that cannot be done. Look at it again."),
    run_rules.StepUnknown: _("There is no step {number}."),
    run_rules.DeviationUnexplained: _(
        "Say why the step was left out or done otherwise: the next edition learns from it."
    ),
    run_rules.NumberMissing: _("This step asks for a figure."),
    run_rules.NoteMissing: _("This step asks for a few words that show it."),
    run_rules.PhotoMissing: _("This step asks for a photograph."),
    run_rules.DoneBeforeStart: _("It cannot have been done before the run began. Check the time."),
    run_rules.DoneInFuture: _("It cannot have been done at a time to come. Check the time."),
    run_rules.StepsLeft: _("Steps {numbers} are open. Tick them, or say why they are left out."),
    run_rules.OutcomeUnexplained: _(
        "The aim was not reached: say in a few words what was missing."
    ),
    run_rules.NotTicked: _("Step {number} is open; there is no tick to take back."),
    run_rules.HandedToNobody: _(
        "Hand it to somebody else who may run procedures there, so that the run goes on."
    ),
    naming_rules.FollowersUnclear: _(
        "“{line}” names no posts. Write them like: 网格员；云溪社区/网格员；全部@网格"
    ),
    naming_rules.LevelUnknownHere: _("“{level}” is no level of the chain there."),
    naming_rules.PhaseUnknown: _("“{phase}” is no phase: 预防, 准备, 响应 or 恢复."),
    naming_rules.WithdrawnRow: _("What was withdrawn is not brought in or changed by a table."),
}
declare_refusals(REFUSALS)

ADVICE: Mapping[Advice, Any] = {
    Advice.NO_STEP: _("It has no step yet. Write what is to be done, one thing in each step."),
    Advice.MANY_STEPS: _("{figure} steps are more than anybody keeps in mind. Make two of it."),
    Advice.LONG_PURPOSE: _("The purpose has {figure} characters; two sentences are enough."),
    Advice.LONG_SENTENCE: _(
        "Step {step} has a sentence of {figure} characters. Cut it where one breathes."
    ),
    Advice.NO_OWNER: _("Step {step} does not say who does it."),
    Advice.NO_VERB: _("Step {step} does not say what is done: begin with a verb."),
    Advice.NO_LIMIT: _("Step {step} has no time limit, though time presses."),
    Advice.VAGUE: _("Step {step} says “{words}”. Say who, what or by when instead."),
    Advice.NO_EVIDENCE: _("No step asks for anything by which one sees later that it was done."),
}


def say_hint(hint: Hint) -> str:
    """Say a piece of advice."""
    return str(ADVICE[hint.advice]).format(step=hint.step, figure=hint.figure, words=hint.words)
