"""What the processes of the triggers' race do: readings come in, and several workers look at them."""

from datetime import timedelta

from tests import make
from tests.races.actors import NOW, say, wait

from renwang.base.models import Entry
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Fault, Proposal, Pulse, Signal
from renwang.signals.series_rules import SeriesShape
from renwang.signals.services import (
    SensorShape,
    add_sensor,
    add_trigger,
    evaluate_changed,
    evaluating,
    switch_trigger,
    take_in,
    watch_series,
)

NODE = {"by": "node:race", "now": NOW}
STEP = timedelta(minutes=5)
RAIN = {
    "levels": [
        {"level": "yellow", "when": 'sum("rain", "6h") >= 50', "clear_for": 1800},
        {"level": "orange", "when": 'sum("rain", "3h") >= 50', "clear_for": 1800},
        {"level": "red", "when": 'sum("rain", "3h") >= 100', "clear_for": 1800},
    ]
}


def settle(gauges: int) -> None:
    """Set up gauges that one trigger watches, each by itself."""
    street = make.unit("青石街道", "subdistrict", code="990105001")
    trigger = add_trigger("暴雨", "rainstorm", RAIN, street, **NODE)
    for number in range(gauges):
        series = SeriesShape(key=f"r{number}", quantity="rain", unit_of_measure="mm")
        shape = SensorShape(name=f"雨量站{number}", code=f"R{number}", series=(series,))
        sensor = add_sensor(shape, street, **NODE)
        watch_series(trigger.pk, {"rain": sensor.series.get().pk}, **NODE)
    switch_trigger(trigger.pk, True, **NODE)


def rain(begin: int, values: list[float], gauges: int) -> None:
    """Hand in values one after the other, one in five minutes, of every gauge."""
    for number, value in enumerate(values, begin + 1):
        at = NOW + number * STEP
        rows = [(f"r{gauge}", at, value) for gauge in range(gauges)]
        take_in(rows, by="node:race", now=at)
        say("fed")


def look_in_two_steps() -> None:
    """Look once, and wait between reading and writing until told to go on."""
    write = evaluating._write

    def held(*arguments):
        say("read")
        wait()
        return write(*arguments)

    evaluating._write = held
    evaluate_changed(NOW + timedelta(hours=1))


def look_on(rounds: int) -> None:
    """Look again and again, in competition with whoever else does."""
    for turn in range(rounds):
        evaluate_changed(NOW + timedelta(hours=1, seconds=turn))
        say("looked")


def settle_looks() -> int:
    """Look until nothing waits; return how many times there was something."""
    count = 0
    while evaluate_changed(NOW + timedelta(hours=2)):
        count += 1
    return count


def examine() -> dict:
    """Say what was proposed, when it was met, and how that is told."""
    proposals = Proposal.objects.order_by("watch", "met_at")
    told = Entry.objects.filter(verb="signals.proposed")
    return {
        "proposed": [
            [level, int((met_at - NOW) / STEP)]
            for level, met_at in proposals.values_list("level", "met_at")
        ],
        "signals": Signal.objects.count(),
        "told": told.count(),
        "faults": Fault.objects.filter(kind=FaultKind.TRIGGER).count(),
        "unjudged": sum(one.writes > one.judged for one in Pulse.objects.all()),
    }
