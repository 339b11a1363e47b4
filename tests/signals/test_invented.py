"""The invented sensors of a demonstration, and the commands that try and bring in."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import translation

from renwang.ops.signals_commands import signals as command
from renwang.signals import selectors, services
from renwang.signals.invented import go_on, invent_signals
from renwang.signals.models import Fault, Proposal, Reading, Sensor, Signal, Trigger
from renwang.signals.shipping import NotShipped, add_shipped, shipped
from renwang.signals.trigger_rules import definition_of


def test_every_trigger_that_comes_along_can_be_read():
    for key, one in shipped().items():
        assert definition_of(one, sorted(one["each"])).levels, key
        assert set(one["name"]) == {"zh-hans", "en"}


def test_the_national_rule_says_what_the_rule_says():
    levels = {rule.level: rule.when for rule in definition_of(shipped()["rainstorm"]).levels}
    assert levels == {
        "blue": 'sum("rain", "12h") >= 50',
        "yellow": 'sum("rain", "6h") >= 50',
        "orange": 'sum("rain", "3h") >= 50',
        "red": 'sum("rain", "3h") >= 100',
    }


def test_what_does_not_come_along_is_refused(cast, operator):
    with pytest.raises(NotShipped):
        add_shipped("earthquake", cast.street, by=operator, now=cast.now)


def test_a_demonstration_has_a_storm_with_proposals_and_one_silent_gauge(cast, settings):
    settings.DEMO = True
    stored = invent_signals(cast.street, now=cast.now)
    assert stored == Reading.objects.count() == 5 * 48 * 12 - 2 * 12
    assert invent_signals(cast.street, now=cast.now) == 0
    levels = set(Proposal.objects.values_list("level", flat=True))
    assert {"yellow", "orange", "red"} <= levels
    silent = Fault.objects.get()
    assert (silent.kind, silent.series.key) == ("silence", "demo.rain.3")
    assert Sensor.objects.filter(invented=True).count() == 5
    assert Signal.objects.exclude(source="sensor").count() == 5
    officer = cast.viewer(cast.officer)
    assert selectors.list_referrals(cast.viewer(cast.operator), side="owed").items
    assert selectors.list_proposals(officer).items
    later = cast.now + timedelta(hours=1)
    assert go_on(later) == 4 * 12
    services.find_silent(later)
    assert Fault.objects.get() == silent


def test_elsewhere_nothing_is_invented(cast):
    assert go_on(cast.now) == 0


# --- commands ---------------------------------------------------------------------


TABLE = "utc\tlevel\n" + "".join(f"2026-07-15T0{n // 6}:{n % 6}0:00Z\t{n}\n" for n in range(20))


def run(*arguments):
    with translation.override("en"):
        return CliRunner().invoke(command, [str(one) for one in arguments])


def test_a_trigger_is_tried_over_a_file(tmp_path):
    table = tmp_path / "level.tsv"
    table.write_text(TABLE)
    definition = tmp_path / "trigger.json"
    definition.write_text(json.dumps({"levels": [{"level": "red", "when": 'last("level") > 9'}]}))
    told = run("try", definition, "--data", f"level={table}:level")
    assert told.exit_code == 0, told.output
    assert 'red  last("level") = 10' in told.output
    line = run("try", definition, "--data", f"level={table}:level", "--json").output
    assert json.loads(line)["at"] == "2026-07-15T01:40:00+00:00"


@pytest.mark.parametrize(
    ("words", "data", "said"),
    [
        ('last("wind") > 9', "level={table}:level", "wind"),
        ('last("level") >', "level={table}:level", "16"),
        ('last("level") > 9', "level={table}:flow", "flow"),
        ('last("level") > 9', "level", "NAME=FILE:COLUMN"),
        ('1 / (last("level") - 3) > 9', "level={table}:level", "3"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_its_place(tmp_path, words, data, said):
    table = tmp_path / "level.tsv"
    table.write_text(TABLE)
    definition = tmp_path / "trigger.json"
    definition.write_text(json.dumps({"levels": [{"level": "red", "when": words}]}))
    told = run("try", definition, "--data", data.format(table=table))
    assert told.exit_code == 1
    assert said in told.output


def test_readings_come_from_a_file_and_a_trigger_from_the_shelf(cast, gauge, operator, tmp_path):
    table = tmp_path / "rain.csv"
    table.write_text("series,at,value\nr07.rain,2026-07-15T09:00:00+08:00,1.5\n")
    assert "1 taken in" in run("import", table).output
    assert "1 there already" in run("import", table).output
    table.write_text("series,value\n")
    assert run("import", table).exit_code == 1
    told = run("add-trigger", "rainstorm", "--at", cast.street.code)
    assert told.exit_code == 0, told.output
    trigger = Trigger.objects.get()
    assert (trigger.is_on, trigger.watches.count()) == (False, 1)
    assert run("add-trigger", "rainstorm", "--at", "nowhere").exit_code == 1
