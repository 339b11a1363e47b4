"""What the processes of the procedures' races do: hands on one edition and on one step, and the node in which they lie."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.cast import assemble
from tests.races.actors import NOW, together
from tests.registers.procedures.listed import in_force, said, started, terms

from renwang.base.models import Entry
from renwang.chain.models import Person
from renwang.chain.reach import Viewer, viewer_of
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Edition, Procedure, Run
from renwang.registers.procedures.rules import ProcedureRefused
from renwang.registers.procedures.run_rules import How


def prepare() -> dict[str, str]:
    """Make a node with a procedure in force, its next edition proposed, and a run of it; name everybody."""
    cast = assemble(NOW)
    made = in_force(cast)
    run = started(cast, made)
    new = services.begin_edition(made.procedure_id, terms(cast), by="node:test", now=NOW)
    services.propose_edition(new.pk, by="node:test", now=NOW)
    return {
        "procedure": str(made.procedure_id), "new": str(new.pk), "run": str(run.pk),
        "worker": str(cast.worker.pk), "secretary": str(cast.secretary.pk),
        "deputy": str(cast.deputy.pk),
    }  # fmt: skip


def _together(deed: Callable[[], Any]) -> str:
    return together(deed, ProcedureRefused, tells=True)


def _viewer(person: str) -> Viewer:
    return viewer_of(Person.objects.get(pk=UUID(person)), NOW)


def tick(run: str, person: str, how: str) -> str:
    """Tick the first step, and say whether it stands."""
    by = _viewer(person)
    one = said(1, NOW, how=How(how), reason="" if how == How.DONE else "没有挡板")

    def do() -> str:
        result = services.tick_step(UUID(run), one, by=by, now=NOW)
        return "stands" if result.stands else "beside"

    return _together(do)


def approve(edition: str, person: str) -> str:
    """Approve the next edition."""
    by = _viewer(person)
    return _together(lambda: services.approve_edition(UUID(edition), by=by, now=NOW) and "")


def withdraw(procedure: str, person: str) -> str:
    """Withdraw the whole procedure."""
    by = _viewer(person)
    return _together(
        lambda: services.withdraw_procedure(UUID(procedure), by=by, now=NOW, reason="并入") and ""
    )


def examine(procedure: str, run: str) -> dict[str, Any]:
    """Say how it all ended."""
    editions = Edition.objects.filter(procedure=UUID(procedure)).order_by("number")
    ticks = Run.objects.get(pk=UUID(run)).ticks
    verbs = Entry.objects.filter(verb__startswith="procedures.")
    return {
        "states": list(editions.values_list("state", flat=True)),
        "standing": Procedure.objects.get(pk=UUID(procedure)).standing,
        "standing_ticks": ticks.filter(stands=True).count(),
        "ticks": ticks.count(),
        "verbs": sorted(verbs.values_list("verb", flat=True)),
    }
